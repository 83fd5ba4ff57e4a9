// End-to-end tests on the release build in dist/. `make test` builds it, picks free ports and starts this.
import { defineConfig } from "@playwright/test";
import { ALL, OWN, WORKERS, type Ports } from "./ports";

const simulatedApi = process.env.SIMULATED_API ?? "../target/release/simulated_api";
const server = (command: string, url: string) => ({ command, url, timeout: 20_000, reuseExistingServer: false });
const api = (port: number, expose: string) =>
  server(`${simulatedApi} --port ${port} --scenario "tier 1" --expose-headers ${expose}`, `http://127.0.0.1:${port}/v1/models`);

export default defineConfig({
  testDir: "tests",
  outputDir: "test-results",
  fullyParallel: false,
  workers: WORKERS,
  forbidOnly: Boolean(process.env.CI),
  // What is right is asked, not how fast: a machine that is busy for a while fails nothing.
  timeout: process.env.SLUICE_LONG ? 900_000 : 60_000,
  expect: { timeout: process.env.SLUICE_LONG ? 60_000 : 15_000 },
  // Long trials are marked @long in their titles and run by `make test-long`.
  ...(process.env.SLUICE_LONG ? { grep: /@long/ } : { grepInvert: /@long/ }),
  use: {
    // The tests of working without a network allow them; in all others every request is to be seen where it is made.
    serviceWorkers: "block",
    baseURL: `http://127.0.0.1:${OWN.site}/`,
    // Recording slows every test by half; `npx playwright test --trace on NAME` shows one that fails.
    trace: "off",
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
      ],
    },
  },
  webServer: ALL.flatMap(({ site, hidden, exposed, faults }: Ports) => [
    server(`node servers/static.mjs --port ${site} --relay http://127.0.0.1:${exposed}`, `http://127.0.0.1:${site}/`),
    api(hidden, "none"),
    api(exposed, "all"),
    server(`node servers/fault_server.mjs --port ${faults}`, `http://127.0.0.1:${faults}/_log`),
  ]),
});
