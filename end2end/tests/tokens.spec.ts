// Exact token counts: loaded only when someone asks for them, equal to tiktoken's, and an estimate where they cannot be had.
import { readFileSync, readdirSync } from "node:fs";
import type { Locator, Page } from "@playwright/test";
import { expect, test } from "../fixtures/test";
import { RequestPage } from "./pages/request";

type Line = [kind: string, text: string, tokens: number, hash: number];
const golden: Line[] = readFileSync("../tests/tokens/golden.jsonl", "utf8").trim().split("\n").map((line) => JSON.parse(line));
/** The longest texts of some kinds; a text field takes no other line breaks than \n. */
const texts = ["english", "cyrillic", "thai", "arabic", "japanese", "code", "emoji"].map((kind) => {
  const ofKind = golden.filter(([its, text]) => its === kind && !text.includes("\r"));
  return ofKind.reduce((longest, line) => (line[1].length > longest[1].length ? line : longest));
});
const files = readdirSync("../dist").filter((name) => /^(o200k|token_worker)-/.test(name));

const line = (page: Page) => page.locator(".token-line");
const countExactly = (page: Page) => page.getByRole("button", { name: "Count exactly" });
const number = async (line: Locator) => Number((/([\d.,\s]+) tokens?/.exec(await line.innerText())?.[1] ?? "").replace(/\D/g, ""));

test("the counter is two files, and neither is loaded before it is asked for", async ({ page }) => {
  expect(files.map((name) => name.replace(/-[0-9a-f]{16}/, "")).sort()).toEqual(["o200k.wasm", "token_worker.js"]);
  const asked: string[] = [];
  page.context().on("request", (request) => void asked.push(request.url().split("/").pop() ?? ""));
  await new RequestPage(page).open();
  await expect(line(page)).toContainText("≈ 13 tokens (estimate)");
  await expect(line(page)).toContainText("loads 0.8 MB once");
  expect(asked.filter((name) => files.includes(name))).toEqual([]);
  await countExactly(page).click();
  await expect(line(page)).toContainText("Prompt: 13 tokens (o200k)");
  await expect(line(page)).not.toContainText("loads");
  expect(new Set(asked.filter((name) => files.includes(name)))).toEqual(new Set(files));
});

test("counts are those of tiktoken, and follow the typing", async ({ page }) => {
  const request = new RequestPage(page);
  await request.open();
  await countExactly(page).click();
  for (const [kind, text, tokens] of texts) {
    await request.prompt.fill(text);
    await expect(async () => {
      await expect(line(page), kind).toContainText("tokens (o200k)");
      await expect(line(page), kind).not.toContainText("…");
      expect(await number(line(page)), `${kind}: ${text}`).toBe(tokens);
    }).toPass({ timeout: 5_000 });
  }
  // tiktoken has 1 token for "hello" and 3 for "Be brief."
  await request.prompt.fill("hello");
  await page.getByRole("textbox", { name: "Instructions" }).fill("Be brief.");
  await expect(line(page)).toContainText("Prompt and instructions: 4 tokens (o200k)");
});

test("the wish is kept, and taken back", async ({ page }) => {
  const request = new RequestPage(page);
  await request.open();
  await countExactly(page).click();
  await expect(line(page)).toContainText("(o200k)");
  await page.reload();
  await expect(line(page)).toContainText("13 tokens (o200k)");
  await expect(countExactly(page)).toHaveAttribute("aria-pressed", "true");
  await countExactly(page).click();
  await expect(line(page)).toContainText("≈ 13 tokens (estimate)");
  await page.reload();
  await expect(countExactly(page)).toHaveAttribute("aria-pressed", "false");
  await expect(line(page)).toContainText("(estimate)");
});

test("a burst's prompt is counted as well", async ({ page }) => {
  await page.goto("./#/burst");
  await countExactly(page).click();
  await page.getByRole("textbox", { name: "Prompt" }).fill("hello");
  await expect(line(page)).toContainText("Each prompt: 1 token (o200k)");
});

