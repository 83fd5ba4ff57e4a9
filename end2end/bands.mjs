// Prints how high the bands are by themselves, at each width where that changes: what style/shell.css reserves for them.
// For whoever changes what stands in a band. From the root: node end2end/bands.mjs [DIST]
import { createServer } from "node:http";
import { chromium } from "@playwright/test";
import { createSite } from "./servers/site.mjs";

const BANDS = [".topbar", ".nav", ".meterband"];
const [NARROWEST, WIDEST, STEP] = [320, 1600, 4];

const server = createServer(createSite({ dist: process.argv[2] ?? "dist" }));
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
try {
  const page = await browser.newPage({ serviceWorkers: "block" });
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  await page.getByRole("navigation").first().waitFor();
  await page.evaluate((bands) => bands.forEach((band) => (document.querySelector(band).style.minHeight = "0")), BANDS);
  let before = "";
  for (let width = NARROWEST; width <= WIDEST; width += STEP) {
    await page.setViewportSize({ width, height: 900 });
    const heights = await page.evaluate((bands) => bands.map((band) => `${band} ${document.querySelector(band).offsetHeight} px`).join(", "), BANDS);
    if (heights !== before) console.log(`from ${width} px (${width / 16} rem): ${heights}`);
    before = heights;
  }
} finally {
  await browser.close();
  server.close();
}
