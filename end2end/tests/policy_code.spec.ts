// A retry policy as a program, from Burst and from Request: what is copied and saved is the program that
// `tests/exported` runs.
import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { axe } from "../fixtures/measure";
import { expect, test } from "../fixtures/test";
import { BurstPage } from "./pages/burst";
import { PolicyCode } from "./pages/policy_code";
import { RequestPage } from "./pages/request";

/** The committed program, as Burst sends it: without keeping the answer. */
function committed(file: string) {
  const code = readFileSync(`../tests/exported/programs/${file}`, "utf8");
  return code.replace(/^( *)max_output_tokens=64,\n/m, "$&$1store=False,\n").replace(/^( *)max_output_tokens: 64,\n/m, "$&$1store: false,\n");
}

async function openFromBurst(page: Page, policy: string) {
  const burst = new BurstPage(page);
  await burst.open();
  await burst.policy.selectOption(policy);
  const code = new PolicyCode(page);
  await code.open.click();
  await expect(code.text).toContainText("OPENAI_API_KEY");
  return { burst, code };
}

test("what is copied is the program that runs, in each language", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const { code } = await openFromBurst(page, "sluice");
  for (const [target, file] of [["python", "py"], ["tenacity", "py"], ["typescript", "ts"], ["fetch", "ts"]]) {
    await code.target.selectOption(target);
    await code.copy.click();
    const program = committed(`sluice.${target}.${file}`);
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(program);
    expect(await code.text.innerText()).toBe(program);
  }
  for (const [target, words] of [["rust", "fn ask() -> Result<String, Failure>"], ["backon", "use backon::BlockingRetryable;"], ["curl", "#!/usr/bin/env bash"]]) {
    await code.target.selectOption(target);
    await expect(code.text).toContainText(words);
  }
});

test("an edited policy is written as it is, and saved under a name that runs", async ({ page }) => {
  const { burst, code } = await openFromBurst(page, "notebook");
  await expect(code.text).toContainText("MAX_ATTEMPTS = 5");
  await code.close();
  await burst.field("Max attempts").fill("7");
  await burst.field("Base delay").fill("0.5");
  await burst.field("Prompt").fill('Say "hi"');
  await code.open.click();
  await expect(code.text).toContainText("Notebook, edited");
  for (const words of ["MAX_ATTEMPTS = 7", "BASE_DELAY = 0.5", 'input="Say \\"hi\\""']) await expect(code.text).toContainText(words);
  await code.target.selectOption("curl");
  const [saved] = await Promise.all([page.waitForEvent("download"), code.download.click()]);
  expect(saved.suggestedFilename()).toBe("ask.sh");
  expect(readFileSync(await saved.path(), "utf8")).toBe(await code.text.innerText());
});

test("Request gives its own request under its own policy, and axe finds nothing, light and dark", async ({ page }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  const request = new RequestPage(page);
  await request.open();
  await request.prompt.fill("What is jitter?");
  await page.getByRole("combobox", { name: "Retry policy" }).selectOption("openai-python");
  await page.getByText("As code", { exact: true }).click();
  const code = new PolicyCode(page);
  await code.open.click();
  // The package does by itself what the policy says.
  await expect(code.text).toContainText("max_retries=2");
  await expect(code.text).toContainText('input="What is jitter?"');
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await axe(page)).toEqual([]);
  }
  await code.close();
  await request.prompt.fill("");
  await code.open.click();
  await expect(code.text).toContainText("Complete the request first.");
});
