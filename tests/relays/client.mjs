// Clients that send just what they are told, as browsers and fetch would not.
import http from "node:http";
import https from "node:https";
import { connect } from "node:net";
import { connect as connectTls } from "node:tls";

/** One request, its path as it is written; the answer's body can be read piece by piece, or whole with text(). */
export function ask(relay, { method = "GET", path, headers = {}, body } = {}) {
  const { request } = relay.ca ? https : http;
  const options = { host: "127.0.0.1", port: relay.port, method, path, agent: relay.agent ?? false, setHost: false };
  const all = { host: `localhost:${relay.port}`, ...headers };
  if (body !== undefined && !("content-length" in all)) all["content-length"] = Buffer.byteLength(body);
  return new Promise((done, fail) => {
    const sent = request({ ...options, headers: all, ca: relay.ca, servername: "localhost" }, (answer) => {
      const shown = new Headers();
      for (const [name, values] of Object.entries(answer.headersDistinct)) for (const value of values) shown.append(name, value);
      done({ status: answer.statusCode, headers: shown, body: answer, text: () => textOf(answer) });
    });
    sent.once("error", fail);
    sent.end(body);
  });
}

async function textOf(body) {
  const chunks = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** Sends bytes as they are, and gives the status of each answer until the server closes. */
export function askRaw(relay, text) {
  return new Promise((done, fail) => {
    const socket = relay.ca
      ? connectTls({ host: "127.0.0.1", port: relay.port, ca: relay.ca, servername: "localhost", ALPNProtocols: ["http/1.1"] })
      : connect(relay.port, "127.0.0.1");
    let seen = "";
    const finish = () => done([...seen.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map((found) => Number(found[1])));
    socket.setEncoding("latin1");
    socket.on("data", (data) => {
      seen += data;
      // It has refused; it need not wait for the rest of a body.
      socket.end();
    });
    socket.once("close", finish);
    // A server may refuse and close before all was sent.
    socket.on("error", (error) => (seen === "" && error.code !== "ECONNRESET" && error.code !== "EPIPE" ? fail(error) : finish()));
    socket.write(text);
  });
}
