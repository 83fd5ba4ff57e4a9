// One flipped bit in any file that the page starts with keeps the program from starting, and the page says which file it
// was. Parts that are fetched later are parts.spec.ts's, the token counter tokens.spec.ts's, the service worker
// offline.spec.ts's.
import { readdirSync, readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { expect, test } from "../fixtures/test";

const html = readFileSync("../dist/index.html", "utf8");
const isStarted = (name: string) => html.includes(`./${name}"`) && !/_worker-/.test(name);
const files = readdirSync("../dist").filter((name) => /\.(js|css|wasm)$/.test(name) && isStarted(name));
const of = (kind: string) => files.filter((name) => name.endsWith(kind));

test.use({ expectedConsole: /integrity|Failed to (load|find)|preload/i });

async function refuses(page: Page, url: string, file: string) {
  await page.goto(url);
  await expect(page.locator("body"), file).toContainText(`the integrity check of ${file} failed`, { ignoreCase: true }).catch(async () => {
    // Of the boot script only the guard can tell, and it cannot ask why.
    await expect(page.locator("body"), file).toContainText(`${file} could not be fetched, or its integrity check failed`);
  });
  await expect(page.locator("body")).toContainText("Sluice cannot start");
  await expect(page.getByRole("navigation")).toHaveCount(0);
}

test("every kind of file is there to be tampered with", () => {
  expect(of(".css").map((name) => name.split("-")[0])).toEqual(["style"]);
  expect(of(".wasm")).toHaveLength(1);
  expect(of(".js").map((name) => name.split("-")[0]).sort()).toEqual(["boot", "guard", "offline", "sluice", "theme"]);
});

for (const kind of [".js", ".css", ".wasm"]) {
  test(`a flipped bit in ${kind}`, async ({ page, servers, watch }) => {
    test.setTimeout(120_000);
    let target = "";
    const site = await servers.site({ tamper: (name: string) => name === target });
    watch.origins.add(site);
    for (target of of(kind)) await refuses(page, site, target);
    // The very same server, without it.
    target = "";
    await page.goto(site);
    await expect(page.getByRole("navigation").first()).toBeVisible();
  });
}

test("without any style the message can still be read, and acted on", async ({ page, servers, watch }) => {
  const site = await servers.site({ tamper: (name: string) => name.endsWith(".css") });
  watch.origins.add(site);
  await page.goto(site);
  await expect(page.getByRole("alert")).toContainText(/integrity check of \S+\.css failed/);
  await expect(page.getByRole("alert").getByRole("button", { name: "Reload" })).toBeVisible();
});

test("a file that an older page asks for, and that is gone, is named with what the server says", async ({ page }) => {
  test.setTimeout(120_000);
  for (const file of [...of(".js"), ...of(".css"), ...of(".wasm")]) {
    await page.route(`**/${file}`, (route) => route.fulfill({ status: 404, body: "gone" }));
    await page.goto("./");
    await expect(page.locator("body"), file).toContainText("Sluice cannot start");
    await expect(page.locator("body"), file).toContainText(file);
    await expect(page.getByRole("navigation")).toHaveCount(0);
    await page.unroute(`**/${file}`);
    // The same address again would only be a jump within the page.
    await page.goto("about:blank");
  }
});

test("nothing of the program is laid open to scripts of the page", async ({ page }) => {
  await page.goto("./");
  await expect(page.getByRole("navigation").first()).toBeVisible();
  expect(await page.evaluate(() => "wasmBindings" in window)).toBe(false);
});
