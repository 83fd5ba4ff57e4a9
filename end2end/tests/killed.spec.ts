// Batch and a browser that is killed in mid-run: nothing lost, nothing sent twice, and what nobody knows called unknown.
import type { Page } from "@playwright/test";
import { audit, auditedLines, type Arrival } from "../fixtures/audit";
import { lockTo } from "../bench_site.mjs";
import { newProfile, RealBrowser } from "../real_browser.mjs";
import { findKey } from "../fixtures/canary";
import { expect, test } from "../fixtures/test";
import { BatchPage } from "./pages/batch";
import { ConnectionDialog } from "./pages/connection";

const LINES = 200;
const KILLS = Number(process.env.SLUICE_KILLS ?? 50);
const SEED = Number(process.env.SLUICE_SEED ?? 1);
/** Requests a second that the server allows: the run takes five seconds. */
const RATE = 40;
/** What a browser has in flight over HTTP/1.1: more would wait in the browser, announced and not sent. */
const IN_FLIGHT = 6;
/** An answer as old as this at the kill is on the disk, in milliseconds: a hundred times what writing it takes. */
const HEARD = 1_000;

/** Numbers in [0, 1) from a seed (mulberry32). */
function draws(seed: number) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The page on Batch, connected to the API: after a restart the key has to be typed again, since none is kept. */
async function connected(browser: RealBrowser, site: string, origin: string) {
  const page = await browser.drive();
  await lockTo(page.context(), origin);
  const batch = new BatchPage(page);
  await batch.open(site);
  expect(await findKey(page), "places that hold the key").toEqual([]);
  const connection = new ConnectionDialog(page);
  await connection.connect(`${origin}/v1`);
  await connection.close();
  return { page, batch };
}

async function begin(page: Page, batch: BatchPage, name: string) {
  await batch.openText(`${name}.jsonl`, auditedLines(LINES, name));
  await batch.field("Most in flight").fill(`${IN_FLIGHT}`);
  await batch.field("Most in flight").blur();
  await batch.run.click();
  await page.getByRole("dialog", { name: `Send ${LINES} requests to the live API?` }).getByRole("button", { name: "Send them" }).click();
}

/** Takes the kept batch up where there is one; false where the kill came before its journal was begun. */
async function takenUp(page: Page, batch: BatchPage, name: string): Promise<boolean> {
  const kept = batch.button(`Open ${name}.jsonl`);
  const isKept = await kept.waitFor({ timeout: 3_000 }).then(() => true, () => false);
  if (!isKept) return false;
  await kept.click();
  const failed = page.getByRole("alert").filter({ hasText: "Its journal is empty" });
  await expect(batch.progress.or(failed)).toBeVisible();
  if (await failed.isVisible()) return false;
  const again = page.getByText("Choose it again to go on");
  await expect(async () => expect((await again.isVisible()) || (await batch.resume.isEnabled()) || (await isOver(batch))).toBe(true)).toPass();
  if (await again.isVisible()) await batch.openText(`${name}.jsonl`, auditedLines(LINES, name));
  return true;
}

/** Resumes the batch; what is paid for and more than a handful is asked about first. */
async function resumed(page: Page, batch: BatchPage) {
  const waiting = await batch.count("Waiting");
  await batch.resume.click();
  if (waiting > 5) await page.getByRole("dialog").getByRole("button", { name: "Send them" }).click();
}

const isOver = async (batch: BatchPage) => /ended$/.test((await batch.progress.getAttribute("aria-valuetext")) ?? "");

const idsOf = (text: string) => text.split("\n").filter((line) => line).map((line) => JSON.parse(line) as { custom_id: string; error: { code: string } | null });

function byId(requests: Arrival[]) {
  const found = new Map<string, Arrival[]>();
  for (const request of requests) found.set(request.custom_id ?? "", [...(found.get(request.custom_id ?? "") ?? []), request]);
  return found;
}

