// The panel "OpenAI Batch job" of the Batch view.
import { expect, type Locator, type Page } from "@playwright/test";

export class JobPanel {
  readonly panel: Locator;
  readonly send: Locator;
  readonly cancel: Locator;
  readonly goOn: Locator;
  readonly progress: Locator;
  readonly faults: Locator;

  constructor(readonly page: Page) {
    this.panel = page.getByRole("region", { name: "OpenAI Batch job", exact: true });
    this.send = this.button("Send as an OpenAI Batch job");
    this.cancel = this.button("Cancel job");
    this.goOn = this.button("Go on with the job");
    this.progress = this.panel.getByRole("progressbar", { name: "Job progress" });
    this.faults = this.panel.getByRole("list", { name: "Why the job failed" });
  }

  button(name: string) {
    return this.panel.getByRole("button", { name, exact: true });
  }

  /** Waits until it says where the job stands. */
  async stands(where: string | RegExp, timeout = 60_000) {
    await expect(this.panel).toContainText(where, { timeout });
  }

  /** The answer to a question in a window. */
  async answer(title: string, button: string) {
    await this.page.getByRole("dialog", { name: title }).getByRole("button", { name: button, exact: true }).click();
  }
}
