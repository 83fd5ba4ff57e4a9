// Starts the program, and says what is wrong when it cannot start or has stopped.
//
// Nothing starts unless guard.js has locked the page's connections and every file is the one that the page was built
// with. The program is fetched here, after the first paint, against the hashes that stand in its links: preloaded, it
// would hold up that paint, and the browser ignores the integrity of a preloaded wasm file. After that the program speaks; #crash is ours:
// a panic of the program shows it, with the place in the source where the panic hook sent one:
//   document.dispatchEvent(new CustomEvent("sluice:panic", { detail: "src/main.rs:12" }))

const crash = document.getElementById("crash");

// The fragment belongs to the views, so the jump is made by hand.
document.getElementById("skip").addEventListener("click", (event) => {
  event.preventDefault();
  document.getElementById("work").focus();
});

function show(title, reason) {
  if (!crash.hidden) return;
  const heading = document.createElement("strong");
  heading.textContent = title;
  const text = document.createElement("p");
  text.textContent = reason;
  const reload = document.createElement("button");
  reload.type = "button";
  reload.textContent = "Reload";
  reload.addEventListener("click", () => location.reload());
  crash.replaceChildren(heading, text, reload);
  crash.hidden = false;
}

function stopped(place) {
  const where = place ? ` (at ${place})` : "";
  show("Sluice has stopped", `An error inside the program stopped it${where}. Results that were saved are still there after a reload.`);
}

document.addEventListener("sluice:panic", (event) => stopped(typeof event.detail === "string" ? event.detail : ""));
// A panic ends in a trap, wherever the program was called from.
addEventListener("error", (event) => event.error instanceof WebAssembly.RuntimeError && stopped(""));
addEventListener("unhandledrejection", (event) => event.reason instanceof WebAssembly.RuntimeError && stopped(""));

// Parts of the program that are fetched later come through here as well: they are checked in one place, and the program
// reads why the last one is missing. The glue script holds their hashes.
let problem = "";
const compile = async (address, integrity, cache = "default") => {
  try {
    return await compileVerified(address, integrity, cache);
  } catch (error) {
    const told = await explain(address, error).catch((reason) => reason);
    problem = told.message;
    throw told;
  }
};
Object.defineProperty(globalThis, "sluiceFiles", {
  value: Object.freeze({
    compile,
    get problem() {
      return problem;
    },
  }),
});

async function start() {
  const guard = globalThis.sluiceGuard;
  if (!guard) await explain(document.querySelector('script[src*="guard"]').src, new TypeError("not loaded"));
  if (!guard.apiOrigin) throw new Error("this browser did not let the page lock itself to one API address");
  const glue = document.querySelector('link[rel="glue"]');
  const program = document.querySelector('link[rel="program"]');
  const offline = document.querySelector('script[src*="offline"]');
  const styles = [...document.querySelectorAll('link[rel="stylesheet"]')];
  const painted = firstPaint();
  const [module] = await Promise.all([
    painted.then(() => compile(program.href, program.getAttribute("integrity") ?? "")),
    painted.then(() => run(glue).catch((error) => explain(glue.href, error))),
    ...styles.map((link) => styled(link).catch((error) => explain(link.href, error))),
    // It runs after this script, so what becomes of it is still to come, or noted by the guard.
    guard.failed.includes(offline) || settled(offline).catch((error) => explain(offline.src, error)),
  ]);
  for (const element of guard.failed) await explain(element.href ?? element.src, new TypeError("not loaded"));
  const { default: init } = await import(glue.href);
  await init({ module_or_path: module });
  // For what can wait until then (offline.js).
  document.dispatchEvent(new Event("sluice:started"));
}

// A hidden page is not painted, and not every browser tells of it.
function firstPaint() {
  return new Promise((resolve) => {
    if (document.hidden) return resolve();
    document.addEventListener("visibilitychange", resolve, { once: true });
    new PerformanceObserver(resolve).observe({ type: "paint", buffered: true });
    setTimeout(resolve, 2_000);
  });
}

// An import carries no integrity. The script element does, and its module is the one that the import then gives.
function run(link) {
  const script = document.createElement("script");
  script.type = "module";
  script.integrity = link.getAttribute("integrity") ?? "";
  script.src = link.href;
  const done = settled(script);
  document.head.append(script);
  return done;
}

async function styled(link) {
  if (!link.sheet && !globalThis.sluiceGuard.failed.includes(link)) await settled(link);
}

const settled = (element) =>
  new Promise((resolve, reject) => {
    element.addEventListener("load", resolve);
    element.addEventListener("error", () => reject(new TypeError("not loaded")));
  });

async function compileVerified(address, integrity, cache) {
  const response = await fetch(address, { integrity, cache });
  if (!response.ok) throw new TypeError("not loaded");
  // A host that sends another type than application/wasm is slower, not broken.
  if (response.headers.get("content-type") === "application/wasm") return WebAssembly.compileStreaming(response);
  return WebAssembly.compile(await response.arrayBuffer());
}

// The browser tells a script no more than "Failed to fetch"; asking once more for the head of the file tells why.
async function explain(address, error) {
  const file = new URL(address).pathname.split("/").pop();
  const head = await fetch(address, { method: "HEAD", cache: "no-store" }).catch(() => undefined);
  if (!head) throw new Error(`${file} could not be fetched: there seems to be no connection`);
  if (!head.ok) throw new Error(`the server answers ${head.status} for ${file}`);
  if (error instanceof TypeError) throw new Error(`the integrity check of ${file} failed: it is not the file this page was built with`);
  throw error;
}

if (typeof WebAssembly !== "object") {
  show("Sluice cannot start", "This browser has no WebAssembly, or it is switched off. Any current browser with its default settings will do.");
} else {
  start().catch((error) => {
    // A trap while starting is a panic, which may already be told.
    if (error instanceof WebAssembly.RuntimeError) return stopped("");
    const status = document.getElementById("boot-status");
    if (status) status.textContent = "Not loaded.";
    show("Sluice cannot start", `Reason: ${error.message}. Reload; if that does not help, tell whoever hosts this page.`);
  });
}
