// Whatever a server, a link or a person puts into the page stays text: no dialog, no element, no request.
import { readFileSync } from "node:fs";
import type { Locator, Page } from "@playwright/test";
import { declareApi, expect, test } from "../fixtures/test";
import { ConnectionDialog } from "./pages/connection";
import { BurstPage } from "./pages/burst";
import { ExplainPage } from "./pages/explain";
import { GuidePage } from "./pages/guide";
import { RequestPage } from "./pages/request";

type Vector = { name: string; text: string };
const vectors: Vector[] = JSON.parse(readFileSync("data/xss.json", "utf8"));
const texts = vectors.map((vector) => vector.text);
/** Several at once, each on lines of its own. */
const inBatches = (texts: string[]) => Array.from({ length: Math.ceil(texts.length / 10) }, (_, at) => texts.slice(at * 10, at * 10 + 10));
const batches = inBatches(texts);
/** An error's text is cut where a page of markup begins, so these are fed apart. */
const isPage = (text: string) => /<(html|!doctype|head|body|script)/i.test(text);
const [pages, lines] = [texts.filter(isPage), texts.filter((text) => !isPage(text))];
/** What HTTP lets a header's value be. */
const inHeader = (text: string) => text.replace(/[^\x20-\x7e]/g, "").trim();

const API = "https://api.openai.com";
type Answer = { status: number; headers?: Record<string, string>; body: unknown };

const success = (text: string, more: object = {}) => ({
  id: "resp_1",
  object: "response",
  created_at: 1_764_000_000,
  status: "completed",
  model: "gpt-5-nano",
  output: [{ id: "msg_1", type: "message", role: "assistant", status: "completed", content: [{ type: "output_text", text, annotations: [] }] }],
  usage: { input_tokens: 8, output_tokens: 6, total_tokens: 14 },
  ...more,
});
const models = (ids: string[]) => ({ object: "list", data: ids.map((id) => ({ id, object: "model", created: 1_754_000_000, owned_by: id })) });

type StreamEvent = { type: string };
const asStream = (events: StreamEvent[]) => events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join("");
/** The event stream of an answer that comes in these pieces; its events are named so too, as far as a line can hold it. */
function streamed(pieces: string[]): StreamEvent[] {
  const place = { item_id: "msg_1", output_index: 0, content_index: 0 };
  const strange = pieces.map((piece) => ({ type: piece.replace(/[\r\n]/g, " "), item_id: piece }));
  return [
    { type: "response.created", response: { ...success(""), status: "in_progress", output: [], usage: null } },
    ...pieces.map((piece) => ({ type: "response.output_text.delta", ...place, delta: `${piece}\n` })),
    ...strange,
    { type: "response.completed", response: success(pieces.map((piece) => `${piece}\n`).join("")) },
  ] as StreamEvent[];
}

/** A page under attack, and what it is answered. */
class Attack {
  readonly request: RequestPage;
  readonly connection: ConnectionDialog;
  answer: Answer = { status: 200, body: success("Hello.") };
  models: unknown = models(["gpt-5-nano"]);
  private readonly dialogs: string[] = [];
  private readonly left: string[] = [];

  constructor(readonly page: Page) {
    this.request = new RequestPage(page);
    this.connection = new ConnectionDialog(page);
  }

