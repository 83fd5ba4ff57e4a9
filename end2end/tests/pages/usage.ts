// Usage as a person finds it: by role and name.
import { expect, type Locator, type Page } from "@playwright/test";

export class UsagePage {
  readonly history: Locator;
  readonly totals: Locator;
  readonly inspector: Locator;
  readonly search: Locator;

  constructor(readonly page: Page) {
    this.history = page.getByRole("table", { name: "History", exact: true });
    this.totals = page.getByRole("region", { name: "Totals of these calls" });
    this.inspector = page.getByRole("region", { name: "Inspector" });
    this.search = page.getByRole("textbox", { name: "Search calls" });
  }

  async open() {
    await this.page.goto("./#/usage");
    await expect(this.page.getByRole("heading", { name: "Usage", level: 1 })).toBeVisible();
  }

  /** Goes there from another view, which keeps the page's state. */
  async go() {
    await this.page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: "Usage" }).click();
    await expect(this.page.getByRole("heading", { name: "Usage", level: 1 })).toBeVisible();
  }

  tab(name: string) {
    return this.page.getByRole("tab", { name, exact: true });
  }

  /** How many calls are looked at, as the table tells of its rows. */
  async expectCalls(count: number) {
    if (count === 0) return await expect(this.history).toBeHidden();
    await expect(this.history).toHaveAttribute("aria-rowcount", String(count + 1));
  }

  /** A figure of the totals. */
  async stat(name: string): Promise<string> {
    const stat = this.totals.getByRole("group", { name, exact: true });
    return (await stat.locator(".stat-value").innerText()).replace(/\s+/g, " ").trim();
  }

  /** The buttons that open the calls in sight. */
  get calls() {
    return this.history.getByRole("rowheader").getByRole("button");
  }
}

/** What the page keeps in IndexedDB of its ledger, as text: all of it, or the journals whose names begin with `kind`. */
export const kept = (page: Page, kind = "") =>
  page.evaluate(async (kind) => {
    const names = (await indexedDB.databases()).map(({ name }) => name);
    if (!names.includes("sluice-usage")) return "";
    const opening = indexedDB.open("sluice-usage");
    const database = await new Promise<IDBDatabase>((done, failed) => {
      opening.onsuccess = () => done(opening.result);
      opening.onerror = () => failed(opening.error);
    });
    const records = database.transaction("records").objectStore("records");
    const result = <T>(request: IDBRequest<T>) => new Promise<T>((done) => (request.onsuccess = () => done(request.result)));
    const [keys, texts] = await Promise.all([result(records.getAllKeys()), result(records.getAll())]);
    database.close();
    return texts.filter((_, at) => (keys[at] as [string, number])[0].startsWith(kind)).join("\n");
  }, kind);

/** The rows of the ledger that are on the disk: the last thing that is written of a call. */
export const keptRows = (page: Page) => kept(page, "rows/");
