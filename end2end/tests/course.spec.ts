// The course in the Guide: pictures that are touched, questions that are answered by trying.
import { expect, test } from "../fixtures/test";
import { axe } from "../fixtures/measure";
import { CoursePage } from "./pages/course";

test.describe("the buckets", () => {
  test("requests fall in until one is too many, and its wait is worked out", async ({ page }) => {
    const course = new CoursePage(page);
    await course.open();
    await course.pause();
    const { buckets } = course;
    const height = (await buckets.boundingBox())!.height;
    await buckets.getByRole("button", { name: "Send 5" }).click();
    await expect(buckets).toContainText("Limit 3, Used 3, Requested 1. Please try again in 20s.");
    await expect(buckets).toContainText("(3 used + 1 requested − 3 limit) × 60 s ÷ 3 = 20.0 s: as stated.");
    const requests = buckets.getByRole("group", { name: "Requests", exact: true });
    await expect(requests).toContainText("0.0 of 3 requests");
    await expect(requests).toContainText("in 1 min 00 s");
    // 30,000 − 3 × 64, at 500 a second.
    await expect(buckets.getByRole("group", { name: "Tokens", exact: true })).toContainText("29,808 of 30,000 tokens");
    expect((await buckets.boundingBox())!.height, "an answer moves nothing").toBe(height);
    for (let step = 0; step < 3; step += 1) await buckets.getByRole("button", { name: "+ 5 s" }).click();
    await buckets.getByRole("button", { name: "Send one" }).click();
    await expect(buckets).toContainText("It really fits in 5.0 s");
    await buckets.getByRole("button", { name: "+ 5 s" }).click();
    await expect(requests).toContainText("1.0 of 3 requests");
    await buckets.getByRole("button", { name: "Send one" }).click();
    await expect(buckets).toContainText("Let in. It took 1 request and 64 tokens");
  });

  test("a limit is dragged, moved by keys, and typed", async ({ page }) => {
    const course = new CoursePage(page);
    await course.open();
    await course.pause();
    const track = course.buckets.getByRole("slider", { name: "RPM limit" });
    const field = course.buckets.getByRole("spinbutton", { name: "RPM limit" });
    await track.focus();
    await page.keyboard.press("ArrowUp");
    await expect(field).toHaveValue("4");
    await expect(track).toHaveAttribute("aria-valuetext", "4 a minute");
    await page.keyboard.press("Home");
    await expect(field).toHaveValue("1");
    await expect(track).toHaveValue("1");
    const box = (await track.boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + box.height * 0.9);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2, box.y + box.height * 0.2, { steps: 5 });
    await page.mouse.up();
    expect(Number(await field.inputValue())).toBeGreaterThan(6);
    await field.fill("500");
    await expect(track).toHaveValue("500");
    await expect(course.buckets.getByRole("group", { name: "Requests", exact: true })).toContainText("1 request every 120 ms");
  });

  test("when the next request fits is found out by sending, by keyboard alone", async ({ page }) => {
    const course = new CoursePage(page);
    await course.open();
    await course.pause();
    const question = course.question(/just run empty/);
    await question.box.getByRole("radio", { name: "After 60 s" }).focus();
    await page.keyboard.press("Space");
    await expect(question.box).toContainText("Your bet stands");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    const wait = question.box.getByRole("button", { name: "Wait 5 s" });
    const send = question.box.getByRole("button", { name: "Send now" });
    await wait.focus();
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    await send.focus();
    await page.keyboard.press("Enter");
    await expect(question.box).toContainText("Sent after 10.0 s: refused. Part of a request had flowed back");
    await expect(question.box).toContainText("it would have fitted 10.0 s later");
    await expect(question.box).toContainText("Your bet stands");
    await wait.focus();
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    await send.focus();
    await page.keyboard.press("Enter");
    await expect(question.box).toContainText("Not so. Sent after 20.0 s: let in.");
    await expect(question.box.getByRole("radio", { name: "After 20 s" })).toBeDisabled();
    await expect(question.box.getByRole("radio", { name: "After 60 s" })).toBeChecked();
    await expect(course.contents).toContainText("1 of 2 answered");
  });

  test("room for output costs requests", async ({ page }) => {
    const course = new CoursePage(page);
    await course.open();
    const question = course.question(/max_output_tokens from 64 to 4,096/);
    await question.press("Send all with 64");
    await expect(question.box).toContainText("468 fitted");
    await question.press("Send all with 4,096");
    await expect(question.box).toContainText("7 fitted");
    await expect(question.box).toContainText("Place your bet, and it is judged by what you saw");
    await question.bet("Some 65 times fewer");
    await expect(question.box).toContainText("Right. With 64 tokens of room 468 requests fitted, with 4,096 only 7");
  });
});

