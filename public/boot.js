// Starts the program, and says what is wrong when it cannot start or has stopped.
//
// The browser ignores the integrity of a preloaded wasm file, so it is fetched here against the hash
// that Trunk wrote into its preload link. After that the page speaks through #app; #crash is ours:
// a panic of the program shows it, with the place in the source where the panic hook sent one:
//   document.dispatchEvent(new CustomEvent("sluice:panic", { detail: "src/main.rs:12" }))

const app = document.getElementById("app");
const crash = document.getElementById("crash");

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

async function start() {
  const script = document.querySelector('link[rel="modulepreload"]');
  const program = document.querySelector('link[rel="preload"][type="application/wasm"]');
  const [{ default: init }, module] = await Promise.all([
    import(script.href).catch((error) => explain(script, error)),
    compile(program).catch((error) => explain(program, error)),
  ]);
  app.replaceChildren();
  await init({ module_or_path: module });
}

async function compile(link) {
  const response = await fetch(link.href, { integrity: link.getAttribute("integrity") ?? "" });
  // A host that sends another type than application/wasm is slower, not broken.
  if (response.headers.get("content-type") === "application/wasm") return WebAssembly.compileStreaming(response);
  return WebAssembly.compile(await response.arrayBuffer());
}

// The browser tells a script no more than "Failed to fetch"; asking once more for the head of the file tells why.
async function explain(link, error) {
  const file = new URL(link.href).pathname.split("/").pop();
  const head = await fetch(link.href, { method: "HEAD", cache: "no-store" }).catch(() => undefined);
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
