// The timeline as a person sees it: places across the plot are shares of its width.
import { type Locator, type Page } from "@playwright/test";

// The column of names, and the room for half a mark at either end (components/timeline/sizes.rs).
const [NAMES, INSET, ROW] = [84, 10, 24];

export class TimelinePicture {
  readonly group: Locator;
  readonly readout: Locator;
  readonly summary: Locator;

  constructor(readonly page: Page) {
    this.group = page.getByRole("group", { name: "Each request over time" });
    this.readout = page.locator(".timeline-readout");
    this.summary = page.locator("[id^=timeline-summary]");
  }

  button(name: string) {
    return this.page.getByRole("region", { name: "Timeline" }).getByRole("button", { name, exact: true });
  }

  private async place(share: number, row = 0): Promise<[number, number]> {
    // Not before it rests: what comes into the page above it moves it.
    await this.group.hover({ trial: true });
    const box = (await this.group.boundingBox())!;
    return [box.x + NAMES + INSET + share * (box.width - NAMES - 2 * INSET), box.y + row * ROW + ROW / 2];
  }

  async point(share: number, row = 0) {
    await this.page.mouse.move(...(await this.place(share, row)));
  }

  async click(share: number, row: number) {
    await this.page.mouse.click(...(await this.place(share, row)));
  }

  async drag(from: number, to: number) {
    await this.point(from, 1);
    await this.page.mouse.down();
    await this.page.mouse.move(...(await this.place(to, 2)), { steps: 4 });
    await this.page.mouse.up();
  }

  /** The time at a place, in seconds, as the readout tells it. */
  async timeAt(share: number): Promise<number> {
    await this.point(share > 0.5 ? 0 : 1);
    await this.point(share);
    const text = await this.readout.innerText();
    const [, number, unit] = /^<?([\d.]+) (ms|s|min)/.exec(text) ?? [];
    const rest = /^\d+ min (\d\d) s/.exec(text)?.[1] ?? "0";
    return unit === "min" ? Number(number) * 60 + Number(rest) : Number(number) * (unit === "ms" ? 0.001 : 1);
  }

  /** The first and the last moment in sight, in seconds. */
  async span(): Promise<[number, number]> {
    return [await this.timeAt(0), await this.timeAt(1)];
  }
}
