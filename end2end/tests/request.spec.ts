// One request against the simulated API: what comes back, several at once, and what fails.
import { expect, test } from "../fixtures/test";
import { ConnectionDialog } from "./pages/connection";
import { RequestPage } from "./pages/request";

test("a send shows status, text, usage that adds up, headers and the raw body", async ({ page }) => {
  const request = new RequestPage(page);
  await request.open();
  await expect(request.prompt).not.toHaveValue("");
  await request.send.click();
  await expect(request.region("Status")).toContainText("200 OK");
  await expect(request.region("Response")).not.toContainText("Waiting for the answer");
  await expect(request.region("Response")).toContainText(/\w{3}/);

  const [input, output, total] = [
    await request.tokens("Input tokens"),
    await request.tokens("Output tokens"),
    await request.tokens("Total tokens"),
  ];
  expect(input).toBeGreaterThan(0);
  expect(output).toBeGreaterThan(0);
  expect(input + output).toBe(total);

  await expect(request.limitHeader("x-ratelimit-limit-requests")).toContainText("500");
  await expect(request.limitHeader("x-ratelimit-remaining-requests")).toContainText("499");
  await expect(request.limitHeader("retry-after")).toContainText("not sent");
  await expect(request.region("Rate-limit headers")).toContainText("a limit per minute");
  await expect(request.region("All headers")).toContainText("x-request-id");
  await expect(request.region("Raw body")).toContainText(`"total_tokens": ${total}`);
});

test("a key press sends from any field", async ({ page }) => {
  const request = new RequestPage(page);
  await request.open();
  await page.getByRole("textbox", { name: "Instructions" }).press("Control+Enter");
  await expect(request.region("Status")).toContainText("200 OK");
});

test("sends that overlap keep their own results, whichever comes first", async ({ page }) => {
  const request = new RequestPage(page);
  await request.open();
  const connection = new ConnectionDialog(page);
  await connection.simulate("Slow");
  await request.ask("Give me 3 synonyms for 'fast'.");
  await expect(request.region("Status")).toContainText("In flight");
  // The second is the shorter one, and overtakes the first.
  await page.getByLabel("Max output tokens").fill("16");
  await request.ask("Give me 3 synonyms for 'slow'.");
  await expect(request.answers).toHaveCount(2);
  await expect(request.answer(1)).toContainText("in flight");
  await expect(request.answer(2)).toContainText("in flight");
  await connection.speedUp("10×");
  await expect(request.answer(2)).toContainText("200", { timeout: 15_000 });
  await expect(request.region("Raw body")).toContainText('"max_output_tokens": 16');
  await expect(request.answer(1)).toContainText("200", { timeout: 20_000 });
  // The late answer did not take the place of the one that is shown.
  await expect(request.region("Raw body")).toContainText('"max_output_tokens": 16');
  await request.answer(1).click();
  await expect(request.region("Raw body")).not.toContainText('"max_output_tokens": 16');
  await expect(request.region("Status")).toContainText("200 OK");
});

test("one of two sends can be stopped", async ({ page }) => {
  const request = new RequestPage(page);
  await request.open();
  const connection = new ConnectionDialog(page);
  await connection.simulate("Slow");
  await request.send.click();
  await request.send.click();
  await page.getByRole("button", { name: "Stop this one" }).click();
  await expect(request.region("Status")).toContainText("Stopped by you; it may still be billed");
  await expect(request.answer(2)).toContainText("stopped");
  await connection.speedUp("60×");
  await expect(request.answer(1)).toContainText("200", { timeout: 20_000 });
});

test("an unknown model is a 404 that says what to do, its body kept", async ({ page }) => {
  const request = new RequestPage(page);
  await request.open();
  await request.model.fill("gpt-none");
  await request.send.click();
  await expect(request.region("Status")).toContainText("404 Not found");
  await expect(request.region("Response")).toContainText("knows no such model");
  await expect(request.region("Response")).toContainText("What to do");
  await expect(request.region("Raw body")).toContainText("model_not_found");
});

