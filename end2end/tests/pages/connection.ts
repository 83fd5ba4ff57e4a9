// The Connection dialog: the simulated API's scenario, or the live API's address and key.
import { expect, type Locator, type Page } from "@playwright/test";
import { CANARY, declareApi } from "../../fixtures/test";

export class ConnectionDialog {
  readonly dialog: Locator;

  constructor(readonly page: Page) {
    this.dialog = page.getByRole("dialog", { name: "Connection" });
  }

  async open(source: "Simulated" | "Live") {
    // Usage has filters of the same names.
    await this.page.getByRole("radiogroup", { name: "API", exact: true }).first().getByRole("radio", { name: source, exact: true }).check();
    // Live without a connection leads here by itself.
    await this.dialog.waitFor({ timeout: 500 }).catch(() => this.page.getByRole("button", { name: "Connection", exact: true }).click());
    await expect(this.dialog).toBeVisible();
  }

  async close() {
    await this.dialog.getByRole("button", { name: "Close" }).click();
    await expect(this.dialog).toBeHidden();
  }

  /** Chooses what the simulated API is like. */
  async simulate(scenario: string) {
    await this.open("Simulated");
    await this.dialog.getByRole("combobox", { name: "Scenario" }).selectOption({ label: scenario });
    await this.close();
  }

  /** Lets simulated time run faster, also for what is under way. */
  async speedUp(speed: "10×" | "60×") {
    await this.open("Simulated");
    await this.dialog.getByRole("radio", { name: speed, exact: true }).check();
    await this.close();
  }

  get baseUrl() {
    return this.dialog.getByRole("textbox", { name: "Base URL" });
  }

  get key() {
    return this.dialog.getByLabel("API key", { exact: true });
  }

  get useKey() {
    return this.dialog.getByRole("button", { name: "Use key" });
  }

  get confirm() {
    return this.dialog.getByRole("button", { name: "Use this address and reload" });
  }

  /** Opens Live with a base URL, and confirms it where the page is locked to another one. */
  async address(baseUrl: string) {
    declareApi(this.page, baseUrl);
    await this.open("Live");
    await this.baseUrl.fill(baseUrl);
    // What the page says follows what is typed at once.
    if (await this.confirm.isVisible()) {
      const reloaded = this.page.waitForEvent("domcontentloaded");
      await this.confirm.click();
      await reloaded;
      await expect(this.dialog).toBeVisible();
      await expect(this.baseUrl).toHaveValue(baseUrl);
    }
    await expect(this.key).toBeEnabled();
  }

  /** Connects Live, and waits for its models. */
  async connect(baseUrl: string, key = CANARY) {
    await this.address(baseUrl);
    await this.key.fill(key);
    await this.useKey.click();
    await expect(this.dialog.getByText(/^Connected: \d+ models$/)).toBeVisible();
  }
}
