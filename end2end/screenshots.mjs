// Takes the pictures of the docs: every view with real content, from the built page in dist/.
//
//   node end2end/screenshots.mjs [--dist ../dist] [--out ../docs] [NAME…]      NAME: a part of the pictures' names
//
// The simulated API answers from one seed, so the pictures show the same run each time, but for the times of day.
import { chromium } from "@playwright/test";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { withFewColours } from "./png.mjs";
import { createSite } from "./servers/site.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const { values, positionals } = parseArgs({
  options: { dist: { type: "string", default: here("../dist") }, out: { type: "string", default: here("../docs") } },
  allowPositionals: true,
});

const LIMIT = 150_000;
const DESK = { width: 1280, height: 880 };
const PHONE = { width: 390, height: 844 };

/** Sets a scenario, a seed and a view's settings by a share link, and puts its notice away. */
async function open(page, address) {
  await page.goto(`./${address}`);
  // The welcome has a heading of its own, which a deep link does not show.
  await page.locator("main h1:visible").first().waitFor();
  const dismiss = page.locator(".notices").getByRole("button", { name: "Dismiss" });
  if (await dismiss.count()) await dismiss.click();
}

async function chooseSpeed(page, within, speed) {
  await within.getByRole("radio", { name: speed, exact: true }).check({ force: true });
}

async function guide(page) {
  await open(page, "#/guide?v=1&seed=7");
  await page.getByRole("button", { name: "Provoke a 429", exact: true }).click();
  const first = page.getByRole("region", { name: "First 429" });
  await first.getByRole("log").getByText("Rate limit hit").first().waitFor();
  await first.getByText("Success on attempt 1").nth(2).waitFor();
}

async function request(page) {
  await open(page, "#/request?v=1&scenario=tier-1&seed=7&model=gpt-4o-mini&max_output_tokens=64");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page.getByRole("region", { name: "Status", exact: true }).getByText("200 OK").waitFor();
}

async function burst(page) {
  await open(page, "#/burst?v=1&seed=7&requests=10&policy=notebook&answered_by=first-429");
  const timeline = page.getByRole("region", { name: "Timeline" });
  await chooseSpeed(page, timeline, "60×");
  await page.getByRole("button", { name: "Run burst" }).click();
  await page.getByRole("button", { name: "Finish with Sluice's policy" }).waitFor({ timeout: 60_000 });
  await page.evaluate(() => scrollTo(0, 0));
}

async function inspector(page) {
  await burst(page);
  await page.getByRole("group", { name: "Each request over time" }).focus();
  for (let call = 0; call < 6; call += 1) await page.keyboard.press("ArrowDown");
  await page.getByRole("region", { name: "Attempts" }).waitFor();
  await page.evaluate(() => scrollTo(0, 0));
}

async function explain(page) {
  await open(page, "#/explain");
  await page.getByRole("button", { name: "Tokens 429", exact: true }).click();
  await page.locator(".explain-headline").waitFor();
}

/** A batch of 1,100 lines at its limit, under way. */
async function batch(page) {
  await open(page, "#/batch?v=1&seed=7");
  await chooseSpeed(page, page.getByRole("region", { name: "Run", exact: true }), "10×");
  const subjects = ["turtles", "octopuses", "crows", "otters", "foxes", "whales"];
  const line = (_, index) =>
    JSON.stringify({ custom_id: `fact-${String(index + 1).padStart(4, "0")}`, method: "POST", url: "/v1/responses", body: { model: "gpt-4o-mini", input: `Give me a funny fact about ${subjects[index % subjects.length]}.`, max_output_tokens: 48 } });
  const lines = Array.from({ length: 1_100 }, line).join("\n");
  await page.getByLabel("Requests file", { exact: true }).setInputFiles({ name: "facts.jsonl", mimeType: "application/jsonl", buffer: Buffer.from(lines) });
  await page.getByText("1,100 requests").first().waitFor();
  await page.getByRole("button", { name: "Run batch" }).click();
  await page.getByRole("progressbar", { name: "Batch progress" }).waitFor();
  await page.waitForFunction(() => Number(document.querySelector('[role=progressbar][aria-label="Batch progress"]')?.getAttribute("aria-valuenow")) >= 78, undefined, { timeout: 120_000 });
  await page.evaluate(() => scrollTo(0, 0));
}

