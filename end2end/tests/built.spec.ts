// The built page's own text: a policy is only worth what the build makes of it.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { expect, test } from "../fixtures/test";
import { readHeaders } from "../servers/site.mjs";

const html = readFileSync("../dist/index.html", "utf8");
const withoutComments = html.replace(/<!--[\s\S]*?-->/g, "");
const policy = /http-equiv="Content-Security-Policy"\s+content="([^"]*)"/.exec(html)?.[1] ?? "";
const tags = [...withoutComments.matchAll(/<(script|link|img|iframe)\b([^>]*)>/g)].map(([, name, attributes]) => ({ name, attributes }));
const attribute = (attributes: string, name: string) => new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1];

test("the policy comes before whatever it is to hold for", () => {
  const first = withoutComments.search(/<(script|link|style|img|iframe|base|object)\b/);
  expect(policy).not.toBe("");
  expect(withoutComments.indexOf("Content-Security-Policy")).toBeLessThan(first);
  // Then the guard, before any other script, style or preload.
  expect(tags[0].attributes).toMatch(/src="\.\/guard-[0-9a-f]+\.js"/);
  expect(tags[0].attributes).not.toMatch(/\b(async|defer|type)\b/);
});

test("the policy allows nothing inline and nothing unsafe but wasm", () => {
  expect(policy.match(/'unsafe-[^']*'/g)).toBeNull();
  expect(policy.match(/'[a-z-]*unsafe[a-z-]*'/g)).toEqual(["'wasm-unsafe-eval'"]);
  expect(policy).not.toMatch(/nonce|sha\d{3}-|\*(?!$|[;\s])/);
  const directives = Object.fromEntries(policy.split(";").map((part) => part.trim().split(/\s+(.*)/s).slice(0, 2)));
  expect(directives).toMatchObject({
    "default-src": "'none'",
    "script-src": "'self' 'wasm-unsafe-eval'",
    "style-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "object-src": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "default",
  });
});

test("there is no inline script, handler or style, and no placeholder", () => {
  for (const { name, attributes } of tags) if (name === "script") expect(attributes).toContain("src=");
  expect(withoutComments).not.toMatch(/<script[^>]*>\s*[^<\s]/);
  expect(withoutComments).not.toMatch(/\son\w+\s*=|\sstyle\s*=|<style|javascript:/i);
  expect(html).not.toMatch(/TRUNK|nonce=|\{\{/);
});

test("every file is our own and carries the hash of what was built", () => {
  // Nothing that runs: an icon, and the manifest that names icons.
  const isPlain = (attributes: string) => /^(manifest|apple-touch-icon)$/.test(attribute(attributes, "rel") ?? "");
  for (const { attributes } of tags.filter(({ attributes }) => isPlain(attributes))) {
    expect(attribute(attributes, "href")).toMatch(/^\.\/[a-z/-]+\.(json|png)$/);
    expect(existsSync(`../dist/${attribute(attributes, "href")}`)).toBe(true);
  }
  const loaded = tags.filter(({ attributes }) => !isPlain(attributes)).map(({ attributes }) => ({
    url: attribute(attributes, "src") ?? attribute(attributes, "href") ?? "",
    integrity: attribute(attributes, "integrity"),
  }));
  // Scripts, one stylesheet, the icon, the program and its glue.
  expect(loaded.length).toBeGreaterThan(7);
  for (const { url, integrity } of loaded) {
    expect(url).toMatch(/^\.\/[a-z_]+-[0-9a-f]{8,16}(_bg)?\.(js|css|wasm|svg)$/);
    const hash = createHash("sha384").update(readFileSync(`../dist/${url}`)).digest("base64");
    expect(integrity, url).toBe(`sha384-${hash}`);
  }
});

test("the headers for static hosts hold the same policy, and forbid frames", () => {
  const headers = readHeaders("../dist/_headers");
  expect(headers["Content-Security-Policy"]).toBe(`${policy}; frame-ancestors 'none'`);
  expect(headers).toMatchObject({
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
  });
  expect(headers["Strict-Transport-Security"]).toMatch(/^max-age=\d{8}/);
  expect(headers["Permissions-Policy"]).toMatch(/camera=\(\), .*microphone=\(\)/);
});

test("by those headers what has a hash in its name is kept for good, and what has none is asked for again", () => {
  for (const name of readdirSync("../dist").filter((name) => /-[0-9a-f]{8,16}/.test(name))) {
    expect(readHeaders("../dist/_headers", `/${name}`), name).toEqual({ "Cache-Control": "public, max-age=31536000, immutable" });
  }
  for (const path of ["/", "/index.html", "/manifest.json", "/sw.js"]) expect(readHeaders("../dist/_headers", path)["Cache-Control"], path).toBe("no-cache");
  // Its own wall: the page's policy does not hold for a worker.
  expect(readHeaders("../dist/_headers", "/sw.js")["Content-Security-Policy"]).toBe("default-src 'none'; connect-src 'self'");
});

test("under those headers the page works", async ({ page, servers, watch }) => {
  const site = await servers.site({ headers: true });
  watch.origins.add(site);
  await page.goto(site);
  await page.getByRole("button", { name: "Provoke a 429" }).first().click();
  await expect(page.getByRole("region", { name: "First 429" })).toContainText("429");
});

test.describe("the policy is live", () => {
  test.use({ expectedConsole: /Content Security Policy|TrustedScript|Refused|violates/i, expectedTrouble: /^CSP violation: (script-src|require-trusted-types-for)/ });

  test("a script of the page cannot make code from text", async ({ page }) => {
    const name = "probe-0123456789abcdef.js";
    // Playwright's own evaluations are exempt from the policy; a file is not.
    const body = `for (const make of [() => eval("1"), () => new Function("return 1")(), () => document.body.append(Object.assign(document.createElement("script"), { text: "globalThis.inline = 1" }))]) {
      try { make(); (globalThis.made ??= []).push("ran"); } catch (error) { (globalThis.made ??= []).push(error.name); }
    }`;
    await page.route(`**/${name}`, (route) => route.fulfill({ body, contentType: "text/javascript" }));
    await page.goto("./");
    await page.evaluate(
      (src) => new Promise((resolve, reject) => document.head.append(Object.assign(document.createElement("script"), { src, onload: resolve, onerror: reject }))),
      `./${name}`,
    );
    expect(await page.evaluate(() => Reflect.get(globalThis, "made"))).toEqual(["EvalError", "EvalError", "TypeError"]);
    expect(await page.evaluate(() => "inline" in globalThis)).toBe(false);
  });

  test("a script from elsewhere, or under a name of no build, is refused", async ({ page }) => {
    await page.goto("./");
    for (const src of ["https://xss.invalid/probe-0123456789abcdef.js", "./probe.js", "data:text/javascript,1", "./below/probe-0123456789abcdef.js"]) {
      const thrown = await page.evaluate((src) => {
        try {
          document.createElement("script").src = src;
        } catch (error) {
          return (error as Error).name;
        }
      }, src);
      expect(thrown, src).toBe("TypeError");
    }
  });
});
