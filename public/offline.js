// Lets the page open without a network, by a service worker (sw.js), and tells when a new version is there.
//
// An extra: whatever goes wrong here is silent, and the page is as it would be without. It waits for the program, so
// that no byte of it delays the first use.

// Chosen as the browser does; a file or another host's plain http has none. In a frame the page is another's guest.
const workers = isSecureContext && window.top === window.self ? navigator.serviceWorker : undefined;
const build = document.querySelector('meta[name="sluice-build"]')?.content;
const HOUR = 3_600_000;

function tellOfNewVersion() {
  const place = document.getElementById("update");
  if (!place.hidden) return;
  const button = (name, then) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button";
    button.textContent = name;
    button.addEventListener("click", then);
    return button;
  };
  const text = document.createElement("p");
  text.textContent = "A new version of Sluice is ready. What is running, and a key in use, end with a reload.";
  // Shown first: a region that speaks says what comes into it while it is there.
  place.hidden = false;
  place.replaceChildren(text, button("Reload", () => location.reload()), button("Later", () => (place.hidden = true)));
}

function hear({ data, ports, source }) {
  // Which files this page may still ask for: the worker keeps them.
  if (data?.sluice === "which") ports[0]?.postMessage(build);
  if (data?.sluice !== "ready") return;
  // A new worker, of the version that this page is of or of the next one.
  if (data.build !== build) tellOfNewVersion();
  source.postMessage({ sluice: "started" });
}

async function begin() {
  workers.addEventListener("message", hear);
  workers.startMessages();
  const registration = await workers.register("./sw.js", { scope: "./", updateViaCache: "none" });
  const { active } = await workers.ready;
  active.postMessage({ sluice: "started" });
  // The browser itself looks for a new version at each load only, and a tab can stay open for weeks.
  let looked = Date.now();
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible" || Date.now() - looked < HOUR) return;
    looked = Date.now();
    registration.update().catch(() => {});
  });
}

if (workers && build) document.addEventListener("sluice:started", () => begin().catch(() => {}), { once: true });