test("a refusal is waited for as long as the server asks, in sight", async ({ page }) => {
  const request = new RequestPage(page);
  await request.open();
  const connection = new ConnectionDialog(page);
  await connection.simulate("First 429");
  for (let sent = 1; sent <= 4; sent++) await request.send.click();
  await expect(request.region("Status")).toContainText("429 Too many requests, waiting");
  await expect(request.region("Status").getByRole("timer")).toContainText(/next attempt in \d/);
  await expect(request.limitHeader("retry-after")).toContainText(/^\d+/);
  await connection.speedUp("60×");
  await expect(request.region("Status")).toContainText("200 OK", { timeout: 15_000 });
  await expect(request.region("Status")).toContainText(/429 Too many requests after .*, waited/);
});

test("a model gets only the settings it takes", async ({ page }) => {
  const request = new RequestPage(page);
  await request.open();
  const [temperature, effort] = [page.getByLabel("Temperature"), page.getByRole("combobox", { name: "Reasoning effort" })];
  await expect(temperature).toBeDisabled();
  await expect(effort).toBeEnabled();
  await request.model.fill("gpt-4o");
  await expect(temperature).toBeEnabled();
  await expect(effort).toBeDisabled();
  await temperature.fill("7");
  await request.send.click();
  await expect(page.getByText("A number from 0 to 2")).toBeVisible();
  await expect(request.answers).toHaveCount(0);
  await temperature.fill("0.5");
  await request.send.click();
  await expect(request.region("Status")).toContainText("200 OK");
});

test("settings stay over a reload, results over a change of view", async ({ page }) => {
  const request = new RequestPage(page);
  await request.open();
  await request.ask("Say 'hello' in 3 different languages.");
  await expect(request.region("Status")).toContainText("200 OK");
  await page.getByRole("link", { name: "Guide", exact: true }).click();
  await expect(request.send).toHaveCount(0);
  await page.goBack();
  await expect(request.region("Status")).toContainText("200 OK");
  await page.reload();
  await expect(request.prompt).toHaveValue("Say 'hello' in 3 different languages.");
});

test("the request as code names the key's variable", async ({ page }) => {
  const request = new RequestPage(page);
  await request.open();
  await request.prompt.fill("It's \"quoted\"");
  await page.getByText("As code").click();
  const shell = page.getByRole("region", { name: "as curl" });
  await expect(shell).toContainText("Authorization: Bearer $OPENAI_API_KEY");
  await expect(shell).toContainText(String.raw`It'\''s \"quoted\"`);
  await expect(page.getByRole("region", { name: "as Python" })).toContainText(String.raw`input="It's \"quoted\""`);
});

test("the meters follow the model that answered last", async ({ page }) => {
  const request = new RequestPage(page);
  const meter = page.getByRole("meter", { name: "Requests remaining" });
  await request.open();
  await expect(meter).toHaveAttribute("aria-valuetext", "not known yet, send a request to see");
  await request.model.fill("gpt-4.1-nano");
  await expect(page.getByText("gpt-4.1-nano stopped answering at OpenAI on 2026-10-23")).toBeVisible();
  await request.send.click();
  await expect(request.region("Status")).toContainText("200 OK");
  await expect(meter).toHaveAttribute("aria-valuetext", /^\d+ of 500, gpt-4\.1-nano, from headers$/);
});

test("answers that name no limits are said to name none", async ({ page }) => {
  const request = new RequestPage(page);
  await request.open();
  await new ConnectionDialog(page).simulate("Quota exhausted");
  await request.send.click();
  await expect(request.region("Status")).toContainText("429");
  await expect(page.getByRole("meter", { name: "Tokens remaining" })).toHaveAttribute(
    "aria-valuetext",
    "not told, the answers named no limits",
  );
});

test("a copy is called one only once the clipboard has it", async ({ page }) => {
  const request = new RequestPage(page);
  await request.open();
  await page.getByText("As code").click();
  const copy = page.getByRole("button", { name: "Copy as curl" });
  await page.evaluate(() => {
    navigator.clipboard.writeText = () => Promise.reject(new Error("Write permission denied"));
  });
  await copy.click();
  await expect(page.getByRole("alert")).toContainText("did not copy it (Write permission denied)");
  await expect(page.getByRole("button", { name: "Copied" })).toHaveCount(0);
  await page.evaluate(() => {
    navigator.clipboard.writeText = () => Promise.resolve();
  });
  await copy.click();
  await expect(page.getByRole("button", { name: "Copied" })).toBeVisible();
  await expect(page.getByRole("alert")).toHaveCount(0);
});
