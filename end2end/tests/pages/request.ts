// The Request view, as a person finds it.
import { expect, type Locator, type Page } from "@playwright/test";

export class RequestPage {
  readonly prompt: Locator;
  readonly model: Locator;
  readonly send: Locator;
  readonly answers: Locator;

  constructor(readonly page: Page) {
    this.prompt = page.getByRole("textbox", { name: "Prompt" });
    this.model = page.getByRole("combobox", { name: "Model", exact: true });
    this.send = page.getByRole("button", { name: "Send", exact: true });
    this.answers = page.getByRole("tablist", { name: "Answers" }).getByRole("tab");
  }

  async open() {
    await this.page.goto("./#/request");
    await expect(this.send).toBeVisible();
  }

  region(name: "Status" | "Response" | "Usage" | "Rate-limit headers" | "All headers" | "Raw body") {
    return this.page.getByRole("region", { name, exact: true });
  }

  answer(number: number) {
    return this.page.getByRole("tab", { name: new RegExp(`#${number}\\b`) });
  }

  /** The value of a header in the table of the rate-limit headers. */
  limitHeader(name: string) {
    return this.region("Rate-limit headers").getByRole("row", { name: new RegExp(`^${name} `) }).getByRole("cell").first();
  }

  /** A figure of the region "Usage". */
  async tokens(name: string): Promise<number> {
    const text = await this.region("Usage").getByRole("group", { name, exact: true }).innerText();
    return Number(text.replace(/\D/g, ""));
  }

  async ask(prompt: string) {
    await this.prompt.fill(prompt);
    await this.send.click();
  }
}
