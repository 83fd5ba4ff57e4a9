// The service worker: with it the page opens without a network, and a page that is open keeps the files of its build.
// scripts/service_worker.mjs makes sw.js of it, once every file has its name.
//
// It answers for the page itself and the files of the build, by name; all else (a relay's /openai/v1/ above all) goes
// its way as if there were no worker. It keeps nothing but those files, each checked against the hash that it had when
// it was built, so neither an answer nor a key can come into the cache.
"use strict";

const BUILD = "{{BUILD}}";
// By name beside the page: the integrity of each, and of the page itself under "".
const FILES = {{FILES}};
// Kept once they are used, rather than fetched for everybody.
const LARGE = {{LARGE}};

const { scope } = registration;
// Caches are the origin's, and other pages of it may be ours too, under other paths.
const OURS = `sluice ${scope} `;
const CACHE = OURS + BUILD;
const HASHED = /^[a-z0-9_]+-[0-9a-f]{8,16}(_bg)?\.(css|js|svg|wasm)$/;
// How long a network may take that is there but does not answer. On this machine another server may have taken over
// the port: it must be asked for as long as it takes.
const PATIENCE_MS = /^(localhost|127\.|\[::1\])/.test(location.hostname) ? Infinity : 4_000;

addEventListener("install", (event) => {
  event.waitUntil(install());
  // Where the browser can be told so, requests to an API do not even wake this worker.
  event.addRoutes?.({ condition: { or: [{ requestMethod: "POST" }, { requestMethod: "DELETE" }] }, source: "network" }).catch(() => {});
});
addEventListener("activate", (event) => event.waitUntil(activate()));
addEventListener("fetch", (event) => {
  const answer = answerTo(event.request);
  if (answer) event.respondWith(answer);
});
addEventListener("message", (event) => {
  if (event.data?.sluice === "started") event.waitUntil(tidy());
});

async function install() {
  const kept = await (await caches.open(CACHE)).keys();
  const missing = Object.keys(FILES).filter((name) => !LARGE.includes(name) && !kept.some(({ url }) => url === scope + name));
  await Promise.all(missing.map(keep));
  // At once: open pages of other builds go on with their own files, see answerTo.
  await skipWaiting();
}

async function activate() {
  await clients.claim();
  for (const page of await pages()) page.postMessage({ sluice: "ready", build: BUILD });
}

function answerTo(request) {
  if (request.method !== "GET" || request.headers.has("authorization") || request.headers.has("range")) return undefined;
  const url = new URL(request.url);
  url.hash = "";
  if (request.mode === "navigate") return isPage(url) ? page(url.href) : undefined;
  const name = url.href.startsWith(scope) ? url.href.slice(scope.length) : "";
  if (name === "") return undefined;
  if (Object.hasOwn(FILES, name)) return file(name);
  // A page of an earlier build asks for a part of it, which the server may have no more.
  if (HASHED.test(name)) return earlier(request);
  return undefined;
}

// The newest page that there is: the server's, and ours where there is no server, or a broken one.
async function page(url) {
  const asked = fetch(url, { cache: "no-cache", redirect: "manual" });
  const patience = Number.isFinite(PATIENCE_MS) ? [new Promise((done) => setTimeout(done, PATIENCE_MS))] : [];
  const answer = await Promise.race([asked.catch(() => undefined), ...patience]);
  if (answer && answer.status < 500) return answer;
  return (await intact("")) ?? asked;
}

async function file(name) {
  return (await intact(name)) ?? keep(name);
}

async function earlier(request) {
  for (const name of await caches.keys()) {
    const kept = name.startsWith(OURS) && (await (await caches.open(name)).match(request));
    if (kept) return kept;
  }
  return fetch(request);
}

// What is kept under a name, if it is what was built: whoever can write into the cache must not be believed.
async function intact(name) {
  const kept = await (await caches.open(CACHE)).match(scope + name);
  if (!kept) return undefined;
  const hash = await crypto.subtle.digest("SHA-384", await kept.clone().arrayBuffer());
  return `sha384-${btoa(String.fromCharCode(...new Uint8Array(hash)))}` === FILES[name] ? kept : undefined;
}

// Fetches a file, keeps it, and gives it; the browser compares its hash.
async function keep(name) {
  const ask = (cache) => fetch(scope + name, { cache, integrity: FILES[name], redirect: "error" });
  // Under a name with a hash, what the browser has is right, unless it is broken.
  const answer = HASHED.test(name) ? await ask("default").catch(() => ask("reload")) : await ask("no-cache");
  if (answer.status !== 200) throw new Error(`${answer.status} for ${name}`);
  await (await caches.open(CACHE)).put(scope + name, answer.clone());
  return answer;
}

// Takes away the caches of builds that no page is of. One page that does not say keeps them all, and so does a build
// that is on its way here.
async function tidy() {
  if (registration.installing || registration.waiting) return;
  const used = await Promise.all((await pages()).map(buildOf));
  if (used.includes(undefined)) return;
  const isOver = (name) => name.startsWith(OURS) && name !== CACHE && !used.includes(name.slice(OURS.length));
  await Promise.all((await caches.keys()).filter(isOver).map((name) => caches.delete(name)));
}

const buildOf = (page) =>
  new Promise((done) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => done(data);
    setTimeout(done, 2_000);
    page.postMessage({ sluice: "which" }, [port2]);
  });

const isPage = (url) => [scope, `${scope}index.html`].includes(url.origin + url.pathname);
const pages = async () => {
  const all = await clients.matchAll({ type: "window", includeUncontrolled: true });
  return all.filter(({ url }) => isPage(new URL(url)));
};
