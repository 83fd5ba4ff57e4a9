// The Lab as a person finds it: by role and name.
import { expect, type Locator, type Page } from "@playwright/test";

export class LabPage {
  readonly run: Locator;
  readonly stop: Locator;
  readonly results: Locator;

  constructor(readonly page: Page) {
    this.run = page.getByRole("button", { name: "Run experiment" }).first();
    this.stop = page.getByRole("button", { name: "Stop", exact: true });
    this.results = page.getByRole("table", { name: "The policies' results" });
  }

  async open() {
    await this.page.goto("./#/lab");
    await expect(this.page.getByRole("heading", { name: "Lab", level: 1 })).toBeVisible();
  }

  field(name: string) {
    return this.page.getByLabel(name, { exact: true });
  }

  /** A panel's region. */
  region(name: string) {
    return this.page.getByRole("region", { name, exact: true });
  }

  tab(name: string) {
    return this.page.getByRole("tab", { name, exact: true });
  }

  /** Opens what is folded in the form. */
  async unfold(summary: string) {
    await this.page.locator("main summary", { hasText: summary }).click();
  }

  async ended() {
    await expect(this.page.getByRole("progressbar", { name: "Done" })).toBeVisible({ timeout: 25_000 });
  }

  /** Runs the experiment as it is set, to its end. */
  async runToTheEnd() {
    await this.run.click();
    await this.ended();
  }

  /** A policy's figures by their heads, without what stands behind ±. */
  async figures(policy: string): Promise<Record<string, string>> {
    const heads = await this.results.getByRole("columnheader").allInnerTexts();
    const row = this.results.getByRole("row").filter({ has: this.page.getByRole("button", { name: policy, exact: true }) });
    const cells = await row.getByRole("cell").allInnerTexts();
    return Object.fromEntries(heads.slice(1).map((head, at) => [head, cells[at].split("±")[0].trim()]));
  }
}
