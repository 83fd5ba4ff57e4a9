// A Chromium as people have it: with a profile on the disk, that can be killed like any process, and with tabs of which
// only the one in front is in sight. What Playwright drives is held to be visible and in focus, and each of its requests is
// told to Playwright, which costs the page more than the request: what is to be measured is let go first.
import { chromium } from "@playwright/test";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ARGS } from "./bench_site.mjs";

/** A profile of its own, with `remove` for when it is over. */
export function newProfile() {
  const folder = mkdtempSync(join(tmpdir(), "sluice-profile-"));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }) };
}

export class RealBrowser {
  #child;
  #address;
  #driver;
  #asked = new Map();
  #heard = new Map();
  #last = 0;

  constructor(child, address) {
    this.#child = child;
    this.#address = address;
    let text = "";
    child.stdio[4].setEncoding("utf8").on("data", (part) => {
      const messages = (text + part).split("\0");
      text = messages.pop() ?? "";
      for (const { id, result, error, method, params } of messages.map((message) => JSON.parse(message))) {
        if (method) this.#heard.get(method)?.(params);
        const asked = this.#asked.get(id);
        this.#asked.delete(id);
        if (error) asked?.reject(new Error(error.message));
        else asked?.resolve(result);
      }
    });
    // What is killed closes its pipes.
    for (const pipe of child.stdio) pipe?.on("error", () => {});
  }

  /** Starts it on a profile, with one empty tab; `more` are further arguments. */
  static async start(profile, more = []) {
    const told = join(profile, "DevToolsActivePort");
    rmSync(told, { force: true });
    const args = [...ARGS, "--headless", "--window-size=1440,900", `--user-data-dir=${profile}`, "--remote-debugging-port=0", "--remote-debugging-pipe", ...more, "about:blank"];
    // A process group of its own: with it go the renderers, the network's process and the disk's.
    const child = spawn(process.env.CHROMIUM ?? "/usr/bin/chromium", args, { detached: true, stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
    for (let tries = 0; tries < 600; tries += 1) {
      const port = Number(readIfThere(told).split("\n")[0]);
      if (port) return new RealBrowser(child, `http://127.0.0.1:${port}`);
      await new Promise((go) => setTimeout(go, 100));
    }
    process.kill(-child.pid, "SIGKILL");
    throw new Error("Chromium did not start");
  }

  /** Its first tab, as Playwright drives it until `letGo`. */
  async drive() {
    this.#driver = await chromium.connectOverCDP(this.#address);
    const page = this.#driver.contexts()[0].pages()[0];
    page.setDefaultTimeout(60_000);
    return page;
  }

  /** Ends Playwright's part. */
  async letGo() {
    await this.#driver?.close();
    this.#driver = undefined;
  }

  /** SIGKILL to all its processes at once, as the system does it where memory ends. */
  async kill() {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const gone = new Promise((exit) => this.#child.once("exit", exit));
      process.kill(-this.#child.pid, "SIGKILL");
      await gone;
    }
    await this.letGo().catch(() => {});
  }

  /** The tab whose address begins so, by hand: its session takes commands of the DevTools protocol. */
  async tab(url) {
    const { targetInfos } = await this.send("Target.getTargets");
    const target = targetInfos.find((target) => target.type === "page" && target.url.startsWith(url));
    if (!target) throw new Error(`no tab with ${url}`);
    const { sessionId } = await this.send("Target.attachToTarget", { targetId: target.targetId, flatten: true });
    const send = (method, params = {}) => this.send(method, params, sessionId);
    return {
      send,
      toFront: () => this.send("Target.activateTarget", { targetId: target.targetId }),
      /** The value of an expression in it, awaited. */
      evaluate: async (expression) => (await send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true })).result.value,
    };
  }

  /** Opens an empty tab in front of all others. */
  async openTab() {
    await this.send("Target.createTarget", { url: "about:blank" });
  }

  /** The next event of that name. */
  event(method) {
    return new Promise((told) => this.#heard.set(method, told));
  }

  /** A command of the DevTools protocol, to the browser unless a session is named. */
  send(method, params = {}, sessionId = undefined) {
    const id = (this.#last += 1);
    return new Promise((resolve, reject) => {
      this.#asked.set(id, { resolve, reject: (error) => reject(new Error(`${method}: ${error.message}`)) });
      this.#child.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
  }
}

function readIfThere(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
