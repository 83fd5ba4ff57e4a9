// Serves a built site on loopback (see site.mjs).
//
//   node static.mjs --dist ../dist --port 4100 [--relay http://127.0.0.1:4120] [--base /sub/path/] [--headers] [--tamper NAME]
//
// --headers sends what dist/_headers says; --tamper flips one bit of every file whose name has NAME in it.
import { createServer } from "node:http";
import { parseArgs } from "node:util";
import { createSite } from "./site.mjs";

const { values } = parseArgs({
  options: {
    dist: { type: "string", default: "../dist" },
    port: { type: "string", default: "4100" },
    relay: { type: "string" },
    base: { type: "string", default: "/" },
    headers: { type: "boolean", default: false },
    tamper: { type: "string" },
  },
});

const tamper = (name) => values.tamper !== undefined && name.includes(values.tamper);
createServer(createSite({ ...values, tamper })).listen(Number(values.port), "127.0.0.1", () =>
  console.log(`serving ${values.dist} at http://127.0.0.1:${values.port}${values.base}`),
);
