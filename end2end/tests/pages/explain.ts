// Explain, as a person finds it.
import { expect, type Locator, type Page } from "@playwright/test";

export class ExplainPage {
  readonly field: Locator;
  readonly explain: Locator;
  readonly verdict: Locator;

  constructor(readonly page: Page) {
    this.field = page.getByRole("textbox", { name: "Paste an error, headers or curl -i output", exact: true });
    this.explain = page.getByRole("button", { name: "Explain this", exact: true });
    this.verdict = page.getByRole("region", { name: "Verdict", exact: true });
  }

  async open() {
    await this.page.goto("./#/explain");
    await expect(this.page.getByRole("heading", { name: "Explain", level: 1 })).toBeVisible();
  }

  /** The answer in a line. */
  get headline() {
    return this.verdict.locator(".explain-headline");
  }

  async sample(name: string) {
    await this.page.getByRole("button", { name, exact: true }).click();
  }

  /** What the table of facts says of something. */
  fact(name: string) {
    return this.verdict.getByRole("row", { name: new RegExp(`^${name} `) }).getByRole("cell").first();
  }

  /** What a client would do. */
  client(name: string) {
    return this.verdict.getByRole("row", { name: new RegExp(`^${name}`) });
  }
}
