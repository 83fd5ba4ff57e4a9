// The browser finds nothing that keeps the page from being installed.
import { existsSync, readFileSync, rmSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "@playwright/test";
import { expect, test } from "../fixtures/test";
import { Servers } from "../fixtures/servers";

const manifest = JSON.parse(readFileSync("../dist/manifest.json", "utf8"));

test("it can be installed", async ({}, info) => {
  // A window that keeps nothing cannot install anything: a profile of its own.
  const [servers, profile] = [new Servers(), mkdtempSync(join(tmpdir(), "sluice-profile-"))];
  const { launchOptions } = info.project.use;
  const context = await chromium.launchPersistentContext(profile, { ...launchOptions, serviceWorkers: "allow" });
  try {
    const url = await servers.site({ dist: "../dist", base: "/some/path/", headers: true });
    const page = await context.newPage();
    await page.goto(`${url}/some/path/`);
    await expect(page.getByRole("navigation").first()).toBeVisible();
    const devtools = await context.newCDPSession(page);
    await expect.poll(async () => (await devtools.send("Page.getInstallabilityErrors")).installabilityErrors).toEqual([]);
    const { errors, url: found } = await devtools.send("Page.getAppManifest");
    expect(errors).toEqual([]);
    expect(found).toBe(`${url}/some/path/manifest.json`);
  } finally {
    await context.close();
    servers.stop();
    rmSync(profile, { recursive: true, force: true });
  }
});

test("its addresses are relative, and what it names is there in the sizes it says", () => {
  for (const address of [manifest.start_url, manifest.scope, ...manifest.shortcuts.map(({ url }: { url: string }) => url)]) expect(address).toMatch(/^\.\//);
  expect(manifest.display).toBe("standalone");
  for (const { src, sizes } of manifest.icons) {
    expect(existsSync(`../dist/${src}`), src).toBe(true);
    // A PNG's header: width and height at 16 and 20.
    const png = readFileSync(`../dist/${src}`);
    expect(`${png.readUInt32BE(16)}x${png.readUInt32BE(20)}`).toBe(sizes);
  }
  expect(manifest.icons.map(({ purpose }: { purpose: string }) => purpose)).toContain("maskable");
});
