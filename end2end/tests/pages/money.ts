// Budgets and prices as a person finds them in Usage: by role and name.
import { expect, type Locator, type Page } from "@playwright/test";

export class MoneyPage {
  readonly budgets: Locator;
  readonly prices: Locator;

  constructor(readonly page: Page) {
    this.budgets = page.getByRole("group", { name: "Budgets", exact: true });
    this.prices = page.getByRole("group", { name: "Prices", exact: true });
  }

  async open() {
    await this.page.goto("./#/usage");
    await expect(this.budgets).toBeVisible();
  }

  async addBudget(api: "Simulated" | "Live", period: string, amount: string, unit: "USD" | "tokens" | "calls") {
    const fields = this.budgets.getByRole("group", { name: "New budget" });
    await fields.getByLabel("Budget for").selectOption(api);
    await fields.getByLabel("Budget period").selectOption({ label: period });
    await fields.getByLabel("Budget amount").fill(amount);
    await fields.getByLabel("Counted in").selectOption(unit);
    await fields.getByRole("button", { name: "Add budget" }).click();
  }

  meter(name: string) {
    return this.budgets.getByRole("meter", { name });
  }

  /** The cells of a model's row. */
  row(model: string) {
    return this.prices.getByRole("row").filter({ has: this.page.getByRole("rowheader", { name: model, exact: true }) });
  }

  async setPrice(model: string, rates: { input: string; output: string }) {
    await this.row(model).getByRole("button", { name: "Edit" }).click();
    const fields = this.prices.getByRole("group", { name: `Price of ${model}` });
    await fields.getByLabel("Input", { exact: true }).fill(rates.input);
    await fields.getByLabel("Cached input", { exact: true }).fill("");
    await fields.getByLabel("Cache writes", { exact: true }).fill("");
    await fields.getByLabel("Output", { exact: true }).fill(rates.output);
    await fields.getByRole("button", { name: "Save price" }).click();
  }

  async importPrices(name: string, text: string) {
    await this.prices.getByLabel("Import prices").setInputFiles({ name, mimeType: "text/plain", buffer: Buffer.from(text) });
  }
}
