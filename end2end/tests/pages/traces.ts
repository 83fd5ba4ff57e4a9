// The group "Traces" of Usage, as a person finds it.
import { expect, type Locator, type Page } from "@playwright/test";

export class TracesGroup {
  readonly group: Locator;
  readonly send: Locator;
  readonly export: Locator;
  readonly url: Locator;
  readonly consent: Locator;
  readonly confirm: Locator;
  readonly forget: Locator;

  constructor(readonly page: Page) {
    this.group = page.getByRole("group", { name: "Traces", exact: true });
    this.send = this.group.getByRole("button", { name: "Send traces" });
    this.export = this.group.getByRole("button", { name: "Export traces" });
    this.url = this.group.getByRole("textbox", { name: "Collector URL" });
    this.forget = this.group.getByRole("button", { name: "Forget collector and reload" });
    this.consent = page.getByRole("dialog", { name: /^Send traces to / });
    this.confirm = this.consent.getByRole("button", { name: "Allow this collector and reload" });
  }

  async open() {
    await this.page.goto("./#/usage");
    await expect(this.group).toBeVisible();
  }

  async format(name: "OTLP protobuf" | "OTLP/JSON (not for Phoenix)") {
    await this.group.getByRole("combobox", { name: "Trace format" }).selectOption({ label: name });
  }

  async content(name: "None" | "Of a sample of calls" | "Of all calls") {
    await this.group.getByRole("radio", { name, exact: true }).check();
  }

  /** Presses "Send traces", and gives what came of it. */
  async sent(): Promise<string> {
    await this.send.click();
    await expect(this.group.locator(".callout")).toBeVisible({ timeout: 15_000 });
    return this.group.locator(".callout").innerText();
  }

  /** Confirms the collector, and waits for the page to be back. */
  async allow(url: string) {
    await this.url.fill(url);
    await this.send.click();
    await expect(this.consent).toBeVisible();
    const reloaded = this.page.waitForEvent("domcontentloaded");
    await this.confirm.click();
    await reloaded;
    await expect(this.group).toBeVisible();
  }
}