  async prepare() {
    declareApi(this.page, API);
    this.page.on("dialog", (dialog) => {
      this.dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    this.page.on("framenavigated", (frame) => this.left.push(frame.url().split("#")[0]));
    await this.page.route(`${API}/**`, (route) => {
      const { status, headers, body } = new URL(route.request().url()).pathname.endsWith("/models") ? { status: 200, headers: {}, body: this.models } : this.answer;
      const cors = { "access-control-allow-origin": "*", "access-control-allow-headers": "*, authorization", "access-control-expose-headers": "*" };
      const content = Array.isArray(body) ? { type: "text/event-stream", body: asStream(body) } : { type: "application/json", body: JSON.stringify(body) };
      return route.fulfill({ status, headers: { ...cors, "content-type": content.type, ...headers }, body: content.body });
    });
    await this.page.addInitScript(watchElements);
  }

  /** Live on OpenAI, which answers what the test says. */
  async live() {
    await this.request.open();
    await this.connection.connect(`${API}/v1`);
    await this.connection.close();
  }

  /** Sends one request, and waits until its answer is shown. */
  async send(answer: Answer) {
    this.answer = answer;
    const before = await this.request.answers.count();
    await this.request.send.click();
    await expect(this.request.answers).toHaveCount(before + 1);
    await expect(this.request.region("Status")).toContainText(`${answer.status}`);
  }

  async cameToNothing() {
    expect(this.dialogs, "dialogs").toEqual([]);
    expect([...new Set(this.left)].filter((url) => !url.startsWith("http://127.0.0.1") && url !== "about:blank"), "navigations").toEqual([]);
    expect(await this.page.evaluate(() => Reflect.get(globalThis, "foreignElements")), "elements").toEqual([]);
  }
}

/** Notes every element that the program would never make, from the first on. */
function watchElements() {
  const foreign: string[] = [];
  Object.defineProperty(globalThis, "foreignElements", { value: foreign });
  const NEVER = /^(img|image|iframe|frame|object|embed|applet|base|style|math|audio|video|source|picture|marquee|isindex|use|animate|foreignobject|template)$/i;
  const MARK = /xss|javascript:|vbscript:|data:text/i;
  const look = (element: Element) => {
    const bad = [...element.attributes].filter(
      ({ name, value }) => /^on/i.test(name) || (/^(id|class|name|src|srcset|srcdoc|href|xlink:href|action|formaction|data|style|http-equiv)$/i.test(name) && MARK.test(value)),
    );
    if (NEVER.test(element.localName) || bad.length > 0) foreign.push(element.outerHTML.slice(0, 200));
  };
  new MutationObserver((changes) => {
    for (const { type, target, addedNodes } of changes) {
      if (type === "attributes") look(target as Element);
      for (const node of addedNodes) {
        if (!(node instanceof Element)) continue;
        look(node);
        node.querySelectorAll("*").forEach(look);
      }
    }
  }).observe(document, { subtree: true, childList: true, attributes: true });
}

/** Types each text into a field, as fast as the page follows; then presses a button, where one is named. */
const typeEach = (field: Locator, texts: string[], button?: string) =>
  field.evaluate(
    async (field: HTMLInputElement | HTMLTextAreaElement, { texts, button }) => {
      const value = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), "value");
      for (const text of texts) {
        value?.set?.call(field, text);
        field.dispatchEvent(new InputEvent("input", { bubbles: true }));
        await new Promise(requestAnimationFrame);
        const press = [...document.querySelectorAll("button")].find((candidate) => candidate.textContent === button);
        press?.click();
        await new Promise(requestAnimationFrame);
      }
    },
    { texts, button },
  );

/** Whether a region shows every text as it is. */
async function shows(region: Locator, texts: string[]) {
  const all = (await region.allTextContents()).join("\n");
  for (const text of texts) expect(all).toContain(text);
}

