// In another site's frame the page takes no key and sends nothing: something could be laid over it.
import { expect, test } from "../fixtures/test";
import type { Servers } from "../fixtures/servers";

const framing = (servers: Servers, url: string) =>
  servers.serve((_, response) =>
    response
      .writeHead(200, { "content-type": "text/html" })
      .end(`<!doctype html><title>Elsewhere</title><iframe src="${url}" width="1200" height="900" title="framed" allow="clipboard-write"></iframe>`),
  );

test("no key is taken, and nothing is sent to a live API", async ({ page, baseURL, servers, watch }) => {
  const elsewhere = await framing(servers, `${baseURL}#/request`);
  watch.origins.add(elsewhere);
  await page.goto(elsewhere);
  const frame = page.frameLocator("iframe");
  await frame.getByRole("radio", { name: "Live", exact: true }).check();
  const dialog = frame.getByRole("dialog", { name: "Connection" });
  await expect(dialog).toContainText("No key is taken here");
  await expect(dialog.getByRole("link", { name: "Open in a new tab" })).toHaveAttribute("rel", /noopener/);
  await expect(dialog.getByRole("textbox")).toHaveCount(0);
  await expect(dialog.getByLabel("API key", { exact: true })).toHaveCount(0);
  await dialog.getByRole("button", { name: "Close" }).click();
  await expect(frame.getByRole("button", { name: "Send", exact: true })).toHaveAttribute("aria-disabled", "true");
  await frame.getByRole("link", { name: "Guide", exact: true }).click();
  // A sign of a reader: the sections are fetched for one.
  await frame.getByRole("button", { name: "Provoke a 429", exact: true }).hover();
  await expect(frame.getByRole("region", { name: "Cell 1:" })).toContainText("open it in a tab of its own to give a key");
  await expect(frame.getByLabel("Paste or drop your .env")).toHaveCount(0);
  // No field of the whole page is one for secrets.
  await expect(frame.locator("input[type=password]")).toHaveCount(0);
});

test.describe("where the host sends our headers", () => {
  test.use({ expectedConsole: /frame-ancestors|X-Frame-Options|Refused to frame|Framing/i, expectedTrouble: /^CSP violation: frame-ancestors/ });

  test("it is not shown in a frame at all", async ({ page, servers, watch }) => {
    const site = await servers.site({ headers: true });
    const elsewhere = await framing(servers, site);
    watch.origins.add(site).add(elsewhere);
    const refused = page.waitForEvent("requestfailed", (request) => request.url().startsWith(site));
    await page.goto(elsewhere);
    expect((await refused).failure()?.errorText).toBe("net::ERR_BLOCKED_BY_RESPONSE");
    // The browser's own page of refusal comes when it comes, in a process of its own: it is not waited for, nor searched.
    await expect(page.frameLocator("iframe").getByRole("heading", { name: "Sluice" })).toHaveCount(0);
    await page.goto("about:blank");
  });
});
