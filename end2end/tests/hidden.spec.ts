// What the browser hides: headers, whole answers, and the ways to learn of them all the same.
import type { Page } from "@playwright/test";
import { CANARY, api, expect, test } from "../fixtures/test";
import { ConnectionDialog } from "./pages/connection";
import { RequestPage } from "./pages/request";

let last = 0;
/** A path that no earlier test has used. */
const fresh = (path: string) => `${api.faults}${path}/${Date.now()}-${(last += 1)}/v1`;

/** Asks once: no policy sends it again by itself. */
async function ask(page: Page, baseUrl: string): Promise<RequestPage> {
  const [request, connection] = [new RequestPage(page), new ConnectionDialog(page)];
  await request.open();
  await connection.connect(baseUrl);
  await connection.close();
  await request.model.fill("gpt-5-nano");
  await page.getByRole("combobox", { name: "Retry policy" }).selectOption("none");
  await request.send.click();
  return request;
}

async function probe(page: Page, baseUrl: string, fill: (connection: ConnectionDialog) => Promise<void> = async () => {}) {
  const connection = new ConnectionDialog(page);
  await page.goto("./#/request");
  await connection.address(baseUrl);
  await connection.key.fill(CANARY);
  await fill(connection);
  await connection.dialog.getByRole("button", { name: "Test connection" }).click();
  return connection;
}

const meter = (page: Page, name: string) => page.getByRole("meter", { name });

test("the same headers: hidden, exposed, and through the relay", async ({ page }) => {
  let request = await ask(page, `${api.hidden}/v1`);
  await expect(request.region("Status")).toContainText("200 OK");
  await expect(request.limitHeader("x-ratelimit-limit-requests")).toContainText("hidden by CORS, or not sent");
  await expect(request.limitHeader("x-request-id")).toContainText("req_");
  const table = request.region("Rate-limit headers");
  await table.getByText(/^To see the 13 that may be hidden$/).click();
  const line = table.getByRole("region", { name: "Header for the server to add" });
  await expect(line).toContainText(
    "Access-Control-Expose-Headers: x-ratelimit-limit-requests, x-ratelimit-remaining-requests, x-ratelimit-reset-requests, " +
      "x-ratelimit-limit-tokens, x-ratelimit-remaining-tokens, x-ratelimit-reset-tokens, x-ratelimit-limit-project-tokens, " +
      "x-ratelimit-remaining-project-tokens, x-ratelimit-reset-project-tokens, retry-after, retry-after-ms, x-should-retry, openai-processing-ms",
  );
  const curl = table.getByRole("region", { name: "This request by curl" });
  await expect(curl).toContainText(`curl -i ${api.hidden}/v1/responses`);
  await expect(curl).toContainText("Bearer $OPENAI_API_KEY");

  request = await ask(page, `${api.exposed}/v1`);
  await expect(request.limitHeader("x-ratelimit-limit-requests")).toContainText("500");
  await expect(request.limitHeader("x-ratelimit-reset-requests")).toContainText("→ full at");
  await expect(request.limitHeader("x-should-retry")).toContainText("hidden by CORS, or not sent");

  request = await ask(page, "/openai/v1");
  await expect(request.limitHeader("x-ratelimit-limit-requests")).toContainText("500");
  await expect(request.limitHeader("x-should-retry")).toContainText("not sent");
  await expect(request.limitHeader("x-should-retry")).not.toContainText("hidden");
  await expect(request.region("Rate-limit headers").getByText(/^To see/)).toHaveCount(0);
});