/** Every way that text comes into the page. A new one is a line here. */
const CHANNELS: Record<string, (attack: Attack) => Promise<void>> = {
  "a model's text": async (attack) => {
    await attack.live();
    for (const batch of batches) {
      await attack.send({ status: 200, body: success(batch.join("\n\n")) });
      await shows(attack.request.region("Response"), batch);
    }
  },
  "a streamed text, and the names of its events": async (attack) => {
    await attack.live();
    await attack.page.getByRole("checkbox", { name: "Stream" }).check();
    for (const batch of batches) {
      await attack.send({ status: 200, body: streamed(batch) });
      await shows(attack.request.region("Response"), batch);
    }
  },
  "what is pasted into Explain": async (attack) => {
    const explain = new ExplainPage(attack.page);
    await explain.open();
    const pasted = texts.flatMap((text) => [
      text,
      JSON.stringify({ error: { message: text, type: text, param: text, code: text } }),
      `HTTP/1.1 429 ${inHeader(text)}\nx-ratelimit-limit-tokens: ${inHeader(text)}\nretry-after: ${inHeader(text)}\n\n${text}`,
    ]);
    await typeEach(explain.field, pasted);
    await expect(explain.verdict).toBeVisible();
  },
  "the ids, model and status of an answer": async (attack) => {
    await attack.live();
    for (const text of batches.map((batch) => batch.join(" "))) {
      await attack.send({ status: 200, body: success(text, { id: text, model: text, status: "incomplete", service_tier: text, incomplete_details: { reason: text } }) });
    }
  },
  "an error's message": async (attack) => {
    await attack.live();
    const send = (message: string) => attack.send({ status: 400, body: { error: { message, type: "invalid_request_error", param: null, code: null } } });
    for (const batch of inBatches(lines)) {
      await send(batch.join("\n"));
      // The rest of a long message is in the raw body.
      await shows(attack.request.region("Response"), batch.slice(0, 1));
    }
    for (const batch of inBatches(pages)) await send(`No: ${batch.join("\n")}`);
  },
  "an error's code, type and parameter": async (attack) => {
    await attack.live();
    for (const batch of batches) await attack.send({ status: 400, body: { error: { message: "No.", type: batch.join(" "), param: batch.join(" "), code: batch.join(" ") } } });
  },
  "an error that is no JSON object": async (attack) => {
    await attack.live();
    for (const batch of batches) await attack.send({ status: 400, body: batch.join("\n") });
  },
  "headers, known and unknown": async (attack) => {
    await attack.live();
    const values = texts.map(inHeader);
    const unknown = Object.fromEntries(values.map((text, at) => [`x-vector-${at}`, text]));
    await attack.send({ status: 200, headers: unknown, body: success("Hello.") });
    await shows(attack.request.region("All headers"), values);
    const known = ["x-request-id", "openai-processing-ms", "openai-organization", "x-ratelimit-limit-requests", "x-ratelimit-remaining-requests", "x-ratelimit-reset-requests", "x-ratelimit-reset-tokens", "retry-after"];
    for (let at = 0; at < values.length; at += known.length) {
      await attack.send({ status: 200, headers: Object.fromEntries(known.map((name, offset) => [name, values[at + offset] ?? "x"])), body: success("Hello.") });
    }
  },
  "the list of models": async (attack) => {
    attack.models = models(texts);
    await attack.live();
    await expect(attack.page.locator('option[value*="alert"]')).not.toHaveCount(0);
  },
  "an error in Burst's log": async (attack) => {
    await attack.live();
    attack.answer = { status: 400, body: { error: { message: lines.join("\n"), type: "x", param: null, code: texts[0] } } };
    const burst = new BurstPage(attack.page);
    await burst.open();
    await burst.field("Number of requests").fill("2");
    await burst.run.click();
    await burst.ended();
    await expect(burst.log).toContainText("alert");
  },
  "the prompt, and the code made of it": async (attack) => {
    await attack.request.open();
    await attack.page.getByText("As code").click();
    await typeEach(attack.request.prompt, texts);
    await expect(attack.page.getByRole("region", { name: "as Python" })).toContainText("Enter your key");
  },
  "the instructions": async (attack) => {
    await attack.request.open();
    await attack.page.getByText("As code").click();
    await typeEach(attack.page.getByRole("textbox", { name: "Instructions" }), texts);
  },
  "a request's model": async (attack) => {
    await attack.request.open();
    await typeEach(attack.request.model, texts);
    await attack.request.send.click();
    await expect(attack.request.region("Status")).toContainText("404");
  },
  "the default model": async (attack) => {
    await attack.request.open();
    await typeEach(attack.page.getByRole("combobox", { name: "Default model" }), texts);
  },
  "the base URL": async (attack) => {
    await attack.request.open();
    await attack.connection.open("Live");
    await typeEach(attack.connection.baseUrl, [...texts, ...texts.map((text) => `https://${text}`), ...texts.map((text) => `https://a.example/${text}`)]);
  },
  "the key": async (attack) => {
    await attack.request.open();
    await attack.connection.open("Live");
    await typeEach(attack.connection.key, texts, "Use key");
  },
  "the organization": async (attack) => {
    await attack.request.open();
    await attack.connection.open("Live");
    await typeEach(attack.connection.dialog.getByLabel("Organization"), texts, "Use key");
  },
  "the address's fragment": async (attack) => {
    await attack.request.open();
    await attack.page.evaluate(async (texts) => {
      for (const text of texts) {
        for (const hash of [text, `#/request?prompt=${text}`, `#/${text}`, `#${encodeURIComponent(text)}`]) {
          location.hash = hash;
          await new Promise((resolve) => addEventListener("hashchange", resolve, { once: true }));
        }
      }
    }, texts.slice(0, 45));
    for (const text of texts.slice(45, 55)) {
      await attack.page.goto("about:blank");
      await attack.page.goto(`./#/request?prompt=${encodeURIComponent(text)}`);
    }
    await expect(attack.page.getByRole("navigation").first()).toBeVisible();
  },
  "a pasted .env": async (attack) => {
    const guide = new GuidePage(attack.page);
    await guide.open();
    const field = guide.cell(1).region.getByLabel("Paste or drop your .env");
    const files = texts.flatMap((text) => [text, `OPENAI_API_KEY=sk-x\nOPENAI_BASE_URL=${text}`, `${text}=1`]);
    await typeEach(field, files, "Read it");
  },
  "what was stored": async (attack) => {
    await attack.request.open();
    await attack.request.prompt.fill("To be stored.");
    await attack.request.model.fill("gpt-4o");
    for (const batch of batches) {
      await attack.page.evaluate((text) => {
        for (const name of Object.keys(localStorage)) {
          const stored = localStorage.getItem(name) ?? "";
          const poisoned = stored.replace(/"(?:[^"\\]|\\.)*"(?!:)/g, JSON.stringify(text));
          localStorage.setItem(name, poisoned === stored ? text : poisoned);
        }
      }, batch.join("\n"));
      await attack.page.reload();
      await expect(attack.request.send).toBeVisible();
    }
  },
};

