// Batch as a person finds it: by role and name.
import { readFileSync } from "node:fs";
import { expect, type Locator, type Page } from "@playwright/test";

export class BatchPage {
  readonly file: Locator;
  readonly run: Locator;
  readonly pause: Locator;
  readonly resume: Locator;
  readonly cancel: Locator;
  readonly progress: Locator;
  readonly firstLines: Locator;
  readonly lines: Locator;
  readonly kept: Locator;

  constructor(readonly page: Page) {
    this.file = page.getByLabel("Requests file", { exact: true });
    this.run = this.button("Run batch");
    this.pause = this.button("Pause");
    this.resume = this.button("Resume");
    this.cancel = this.button("Cancel");
    this.progress = page.getByRole("progressbar", { name: "Batch progress" });
    this.firstLines = page.getByRole("region", { name: "First lines", exact: true });
    this.lines = page.getByRole("region", { name: "Lines of the batch" });
    this.kept = page.getByRole("region", { name: "Kept batches" });
  }

  async open(site = "./") {
    await this.page.goto(`${site}#/batch`);
    await expect(this.page.getByRole("heading", { name: "Batch", level: 1 })).toBeVisible();
  }

  button(name: string) {
    return this.page.getByRole("button", { name, exact: true });
  }

  field(name: string) {
    return this.page.getByLabel(name, { exact: true });
  }

  async speed(factor: 1 | 10 | 60) {
    await this.page.getByRole("radio", { name: `${factor}×`, exact: true }).check();
  }

  /** Opens a text as a file of that name. */
  async openText(name: string, text: string) {
    await this.file.setInputFiles({ name, mimeType: "application/jsonl", buffer: Buffer.from(text) });
  }

  /** A figure of the progress. */
  async count(name: string): Promise<number> {
    const text = await this.page.getByRole("group", { name, exact: true }).innerText();
    return Number((/([\d,.\s]+)$/.exec(text)?.[1] ?? "").replace(/[^\d]/g, ""));
  }

  async ended(timeout = 25_000) {
    await expect(this.progress).toHaveAttribute("aria-valuetext", /ended$/, { timeout });
  }

  /** What a download button gives, as text. */
  async download(name: string): Promise<{ file: string; text: string }> {
    const [download] = await Promise.all([this.page.waitForEvent("download"), this.button(name).click()]);
    return { file: download.suggestedFilename(), text: readFileSync(await download.path(), "utf8") };
  }
}

/** So many lines of OpenAI's Batch format, named a-001 and so on. */
export const batchLines = (count: number, body: object = {}) =>
  Array.from({ length: count }, (_, index) =>
    JSON.stringify({
      custom_id: `a-${String(index + 1).padStart(3, "0")}`,
      method: "POST",
      url: "/v1/responses",
      body: { model: "gpt-5-nano", input: `Say ${index + 1}.`, max_output_tokens: 32, ...body },
    }),
  ).join("\n");
