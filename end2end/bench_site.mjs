// The built site, served for the benches, and how their browser is started.
import { spawn } from "node:child_process";
import { createServer } from "node:net";

export const ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"];

export const freePort = () =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });

/** Serves dist/ on a free port of loopback. */
export async function serve() {
  const port = await freePort();
  const server = spawn("node", ["end2end/servers/static.mjs", "--dist", "dist", "--port", `${port}`], { stdio: ["ignore", "pipe", "inherit"] });
  await new Promise((resolve) => server.stdout.once("data", resolve));
  return { url: `http://127.0.0.1:${port}/`, stop: () => server.kill() };
}

/** Connects the page, locked to `origin` by `lockTo`, to the live API there. */
export async function connectLive(page, origin) {
  await page.getByRole("radio", { name: "Live", exact: true }).check();
  const dialog = page.getByRole("dialog", { name: "Connection" });
  await dialog.waitFor({ timeout: 1_000 }).catch(() => page.getByRole("button", { name: "Connection", exact: true }).click());
  await dialog.getByRole("textbox", { name: "Base URL" }).fill(`${origin}/v1`);
  await dialog.getByLabel("API key", { exact: true }).fill("sk-bench-0123456789abcdef");
  await dialog.getByRole("button", { name: "Use key" }).click();
  await dialog.getByText(/^Connected: \d+ models$/).waitFor();
  await dialog.getByRole("button", { name: "Close" }).click();
}

/** Confirms that origin beforehand, for all pages of a context. */
export const lockTo = (context, origin) => context.addInitScript((origin) => localStorage.setItem("sluice.api-origin", origin), origin);