test("there are vectors enough", () => {
  expect(vectors.length).toBeGreaterThanOrEqual(60);
  expect(new Set(texts).size).toBe(vectors.length);
});

for (const [channel, feed] of Object.entries(CHANNELS)) {
  test(`nothing comes of ${channel}`, async ({ page }) => {
    test.setTimeout(60_000);
    const attack = new Attack(page);
    await attack.prepare();
    await feed(attack);
    await attack.cameToNothing();
    await page.goto("about:blank");
  });
}

test.describe("in a page without policies", () => {
  test.use({ expectedConsole: /Content Security Policy|Failed to load resource/ });

  test("the search for foreign elements finds them", async ({ page }) => {
    await page.addInitScript(watchElements);
    await page.route("**/bare", (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html><title>bare</title><div></div>" }));
    await page.route("https://xss.invalid/**", (route) => route.abort());
    await page.goto("./bare");
    const missed = await page.evaluate(async (texts) => {
      const found = Reflect.get(globalThis, "foreignElements") as string[];
      const missed: string[] = [];
      for (const text of texts) {
        const before = found.length;
        // As a page without a guard would do it, but in a part of it that runs nothing.
        const holder = document.querySelector("div")!;
        const parsed = new DOMParser().parseFromString(text, "text/html");
        const made = [...parsed.head.children, ...parsed.body.children].filter((element) => element.localName !== "script");
        if (made.length === 0) continue;
        holder.replaceChildren(...made.map((element) => document.importNode(element.cloneNode(true), true)));
        await Promise.resolve();
        holder.replaceChildren();
        if (found.length === before) missed.push(text);
      }
      return missed;
    }, texts.filter((text) => !/xss\.invalid|alert\(/.test(text)));
    expect(missed).toEqual([]);
  });
});

test("the markup policy refuses every vector that could do anything", async ({ page }) => {
  await page.goto("./");
  await expect(page.getByRole("navigation").first()).toBeVisible();
  const passed = await page.evaluate((texts) => {
    type Factory = { defaultPolicy: { createHTML(text: string): string; createScript(text: string): string } };
    const { defaultPolicy } = Reflect.get(globalThis, "trustedTypes") as Factory;
    const harmless = (text: string) => {
      const template = document.createElement("template");
      template.innerHTML = defaultPolicy.createHTML(text);
      return [...template.content.querySelectorAll("*")].every(
        (element) =>
          !/^(script|iframe|object|embed|img|svg|math|base|link|meta|style|form|audio|video)$/.test(element.localName) &&
          [...element.attributes].every(({ name, value }) => !/^(on|style|src|action)/.test(name) && (name !== "href" || /^(https:|#|\.\/)/.test(value))),
      );
    };
    return texts.filter((text) => !harmless(text) || `${defaultPolicy.createScript(text)}` !== "");
  }, texts);
  expect(passed).toEqual([]);
});