/** The same, with a region at the top: on a phone it is below the form. */
const scrolledTo = (reach, name) => async (page) => {
  await reach(page);
  await page.getByRole("region", { name, exact: true }).evaluate((region) => region.scrollIntoView());
};

/** Seven policies on a hundred requests, and the charts of one that is refused. */
async function lab(page) {
  await open(page, "#/lab");
  await page.getByRole("button", { name: "Run experiment" }).first().click();
  await page.getByRole("progressbar", { name: "Done" }).waitFor();
  await page.getByRole("button", { name: "OpenAI cookbook (tenacity)", exact: true }).click();
  await page.evaluate(() => scrollTo(0, 0));
}

/** The ledger after a burst, with a call that was refused looked at. */
async function usage(page) {
  await burst(page);
  await page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: "Usage" }).click();
  await page.getByRole("columnheader", { name: "Attempts" }).getByRole("button").click();
  await page.getByRole("table", { name: "History", exact: true }).getByRole("rowheader").getByRole("button").first().click();
  await page.getByRole("region", { name: "Inspector" }).getByRole("tab", { name: "Attempts" }).click();
  await page.getByRole("list", { name: "Attempts", exact: true }).waitFor();
  await page.evaluate(() => scrollTo(0, 0));
}

async function connection(page) {
  await open(page, "#/request");
  await page.getByRole("button", { name: "Connection", exact: true }).click();
  await page.getByRole("dialog", { name: "Connection" }).waitFor();
}

/** name → how to get there, the size, the theme. */
const PICTURES = [
  ["guide", guide, { ...DESK, height: 1240 }, "light"],
  ["guide-dark", guide, { ...DESK, height: 1240 }, "dark"],
  ["request", request, { ...DESK, height: 1180 }, "light"],
  ["request-dark", request, { ...DESK, height: 1180 }, "dark"],
  ["burst", burst, DESK, "light"],
  ["burst-dark", burst, DESK, "dark"],
  ["burst-inspector", inspector, { ...DESK, height: 1080 }, "light"],
  ["burst-phone", scrolledTo(burst, "Timeline"), PHONE, "light"],
  ["explain", explain, { ...DESK, height: 1180 }, "light"],
  ["explain-dark", explain, { ...DESK, height: 1180 }, "dark"],
  ["explain-phone", scrolledTo(explain, "Verdict"), PHONE, "dark"],
  ["batch", batch, { ...DESK, height: 1400 }, "light"],
  ["batch-dark", batch, { ...DESK, height: 1400 }, "dark"],
  ["batch-phone", scrolledTo(batch, "Run"), PHONE, "light"],
  ["lab", lab, { ...DESK, height: 1500 }, "light"],
  ["lab-dark", lab, { ...DESK, height: 1500 }, "dark"],
  ["lab-phone", scrolledTo(lab, "One trial, in charts"), PHONE, "light"],
  ["usage", usage, { ...DESK, height: 1500 }, "light"],
  ["usage-dark", usage, { ...DESK, height: 1500 }, "dark"],
  ["usage-phone", usage, { ...PHONE, height: 1500 }, "light"],
  ["connection", connection, DESK, "light"],
];

const server = createServer(createSite({ dist: values.dist }));
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"] });
let failed = false;
for (const [name, reach, viewport, colorScheme] of PICTURES) {
  if (positionals.length > 0 && !positionals.some((part) => name.includes(part))) continue;
  const context = await browser.newContext({ baseURL: `http://127.0.0.1:${server.address().port}/`, viewport, colorScheme, locale: "en-US", reducedMotion: "reduce" });
  // The first-run hint is for readers.
  await context.addInitScript(() => localStorage.setItem("sluice.hint", "4"));
  const page = await context.newPage();
  try {
    await reach(page);
    await page.evaluate(() => document.activeElement?.blur());
    await page.mouse.move(0, 0);
    const small = withFewColours(await page.screenshot({ animations: "disabled", caret: "hide" }));
    writeFileSync(`${values.out}/${name}.png`, small);
    const isLarge = small.length > LIMIT;
    failed ||= isLarge;
    console.log(`${name}.png  ${(small.length / 1000).toFixed(1)} kB${isLarge ? `, more than ${LIMIT / 1000} kB` : ""}`);
  } catch (error) {
    failed = true;
    console.error(`${name}.png  ${error.message.split("\n")[0]}`);
  }
  await context.close();
}
await browser.close();
server.close();
process.exitCode = failed ? 1 : 0;
