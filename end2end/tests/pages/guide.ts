// The Guide as a reader finds it: cells and controls by role and name.
import { expect, type Locator, type Page } from "@playwright/test";

export class GuidePage {
  readonly first: Locator;

  constructor(readonly page: Page) {
    this.first = page.getByRole("region", { name: "First 429" });
  }

  async open() {
    await this.page.goto("./");
    await expect(this.provoke).toBeVisible();
    // A sign of a reader, for whom the sections are fetched.
    await this.page.mouse.move(1, 1);
    await expect(this.cell(1).region).toBeAttached();
  }

  get provoke() {
    return this.page.getByRole("button", { name: "Provoke a 429", exact: true });
  }

  cell(number: number) {
    return new Cell(this.page.getByRole("region", { name: `Cell ${number}:` }));
  }

  /** Ten times life or sixty times: the simulated clock alone. */
  async speed(within: Locator, times: 10 | 60) {
    // What arrives meanwhile moves the control: a click can miss it.
    await expect(() => within.getByRole("radio", { name: `${times}×` }).check({ force: true, timeout: 1_000 })).toPass();
  }
}

export class Cell {
  readonly result: Locator;

  constructor(readonly region: Locator) {
    this.result = region.getByRole("region", { name: /^Result/ });
  }

  async run() {
    await this.region.getByRole("button", { name: "Run", exact: true }).click();
  }

  /** Runs it and waits for its end. */
  async runToEnd(timeout = 15_000) {
    await this.run();
    await expect(this.result).toHaveAttribute("aria-busy", "false", { timeout });
    await expect(this.region.getByRole("button", { name: "Stop", exact: true })).toHaveCount(0);
  }

  async scenario(name: string) {
    await this.region.getByLabel("Scenario").selectOption({ label: name });
  }

  /** The number of a figure with a name. */
  async stat(name: string, within = this.result) {
    const text = await within.getByRole("group", { name, exact: true }).innerText();
    return numberOf(text.replace(name, ""));
  }

  printed(name: string) {
    return this.result.getByRole("region", { name });
  }
}

export function numberOf(text: string) {
  return Number(text.replace(/[^0-9]/g, ""));
}
