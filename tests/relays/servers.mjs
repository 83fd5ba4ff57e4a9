// Starts the real nginx and Caddy with the recipes of relays/. Ports, the upstream's name and the authority that
// vouches for it are all that is put in place of what is there.
import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** Rendered configurations, logs and certificates; scripts/relays.sh makes it anew for each run. */
export const WORK = join(ROOT, "target/relays");
export const read = (path) => readFileSync(join(ROOT, path), "utf8");

/** Puts `to` for `from`, which must be there: a recipe that has changed must not be tested as another. */
export function replaced(text, pairs) {
  return pairs.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`the recipe has no ${from}`);
    return text.replaceAll(from, to);
  }, text);
}

/** The certificate that the stand-in for the API has, or another one that nobody vouches for. */
export function certificate(name = "upstream") {
  return { key: readFileSync(join(WORK, `${name}.key`)), cert: readFileSync(join(WORK, `${name}.pem`)) };
}

/** The site: the build where there is one, else files of the same kinds; with compressed copies of the index. */
export function makeSite() {
  const site = join(WORK, "site");
  rmSync(site, { recursive: true, force: true });
  if (existsSync(join(ROOT, "dist/index.html"))) {
    cpSync(join(ROOT, "dist"), site, { recursive: true });
  } else {
    mkdirSync(site);
    const hash = "0123456789abcdef";
    for (const name of [`boot-${hash}.js`, `base-${hash}.css`, `sluice-${hash}_bg.wasm`, `favicon-${hash}.svg`, "index.html", "sw.js", "manifest.json", "_headers"]) {
      writeFileSync(join(site, name), `stand-in for ${name}\n`.repeat(100));
    }
  }
  const index = readFileSync(join(site, "index.html"));
  writeFileSync(join(site, "index.html.br"), brotliCompressSync(index));
  writeFileSync(join(site, "index.html.gz"), gzipSync(index));
  return site;
}

const freePort = () =>
  new Promise((done) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });

const listens = (port) =>
  new Promise((done) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => done(true) || socket.destroy());
    socket.once("error", () => done(false));
  });

/** Caddy listens before it has made its certificate. */
const handshakes = (port) =>
  new Promise((done) => {
    const socket = connectTls({ port, host: "127.0.0.1", servername: "localhost", rejectUnauthorized: false });
    socket.once("secureConnect", () => done(true) || socket.destroy());
    socket.once("error", () => done(false));
  });

/** No server outlives the test, however that ends. */
const running = new Set();
process.on("exit", () => running.forEach((child) => child.kill("SIGKILL")));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => process.exit(1));

async function run(folder, isReady, command, args, env = {}) {
  const log = openSync(join(folder, "output.log"), "a");
  const child = spawn(command, args, { stdio: ["ignore", log, log], cwd: folder, env: { ...process.env, ...env } });
  running.add(child);
  const ended = new Promise((done) => child.once("exit", () => done(true)) && child.once("error", () => done(true)));
  ended.then(() => running.delete(child));
  const deadline = Date.now() + 20_000;
  while (!(await isReady())) {
    const over = await Promise.race([ended, new Promise((done) => setTimeout(done, 50))]);
    if (over || Date.now() > deadline) {
      child.kill("SIGKILL");
      throw new Error(`${command} did not start:\n${readFileSync(join(folder, "output.log"), "utf8").slice(-4000)}`);
    }
  }
  return async () => {
    child.kill("SIGTERM");
    await ended;
  };
}

/** Starts `make(port)` on a free port; another program may take the port first, so there are three tries. */
async function onFreePort(make) {
  for (let tries = 3; ; tries -= 1) {
    try {
      return await make(await freePort());
    } catch (error) {
      if (tries === 1) throw error;
    }
  }
}