test("killed at random moments, a batch loses nothing and sends nothing twice @long", async ({ servers, baseURL }) => {
  test.setTimeout(3_600_000);
  const origin = await servers.simulatedApi("--audit", "--rpm", `${RATE * 60}`, "--burst-requests", `${RATE}`, "--tpm", "0", "--latency-scale", "0.2");
  const draw = draws(SEED);
  const sum = { unknown: 0, inFlight: 0, unheard: 0, unsent: 0, done: 0, failed: 0 };
  console.log(`\n${KILLS} kills of ${LINES} lines at ${RATE} requests a second, seed ${SEED}`);
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const name = `k${String(kill).padStart(2, "0")}`;
    const moment = draw() * (LINES / RATE + 0.5);
    const profile = newProfile();
    let browser = await RealBrowser.start(profile.folder);
    try {
      const first = await connected(browser, baseURL ?? "", origin);
      await begin(first.page, first.batch, name);
      await new Promise((go) => setTimeout(go, moment * 1_000));
      const { now_ms: killed } = await audit(origin);
      await browser.kill();

      browser = await RealBrowser.start(profile.folder);
      const { page, batch } = await connected(browser, baseURL ?? "", origin);
      const own = async () => (await audit(origin)).requests.filter(({ custom_id }) => custom_id?.startsWith(`${name}-`));
      const before = await own();
      const isKept = await takenUp(page, batch, name);
      if (!isKept) {
        expect(before, "sent without a journal").toEqual([]);
        await begin(page, batch, name);
      }
      const [done, unknown] = isKept ? [await batch.count("Done"), await batch.count("Unknown")] : [0, 0];
      if (!(await isOver(batch)) && isKept) await resumed(page, batch);
      await batch.ended(120_000);

      // Each line has ended, once.
      const counts = { done: await batch.count("Done"), failed: await batch.count("Failed"), unknown: await batch.count("Unknown") };
      const results = idsOf((await batch.download("Download results")).text);
      const errors = counts.failed + counts.unknown > 0 ? idsOf((await batch.download("Download errors")).text) : [];
      const ended = new Set([...results, ...errors].map((line) => line.custom_id));
      expect([ended.size, results.length + errors.length], `lines that ended, ${name}`).toEqual([LINES, LINES]);
      expect(counts, name).toEqual({ done: results.length, failed: errors.length - unknown, unknown });

      // By the server's account: a line is sent again only where it was refused, and what is unknown not at all.
      const arrivals = byId(await own());
      const wasRefused = ({ status }: Arrival) => status !== null && status !== 200;
      const twice = [...arrivals].filter(([, requests]) => requests.filter((request) => !wasRefused(request)).length > 1).map(([id]) => id);
      expect(twice, `lines sent twice, ${name}`).toEqual([]);
      const unknownIds = errors.filter((line) => line.error?.code === "unknown_outcome").map((line) => line.custom_id);
      expect(unknownIds.length, name).toBe(unknown);
      for (const { custom_id } of results) expect(arrivals.get(custom_id)?.at(-1)?.status, custom_id).toBe(200);
      const last = unknownIds.map((id) => byId(before).get(id)?.at(-1));
      expect(unknownIds.flatMap((id) => arrivals.get(id) ?? []).length, `unknown lines sent again, ${name}`).toBe(unknownIds.flatMap((id) => byId(before).get(id) ?? []).length);

      // What is unknown was in flight: at the server, or answered too late to be noted, or announced and not yet on the wire.
      const inFlight = before.filter(({ status }) => status === null).length;
      const lost = last.filter((request) => request?.status === null).length;
      const unheard = last.filter((request) => request && request.ended_ms !== null && request.status !== null && request.ended_ms > killed - HEARD).length;
      const unsent = last.filter((request) => request === undefined).length;
      expect(lost + unheard + unsent, `unknown lines that were in flight, ${name}`).toBe(unknown);
      expect(lost, name).toBeLessThanOrEqual(inFlight);
      expect(unknown, name).toBeLessThanOrEqual(IN_FLIGHT);
      console.log(
        `${name} killed at ${moment.toFixed(2).padStart(5)} s: ${isKept ? `${done} done` : "no journal yet"}, ${unknown} unknown ` +
          `(server: ${inFlight} in flight; ${unheard} answered unheard, ${unsent} not arrived); at the end ${counts.done} done, ${counts.failed} failed, ${counts.unknown} unknown`,
      );
      for (const [key, value] of Object.entries({ ...counts, inFlight, unheard, unsent })) sum[key as keyof typeof sum] += value;
    } finally {
      await browser.kill();
      profile.remove();
    }
  }
  console.log(
    `${KILLS} kills: 0 of ${KILLS * LINES} lines lost, 0 sent twice, ${sum.unknown} unknown ` +
      `(${sum.inFlight} were in flight at the server, ${sum.unheard} answered and unheard, ${sum.unsent} announced and not arrived), ${sum.done} done, ${sum.failed} failed`,
  );
});