// Each with whose names they are, and a header with its value, how it reads and what it means.
const DIALECTS: [string, string, string, RegExp][] = [
  ["openai", "OpenAI's names", "x-ratelimit-reset-tokens", /6m0s.*6 min 00 s → full at.*until the token limit is full again/s],
  ["azure", "Azure's names", "x-rate-limit-reset-tokens", /55.*55\.0 s → full at.*limit of tokens is full again/s],
  ["groq", "OpenAI's names", "x-ratelimit-limit-requests", /14400.*14,400 per day/s],
  ["mistral", "Mistral's names", "x-ratelimit-remaining-req-minute", /717.*requests per minute left/s],
  ["together", "Together's names", "x-tokenlimit-remaining", /2990.*tokens left/s],
  ["anthropic", "Anthropic's names", "anthropic-ratelimit-requests-reset", /Z.*→ full at.*as a date/s],
  ["cerebras", "Cerebras's names", "x-ratelimit-reset-requests-day", /33011\.382867.*9 h 10 min → full at/s],
  ["litellm", "LiteLLM's names", "llm_provider-x-ratelimit-remaining-requests", /9997.*provider behind the gateway/s],
  ["ietf", "The IETF draft's names", "ratelimit", /r=50;t=30.*seconds until it is full again/s],
  ["ietf-06", "The IETF draft's names", "ratelimit-reset", /5\.0 s → full at/s],
  ["openrouter", "OpenRouter's names", "x-ratelimit-reset", /→ full at/s],
  ["unknown", "OpenAI's names", "x-ratelimit-limit-images-moon", /7.*this server's own kind/s],
];
for (const [dialect, whose, header, reads] of DIALECTS) {
  test(`limits under their own names: ${dialect}`, async ({ page }) => {
    const request = await ask(page, `${api.faults}/dialect/${dialect}/v1`);
    await expect(request.region("Rate-limit headers")).toContainText(whose);
    await expect(request.limitHeader(header)).toContainText(reads);
  });
}

test("a request limit per day is said to be one, wherever it is shown", async ({ page }) => {
  const request = await ask(page, `${api.faults}/dialect/rpd/v1`);
  await expect(request.limitHeader("x-ratelimit-limit-requests")).toContainText("10,000 per day");
  await expect(request.limitHeader("x-ratelimit-limit-tokens")).toContainText("200,000 per minute");
  await expect(request.region("Rate-limit headers")).toContainText("a limit per day");
  const requests = meter(page, "Requests remaining per day");
  await expect(requests).toHaveAttribute("aria-valuetext", /of 10,000 per day, from headers$/);
  await expect(requests).toHaveAccessibleDescription(/^full.* \(per day\)$/);
  await expect(meter(page, "Tokens remaining")).toHaveAttribute("aria-valuetext", /of 200,000, from headers$/);
});

test("with headers hidden, a 429 tells the limit, and this page's own requests are counted off", async ({ page }) => {
  const request = await ask(page, fresh("/limitedonce"));
  await expect(request.region("Status")).toContainText("429");
  const requests = meter(page, "Requests remaining");
  await expect(requests).toHaveAttribute("aria-valuetext", /^\d+ of 500, inferred from the 429 at /);
  await expect(requests).toHaveAccessibleDescription(/^full.*told .* ago$/);
  await expect(meter(page, "Tokens remaining")).toHaveAttribute("aria-valuetext", /hidden by CORS, or not sent$/);
  await request.send.click();
  await expect(request.region("Status")).toContainText("200 OK");
  await expect(requests).toHaveAttribute("aria-valuetext", /^at most \d+ of 500, counted by this page since the 429 at /);
  await expect(meter(page, "Tokens remaining")).toHaveAccessibleDescription("14 by this page in 60 s");
});

test.describe("what the browser hides whole", () => {
  test.use({ expectedConsole: /blocked by CORS|net::ERR_/ });

  test("a failure names its candidates, each with its check", async ({ page }) => {
    const [request, connection] = [new RequestPage(page), new ConnectionDialog(page)];
    await request.open();
    await connection.address(`${api.faults}/opaque/v1`);
    await connection.key.fill(CANARY);
    await connection.useKey.click();
    await expect(connection.dialog).toContainText("The models could not be loaded");
    await connection.close();
    await request.model.fill("gpt-5-nano");
    await request.send.click();
    const response = request.region("Response");
    await expect(response).toContainText("may have arrived, and may be billed");
    const candidates = response.getByRole("list", { name: "What can be behind it" });
    await expect(candidates.getByRole("listitem")).toHaveCount(3);
    await expect(candidates.getByRole("listitem").first()).toContainText("Nothing listens at 127.0.0.1");
    await expect(candidates).toContainText("OLLAMA_ORIGINS=http://127.0.0.1");
    await response.getByText(/less likely$/).click();
    await expect(response).toContainText("A wrong or revoked key looks exactly like this");
    await expect(response.getByRole("region", { name: "Check by curl" }).first()).toContainText(`curl -i ${api.faults}/opaque/v1/models`);
  });

  test("a server that answers no page, and one where nobody listens", async ({ page }) => {
    let connection = await probe(page, fresh("/nocors"));
    await expect(connection.dialog).toContainText("The server does not let this page read its answers");
    await expect(connection.dialog).toContainText("Without headers, unread (no-cors): something answered.");
    connection = await probe(page, "http://127.0.0.1:9/v1");
    await expect(connection.dialog).toContainText("Nobody answers");
    await connection.close();
  });

  test("the header that is refused is named, and the key where both are possible", async ({ page }) => {
    let connection = await probe(page, fresh("/nopreflight/openai-project"), ({ dialog }) => dialog.getByLabel("Project").fill("proj_1"));
    await expect(connection.dialog).toContainText("A header is refused");
    await expect(connection.dialog).toContainText("With openai-project its answer cannot be read");
    connection = await probe(page, fresh("/hiddenkey"), ({ dialog }) => dialog.getByLabel("Project").fill(""));
    await expect(connection.dialog).toContainText("With your key the answer is hidden");
    await connection.close();
  });
});

test("a test of the connection counts nowhere, and says what can be read", async ({ page }) => {
  const { dialog } = await probe(page, fresh("/exposed"));
  await expect(dialog).toContainText("It answers");
  await expect(dialog).toContainText("1 model is listed");
  await expect(dialog).toContainText("full headers");
  const hidden = await probe(page, fresh("/hidden"));
  await expect(hidden.dialog).toContainText("body only");
  await hidden.close();
  await expect(page.getByRole("region", { name: "Totals" }).getByRole("group", { name: "Calls" })).toContainText("0");
  await expect(meter(page, "Requests remaining")).toHaveAttribute("aria-valuetext", /not known yet/);
});
