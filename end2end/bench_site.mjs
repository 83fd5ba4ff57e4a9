// The built site, served for the benches, and how their browser is started.
import { spawn } from "node:child_process";
import { createServer } from "node:net";

export const ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"];

const freePort = () =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });

/** Serves dist/ on a free port of loopback. */
export async function serve() {
  const port = await freePort();
  const server = spawn("node", ["end2end/servers/static.mjs", "--dist", "dist", "--port", `${port}`], { stdio: ["ignore", "pipe", "inherit"] });
  await new Promise((resolve) => server.stdout.once("data", resolve));
  return { url: `http://127.0.0.1:${port}/`, stop: () => server.kill() };
}