function folderFor(name) {
  const folder = join(WORK, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

export const startNginx = (upstream, site, name = "nginx") =>
  onFreePort(async (port) => {
    const folder = folderFor(name);
    mkdirSync(join(folder, "target/nginx"), { recursive: true });
    symlinkSync(site, join(folder, "dist"));
    const recipe = replaced(read("relays/nginx.conf"), [
      ["/usr/lib/nginx/modules", process.env.NGINX_MODULES],
      [":8090", `:${port}`],
      ["api.openai.com:443", `localhost:${upstream.port}`],
      ["api.openai.com", "localhost"],
      ["/etc/ssl/certs/ca-certificates.crt", join(WORK, "upstream.pem")],
    ]);
    writeFileSync(join(folder, "nginx.conf"), recipe);
    // As root nginx reads the site as another user, who may not enter the folder of this test.
    const user = process.getuid() === 0 ? ["-g", "user root;"] : [];
    const stop = await run(folder, () => listens(port), process.env.NGINX, ["-e", "stderr", "-p", folder, "-c", "nginx.conf", ...user]);
    return { name, folder, port, origin: `http://localhost:${port}`, stop };
  });

export const startCaddy = (upstream, site, name = "caddy") =>
  onFreePort(async (port) => {
    const folder = folderFor(name);
    const recipe = replaced(read("relays/Caddyfile"), [
      [":8443", `:${port}`],
      ["https://api.openai.com", `https://localhost:${upstream.port}`],
    ]);
    writeFileSync(join(folder, "Caddyfile"), recipe);
    const stop = await run(folder, () => handshakes(port), process.env.CADDY, ["run", "--config", "Caddyfile", "--adapter", "caddyfile"], {
      SLUICE_DIST: site,
      SSL_CERT_FILE: join(WORK, "upstream.pem"),
      XDG_DATA_HOME: join(folder, "data"),
      XDG_CONFIG_HOME: join(folder, "config"),
    });
    const ca = readFileSync(join(folder, "data/caddy/pki/authorities/local/root.crt"));
    return { name, folder, port, origin: `https://localhost:${port}`, ca, stop };
  });

/** What docs/deploy.md has in a language. */
export const recipe = (language) => new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, "m").exec(read("docs/deploy.md"))[1];

/** A folder to serve: the site at its root, and once more under some/path. */
function folderOfSites(folder, site) {
  const root = join(folder, "srv");
  cpSync(site, root, { recursive: true });
  mkdirSync(join(root, "some"));
  symlinkSync(site, join(root, "some/path"));
  return root;
}

// Those of its mime.types that the site has; the file is in a package of its own.
const TYPES_OF_DEBIAN =
  "text/html html; text/css css; application/javascript js; application/json json; application/wasm wasm; image/svg+xml svg; image/png png;";

/** nginx as Debian sets it up, with the recipe of docs/deploy.md in its conf.d. */
export const startDeployedNginx = (site) =>
  onFreePort(async (port) => {
    const folder = folderFor("deployed-nginx");
    const mine = replaced(recipe("nginx"), [["listen 80;", `listen 127.0.0.1:${port};`], ["sluice.example", "localhost"], ["/srv/sluice", folderOfSites(folder, site)]]);
    const own = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${name};`).join(" ");
    const frame = `daemon off; pid nginx.pid; error_log stderr; events {} http { ${own} access_log off; types { ${TYPES_OF_DEBIAN} } default_type application/octet-stream;\n${mine}}\n`;
    writeFileSync(join(folder, "nginx.conf"), frame);
    const user = process.getuid() === 0 ? ["-g", "user root;"] : [];
    const stop = await run(folder, () => listens(port), process.env.NGINX, ["-e", "stderr", "-p", folder, "-c", "nginx.conf", ...user]);
    return { port, stop };
  });

/** Caddy with the recipe of docs/deploy.md, without a certificate. */
export const startDeployedCaddy = (site) =>
  onFreePort(async (port) => {
    const folder = folderFor("deployed-caddy");
    const mine = replaced(recipe("caddyfile"), [["sluice.example", `http://localhost:${port}`], ["/srv/sluice", folderOfSites(folder, site)]]);
    writeFileSync(join(folder, "Caddyfile"), `{\n\tadmin off\n\tauto_https off\n}\n${mine}`);
    const stop = await run(folder, () => listens(port), process.env.CADDY, ["run", "--config", "Caddyfile", "--adapter", "caddyfile"], {
      XDG_DATA_HOME: join(folder, "data"),
      XDG_CONFIG_HOME: join(folder, "config"),
    });
    return { port, stop };
  });

/** Python's own, as people try a folder of files with. */
export const startPython = (site) =>
  onFreePort(async (port) => {
    const folder = folderFor("python");
    const args = ["-m", "http.server", "--bind", "127.0.0.1", "--directory", folderOfSites(folder, site), `${port}`];
    const stop = await run(folder, () => listens(port), "python3", args);
    return { port, stop };
  });

/** All that a server wrote: its logs, and whatever else it left in its folder. */
export const written = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.path, entry.name))
    .map((path) => ({ path, text: readFileSync(path, "latin1") }));