test("of another model's encoding the page says what it does not know", async ({ page }) => {
  const request = new RequestPage(page);
  await request.open();
  await countExactly(page).click();
  await expect(line(page)).toContainText("13 tokens (o200k)");
  await request.model.fill("gpt-4-turbo");
  await expect(line(page)).toContainText("gpt-4-turbo counts in cl100k");
  await request.model.fill("gpt-6-luna");
  await expect(line(page)).toContainText("not published whether gpt-6-luna counts in o200k");
  await request.model.fill("gpt-4o");
  await expect(line(page)).not.toContainText("counts in");
});

test("an answer's usage stands beside the count", async ({ page }) => {
  const request = new RequestPage(page);
  await request.open();
  await countExactly(page).click();
  await expect(line(page)).toContainText("13 tokens (o200k)");
  await request.send.click();
  await expect(request.region("Status")).toContainText("200 OK", { timeout: 15_000 });
  await expect(request.region("Usage")).toContainText("Prompt and instructions are 13 tokens in o200k.");
});

test.describe("where the counter cannot be had", () => {
  test.use({ expectedConsole: /Failed to load resource|integrity|net::ERR/i, expectedTrouble: /ERR_|failed|404/i });

  async function stays(page: Page) {
    await expect(page.getByRole("alert")).toContainText("The exact counter could not be loaded");
    await expect(page.getByRole("alert")).toContainText("The estimate stays");
    await expect(line(page)).toContainText("≈ 13 tokens (estimate)");
    await expect(countExactly(page)).toHaveAttribute("aria-pressed", "false");
  }

  for (const name of files) {
    test(`${name.split("-")[0]} is blocked: the estimate stays, and says why; asked again, it comes`, async ({ page }) => {
      await page.context().route(`**/${name}`, (route) => route.abort());
      await new RequestPage(page).open();
      await countExactly(page).click();
      await stays(page);
      await page.context().unroute(`**/${name}`);
      await countExactly(page).click();
      await expect(line(page)).toContainText("13 tokens (o200k)");
      await expect(page.getByRole("alert")).toHaveCount(0);
    });

    test(`a flipped bit in ${name.split("-")[0]}`, async ({ page, servers, watch }) => {
      const site = await servers.site({ tamper: (its: string) => its === name });
      watch.origins.add(site);
      await page.goto(`${site}/#/request`);
      await countExactly(page).click();
      await stays(page);
    });
  }
});

test("under the headers for static hosts the counter works", async ({ page, servers, watch }) => {
  const site = await servers.site({ headers: true });
  watch.origins.add(site);
  await page.goto(`${site}/#/request`);
  await countExactly(page).click();
  await expect(line(page)).toContainText("13 tokens (o200k)");
});

// A text field lays out megabytes for seconds, so the worker is asked by itself.
test("the worker tells how far it is with megabytes, and drops them for a newer text", async ({ page }) => {
  await page.goto("./");
  const name = files.find((name) => name.endsWith(".js"));
  const told = await page.evaluate(
    (address) =>
      new Promise<number[][]>((resolve) => {
        const told: number[][] = [];
        const worker = new Worker(address);
        // " a" is one token.
        const text = " a".repeat(1_500_000);
        worker.onmessage = ({ data }) => {
          told.push(data);
          if (data[0] === 1 && data[2] === 1) worker.postMessage([2, text]);
          // Under way, it hears of what is newer: of two the last is answered.
          if (data[0] === 2) [3, 4].forEach((id) => worker.postMessage([id, "hello"]));
          if (data[0] === 4) resolve(told);
        };
        worker.postMessage([1, text]);
      }),
    `./${name}`,
  );
  const of = (id: number) => told.filter(([its]) => its === id).map(([, tokens, share]) => [tokens, share]);
  expect(of(1).length).toBeGreaterThan(3);
  expect(of(1).map(([, share]) => share)).toEqual(of(1).map(([, share]) => share).toSorted());
  expect(of(1).at(-1)).toEqual([1_500_000, 1]);
  expect(of(2).every(([, share]) => share < 1)).toBe(true);
  expect(of(4)).toEqual([[1, 1]]);
});
