// A retry policy as a program, as a person finds it.
import type { Locator, Page } from "@playwright/test";

export class PolicyCode {
  readonly open: Locator;
  readonly dialog: Locator;
  readonly target: Locator;
  readonly text: Locator;
  readonly copy: Locator;
  readonly download: Locator;

  constructor(readonly page: Page) {
    this.open = page.getByRole("button", { name: "Take the code" });
    this.dialog = page.getByRole("dialog", { name: "This policy as a program" });
    this.target = this.dialog.getByRole("combobox", { name: "Written in" });
    this.text = this.dialog.getByRole("region", { name: "the program" }).locator("code");
    // For two seconds it says what came of the last copy.
    this.copy = this.dialog.getByRole("button", { name: /^(Copy the program|Copied)$/ });
    this.download = this.dialog.getByRole("button", { name: "Download" });
  }

  async close() {
    await this.dialog.getByRole("button", { name: "Close" }).click();
  }
}