test.describe("with less motion asked for", () => {
  test("time waits for a press, and a herd is shown at once", async ({ page }) => {
    await page.emulateMedia({ reducedMotion: "reduce" });
    const course = new CoursePage(page);
    await course.open();
    await expect(course.buckets.getByRole("button", { name: "Let time run" })).toBeVisible();
    await course.herd.getByRole("button", { name: "30 at 10 RPM" }).click();
    await expect.poll(() => course.figure("No jitter", "HTTP calls")).toBe("240");
    expect(await course.figure("No jitter", "Refused")).toBe("210");
    expect(await course.figure("No jitter", "Most at once")).toBe("20");
    expect(await course.figure("No jitter", "All through after")).toBe("2 min 00 s");
    for (const name of ["Equal jitter", "Full jitter", "Decorrelated jitter"]) {
      expect(Number(await course.figure(name, "HTTP calls"))).toBeLessThan(150);
      expect(Number(await course.figure(name, "Most at once"))).toBeLessThan(20);
    }
    await expect(course.strip("No jitter").getByRole("img")).toHaveAccessibleName(/240 HTTP calls, at most 20 retries at once/);
  });
});

test("the herd: bets are judged by the run, and ten at three a minute take 140 s", async ({ page }) => {
  const course = new CoursePage(page);
  await course.open();
  const first = course.question("Which herd has its last client through first?");
  const fewest = course.question("And which one makes the fewest HTTP calls?");
  await first.bet("Full jitter");
  await fewest.bet("No jitter");
  await course.herd.getByRole("button", { name: "Run the herd" }).click();
  await expect(first.box).toContainText(/Not so\. No jitter: 2 min 00 s; Equal jitter: /, { timeout: 15_000 });
  await expect(fewest.box).toContainText("Not so. No jitter: 240 calls; ");
  // A bet that is lost stays lost.
  await expect(first.box.getByRole("radio", { name: "No jitter" })).toBeDisabled();

  const drained = course.question(/Ten requests at once, three a minute/);
  await drained.bet("140 s");
  await drained.press("Run 10 at 3 RPM");
  await expect(drained.box).toContainText("Right. Without jitter the last of ten was let in after 2 min 20 s.", { timeout: 15_000 });
  expect(await course.figure("No jitter", "HTTP calls")).toBe("38");
});

test("headers: what the browser strips stays in sight, with the line that would show it", async ({ page }) => {
  const course = new CoursePage(page);
  await course.open();
  const { headers } = course;
  const row = (name: string) => headers.getByRole("row").filter({ has: page.getByText(name, { exact: true }) });
  await expect(headers).toContainText("Nothing sent yet");
  await headers.getByRole("button", { name: "Send one request too many" }).click();
  await expect(row("x-ratelimit-remaining-requests").getByRole("cell")).toHaveText(["0", "hidden by CORS, or not sent"]);
  await expect(row("x-should-retry").getByRole("cell")).toHaveText(["not sent", "hidden by CORS, or not sent"]);
  await expect(row("x-request-id").getByRole("cell").nth(1)).toContainText("req_");
  await expect(headers.getByRole("region", { name: "Line of the server" })).toContainText("Access-Control-Expose-Headers: x-ratelimit-limit-requests");
  const question = course.question(/finds no x-ratelimit-remaining-requests/);
  await question.bet("It is zero");
  await expect(question.box).toContainText("Your bet stands");
  await headers.getByRole("radio", { name: "Nothing", exact: true }).check({ force: true });
  await expect(row("x-request-id").getByRole("cell").nth(1)).toContainText("hidden by CORS");
  await headers.getByRole("radio", { name: "Through a relay" }).check({ force: true });
  await expect(row("x-ratelimit-remaining-requests").getByRole("cell")).toHaveText(["0", "0"]);
  await expect(row("x-should-retry").getByRole("cell")).toHaveText(["not sent", "not sent"]);
  await expect(headers).toContainText("What is missing now was not sent.");
  await expect(question.box).toContainText("Not so.");
  await expect(question.box.getByRole("radio", { name: "Nothing: it may be hidden" })).toBeDisabled();
});

