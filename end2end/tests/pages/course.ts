// The course in the Guide: its pictures and questions, by role and name.
import { expect, type Locator, type Page } from "@playwright/test";

export class CoursePage {
  constructor(readonly page: Page) {}

  async open(fragment = "") {
    await this.page.goto(`./${fragment}`);
    await this.arrive();
  }

  /** A sign of a reader: the sections are fetched for one. */
  async arrive() {
    await expect(this.page.getByRole("button", { name: "Provoke a 429", exact: true })).toBeVisible();
    await expect(async () => {
      await this.page.mouse.move(4, 4);
      await this.page.mouse.move(8, 8);
      await expect(this.buckets).toBeVisible({ timeout: 500 });
    }).toPass();
  }

  get buckets() {
    return this.page.getByRole("region", { name: "Two buckets" });
  }

  get herd() {
    return this.page.getByRole("region", { name: "A herd and its jitter" });
  }

  get headers() {
    return this.page.getByRole("region", { name: "Headers on their way" });
  }

  get contents() {
    return this.page.getByRole("navigation", { name: "Guide contents" });
  }

  /** The time in the pictures moves by hand alone. */
  async pause() {
    const pause = this.buckets.getByRole("button", { name: "Pause time" });
    if (await pause.count()) await pause.click();
    await expect(this.buckets.getByRole("button", { name: "Let time run" })).toBeVisible();
  }

  question(ask: string | RegExp) {
    return new QuestionBox(this.page.getByRole("group", { name: "Question" }).filter({ has: this.page.getByRole("radiogroup", { name: ask }) }));
  }

  /** A row of the herd's picture. */
  strip(name: string) {
    return this.herd.getByRole("group", { name, exact: true });
  }

  async figure(strip: string, name: string) {
    return (await this.strip(strip).getByRole("group", { name, exact: true }).innerText()).replace(name, "").trim();
  }
}

export class QuestionBox {
  constructor(readonly box: Locator) {}

  async bet(option: string) {
    await this.box.getByRole("radio", { name: option }).check({ force: true });
  }

  async press(button: string, times = 1) {
    for (let time = 0; time < times; time += 1) await this.box.getByRole("button", { name: button }).click();
  }
}
