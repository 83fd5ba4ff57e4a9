// The HAR files that Sluice writes, as Playwright replays them: the golden one of tests/records.
import type { Page } from "@playwright/test";
import { readFileSync } from "node:fs";
import { declareApi, expect, test } from "../fixtures/test";

// What is not in the file fails, which Chromium reports.
test.use({ expectedConsole: /ERR_FAILED/ });

const GOLDEN = "../tests/records/golden/calls.har";

type Header = { name: string; value: string };
type Entry = {
  request: { method: string; url: string; headers: Header[]; postData?: { mimeType: string; text: string } };
  response: { status: number; headers: Header[]; content: { text?: string } };
};

const { entries } = JSON.parse(readFileSync(GOLDEN, "utf8")).log as { entries: Entry[] };
// Of one request that was answered several times, Playwright gives the first answer.
const asked = new Set<string>();
const replayed = entries.filter(({ request, response }) => {
  const isFirst = !asked.has(request.url + request.postData?.text);
  asked.add(request.url + request.postData?.text);
  return isFirst && response.status > 0 && request.postData;
});

/** Opens a page of the API's own origin, which may read every header, with the file in the API's place. */
async function openWith(page: Page, origin: string) {
  declareApi(page, origin);
  const body = "<!doctype html><link rel=icon href=data:,>";
  await page.route(`${origin}/page`, (route) => route.fulfill({ contentType: "text/html", body }));
  await page.routeFromHAR(GOLDEN, { url: `${origin}/v1/**`, notFound: "abort" });
  await page.goto(`${origin}/page`);
}

test("a recorded request gets its recorded answer", async ({ page }) => {
  expect(replayed.map(({ response }) => response.status)).toEqual([429, 200]);
  for (const { request, response } of replayed) {
    const { origin } = new URL(request.url);
    await openWith(page, origin);
    const answer = await page.evaluate(async ({ url, method, headers, postData }) => {
      const sent = Object.fromEntries(headers.map(({ name, value }) => [name, value]));
      const answer = await fetch(url, { method, headers: sent, body: postData?.text });
      return { status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text() };
    }, request);
    expect(answer.status).toBe(response.status);
    expect(answer.body).toBe(response.content.text);
    for (const { name, value } of response.headers) expect(answer.headers[name]).toBe(value);
  }
});

test("what was not recorded is not answered", async ({ page }) => {
  const [simulated] = replayed.slice(-1);
  const { origin } = new URL(simulated.request.url);
  await openWith(page, origin);
  const send = (body: string) =>
    page.evaluate(([url, body]) => fetch(url, { method: "POST", body }).then((answer) => answer.status, () => "no answer"), [simulated.request.url, body]);
  expect(await send(simulated.request.postData?.text ?? "")).toBe(200);
  expect(await send('{"input":"another"}')).toBe("no answer");
});
