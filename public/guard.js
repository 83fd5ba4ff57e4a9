// The first script of all, and a blocking one: the page's walls stand before anything else runs.
//
// 1. connect-src. The policy in index.html must admit whichever API a person may choose. A second one, added here,
//    narrows it to one origin, and one that takes traces where there is one; policies only add up, so nothing widens it
//    again without a reload.
// 2. Trusted Types. Markup and script addresses made from strings pass the default policy below, or throw.
// 3. Scripts and stylesheets that failed to load are noted for boot.js, which then starts nothing.
(() => {
  "use strict";

  const DEFAULT_ORIGIN = "https://api.openai.com";
  // In localStorage: the origins that a person confirmed last. state::locked_origin and state::collector write them.
  const CONFIRMED_API = "sluice.api-origin";
  const CONFIRMED_COLLECTOR = "sluice.collector-origin";
  const FORBIDDEN_ELEMENTS =
    /^(script|i?frame|frameset|object|embed|applet|base|link|meta|style|template|noscript|noembed|noframes|xmp|plaintext|math|foreignobject|use|image|set|animate\w*)$/i;
  const FORBIDDEN_ATTRIBUTES = /^(on.*|src|srcset|srcdoc|style|action|formaction|background|poster|data|ping|is)$/i;
  const TAG = /<(?:!|!--[^<>]*--|\/[a-z][a-z0-9]*|([a-z][a-z0-9]*)((?:\s+[a-z][a-z0-9-]*(?:="[^"<>]*")?)*)\s*\/?)>/gi;
  // What the browser calls the one place where a service worker's address goes.
  const WORKER_SINK = "ServiceWorkerContainer register";
  const ATTRIBUTE = /([a-z][a-z0-9-]*)(?:="([^"]*)")?/gi;

  const guard = { apiOrigin: "", collectorOrigin: "", failed: [] };
  Object.defineProperty(globalThis, "sluiceGuard", { value: guard });
  addEventListener("error", ({ target }) => target instanceof Element && noteFailure(target), true);
  // In browsers that keep nothing for this page, the entry's state outlives the reload that confirming asks for.
  const origin = confirmed(() => history.state?.apiOrigin ?? localStorage.getItem(CONFIRMED_API)) || DEFAULT_ORIGIN;
  const collector = confirmed(() => localStorage.getItem(CONFIRMED_COLLECTOR));
  lockConnections(`${origin} ${collector}`);
  guardMarkup();
  // Last: whoever reads it knows that all of the above is in place.
  guard.apiOrigin = origin;
  guard.collectorOrigin = collector;
  Object.freeze(guard);

  function confirmed(read) {
    try {
      const kept = read();
      return isOrigin(kept) ? kept : "";
    } catch {
      // Blocked storage keeps nothing.
      return "";
    }
  }

  // As the program writes it, or not at all: the text becomes a part of a policy.
  function isOrigin(text) {
    if (typeof text !== "string" || text.length > 300) return false;
    const written = /^(https:\/\/[a-z0-9_-]+(\.[a-z0-9_-]+)*|http:\/\/(localhost|127\.0\.0\.1))(:[0-9]{1,5})?$/;
    try {
      return written.test(text) && new URL(text).origin === text;
    } catch {
      return false;
    }
  }

  function lockConnections(origins) {
    const policy = document.createElement("meta");
    policy.httpEquiv = "Content-Security-Policy";
    policy.content = `connect-src 'self' ${origins}`.trimEnd();
    document.head.append(policy);
  }

  function guardMarkup() {
    globalThis.trustedTypes?.createPolicy("default", {
      createHTML: (markup) => (isTemplate(markup) ? markup : null),
      createScriptURL: (url, _, sink) => (isOwnScript(url) || (sink === WORKER_SINK && isServiceWorker(url)) ? url : null),
      createScript: () => null,
    });
  }

  // Text, comments, and tags with quoted attributes: the static templates of the program are no more than that.
  function isTemplate(markup) {
    for (const [, element, attributes] of markup.matchAll(TAG)) {
      if (!element) continue;
      if (FORBIDDEN_ELEMENTS.test(element)) return false;
      for (const [, attribute, value] of attributes.matchAll(ATTRIBUTE)) {
        if (FORBIDDEN_ATTRIBUTES.test(attribute)) return false;
        if (/^href$/i.test(attribute) && !/^(https:\/\/|#|\.\/)/.test(value ?? "")) return false;
      }
    }
    return !/[<>]/.test(markup.replace(TAG, ""));
  }

  // Beside the page, under a name with the build's hash in it; Trunk writes that without leading zeros.
  function isOwnScript(url) {
    const beside = new URL("./", location.href).href;
    const { href } = new URL(url, beside);
    return href.startsWith(beside) && /^[a-z_]+-[0-9a-f]{8,16}\.js$/.test(href.slice(beside.length));
  }

  // Its name must stay the same, so that a browser finds the next one.
  function isServiceWorker(url) {
    return new URL(url, location.href).href === new URL("./sw.js", location.href).href;
  }

  function noteFailure(element) {
    if (!element.matches("script, link[rel=stylesheet]")) return;
    guard.failed.push(element);
    // The boot script tells of all others; of its own failure only this one can.
    if (element.type === "module" && /\/boot[^/]*\.js$/.test(element.src)) tellOf(element);
  }

  function tellOf(script) {
    const status = document.getElementById("boot-status");
    if (!status) return addEventListener("DOMContentLoaded", () => tellOf(script), { once: true });
    const file = script.src.split("/").pop();
    status.textContent = `Sluice cannot start. Reason: ${file} could not be fetched, or its integrity check failed: it is not the file this page was built with. Reload; if that does not help, tell whoever hosts this page.`;
  }
})();
