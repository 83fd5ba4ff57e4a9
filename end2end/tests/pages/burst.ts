// Burst as a person finds it: by role and name.
import { expect, type Locator, type Page } from "@playwright/test";

export class BurstPage {
  readonly run: Locator;
  readonly stop: Locator;
  readonly finish: Locator;
  readonly timeline: Locator;
  readonly outcome: Locator;
  readonly log: Locator;
  readonly policy: Locator;
  readonly answeredBy: Locator;

  constructor(readonly page: Page) {
    this.run = page.getByRole("button", { name: "Run burst" });
    this.stop = page.getByRole("button", { name: "Stop burst" });
    this.finish = page.getByRole("button", { name: "Finish with Sluice's policy" });
    this.timeline = page.getByRole("region", { name: "Timeline" });
    this.outcome = page.getByRole("region", { name: "Outcome" });
    this.log = page.getByRole("log", { name: "Attempts log" });
    this.policy = page.getByRole("combobox", { name: "Retry policy" });
    this.answeredBy = page.getByRole("combobox", { name: "Answered by" });
  }

  async open() {
    await this.page.goto("./#/burst");
    await expect(this.page.getByRole("heading", { name: "Burst", level: 1 })).toBeVisible();
  }

  field(name: string) {
    return this.page.getByLabel(name, { exact: true });
  }

  async speed(factor: 1 | 10 | 60) {
    await this.timeline.getByRole("radio", { name: `${factor}×`, exact: true }).check();
  }

  /** Runs in a scenario of Burst's own, under a policy, to the end. */
  async runToTheEnd(scenario: string, policy: string) {
    await this.answeredBy.selectOption(scenario);
    await this.policy.selectOption(policy);
    await this.run.click();
    await this.ended();
  }

  async ended() {
    await expect(this.stop).toHaveAttribute("aria-disabled", "true", { timeout: 25_000 });
  }

  /** A figure of the outcome. */
  async count(name: string): Promise<number> {
    const text = await this.outcome.getByRole("group", { name, exact: true }).innerText();
    return Number((/([\d,.\s]+)$/.exec(text)?.[1] ?? "").replace(/[^\d]/g, ""));
  }

  async counts() {
    const names = ["Succeeded", "Rate limited", "Retried", "Gave up", "Failed", "HTTP calls", "Wasted"] as const;
    const figures = await Promise.all(names.map((name) => this.count(name)));
    return Object.fromEntries(names.map((name, index) => [name, figures[index]])) as Record<(typeof names)[number], number>;
  }
}