test("the checklist is ticked by what was learnt and by hand, and kept", async ({ page }) => {
  const course = new CoursePage(page);
  await course.open();
  const box = (name: RegExp) => page.getByRole("checkbox", { name });
  await expect(box(/^Keep max_output_tokens/)).not.toBeChecked();
  const question = course.question(/max_output_tokens from 64/);
  await question.bet("None");
  await question.press("Send all with 64");
  await question.press("Send all with 4,096");
  await expect(box(/^Keep max_output_tokens/)).toBeChecked();
  await box(/^Retry in one place/).check();
  await box(/^Keep max_output_tokens/).uncheck();
  await expect(course.contents).toContainText("1 of 10 questions answered");
  await page.reload();
  await course.arrive();
  await expect(box(/^Retry in one place/)).toBeChecked();
  await expect(box(/^Keep max_output_tokens/)).not.toBeChecked();
  await expect(course.contents).toContainText("1 of 10 questions answered");
  await expect(question.box).toContainText("Answered on an earlier visit");
});

test("the loop to take away has the policy that was chosen, in two languages", async ({ page }) => {
  const course = new CoursePage(page);
  await course.open();
  const code = page.getByRole("region", { name: "The loop, a whole program" });
  await expect(code).toContainText("asyncio.run(demo())");
  await page.getByRole("combobox", { name: "Policy to take away" }).selectOption("sluice");
  await page.getByRole("radio", { name: "TypeScript" }).check({ force: true });
  await expect(code).toContainText("maxAttempts = 10");
  await expect(code).toContainText("retry-after-ms");
  await page.getByRole("region", { name: "Cell 6:" }).getByLabel("max_attempts").fill("4");
  await expect(code).toContainText("maxAttempts = 4");
});

test("sections lead on, and each has an address", async ({ page }) => {
  const course = new CoursePage(page);
  await course.open("#/guide?section=basic");
  await expect(page.getByRole("heading", { name: "3. A basic call and its usage" })).toBeInViewport();
  await page.getByRole("link", { name: "Next: 4. Tracking usage" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "4. Tracking usage" })).toBeFocused();
  expect(new URL(page.url()).hash).toBe("#/guide?section=tracking");
});

test("what was run elsewhere in the Guide answers its question", async ({ page }) => {
  const course = new CoursePage(page);
  await course.open();
  const cell = page.getByRole("region", { name: "Cell 1:" });
  const question = course.question(/no credit left/);
  await question.bet("Yes: it lists the models");
  await cell.getByRole("combobox", { name: "Scenario" }).selectOption({ label: "Quota exhausted" });
  await cell.getByRole("button", { name: "Run", exact: true }).click();
  await expect(question.box).toContainText("Right. It listed the models.");
  const daily = course.question(/Two of the day's 200 requests/);
  await daily.bet("A wait of minutes");
  const tracking = page.getByRole("region", { name: "Cell 3:" });
  await tracking.getByRole("combobox", { name: "Scenario" }).selectOption({ label: "Daily limit" });
  await tracking.getByRole("button", { name: "Run", exact: true }).click();
  await expect(daily.box).toContainText(/Right\. The third call was refused on requests per day, with a wait of 7 min/, { timeout: 20_000 });
});

test("axe finds nothing in the pictures and questions, light and dark", async ({ page }) => {
  test.slow();
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  const course = new CoursePage(page);
  await course.open();
  await course.buckets.getByRole("button", { name: "Send 5" }).click();
  await course.headers.getByRole("button", { name: "Send one request too many" }).click();
  await course.question("And which one makes the fewest HTTP calls?").bet("No jitter");
  const drained = course.question(/Ten requests at once, three a minute/);
  await drained.bet("140 s");
  await drained.press("Run 10 at 3 RPM");
  await expect(drained.box).toContainText("Right.");
  expect(await axe(page)).toEqual([]);
  await page.emulateMedia({ colorScheme: "dark" });
  expect(await axe(page)).toEqual([]);
});

test("on a narrow screen the pictures fit, and nothing scrolls sideways", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const course = new CoursePage(page);
  await course.open();
  for (const picture of [course.buckets, course.herd, course.headers]) {
    const box = (await picture.boundingBox())!;
    expect(box.x).toBeGreaterThanOrEqual(0);
    expect(box.x + box.width).toBeLessThanOrEqual(390);
  }
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
});
