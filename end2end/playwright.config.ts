// End-to-end tests on the release build in dist/. `make test` builds it, picks free ports and starts this.
import { defineConfig } from "@playwright/test";

const port = Number(process.env.SLUICE_PORT ?? 4100);
const hidden = Number(process.env.SLUICE_PORT_HIDDEN ?? 4110);
const exposed = Number(process.env.SLUICE_PORT_EXPOSED ?? 4120);
const faults = Number(process.env.SLUICE_PORT_FAULTS ?? 4130);
// For fixtures/servers.ts, which the tests ask for addresses.
Object.assign(process.env, { SLUICE_PORT: `${port}`, SLUICE_PORT_HIDDEN: `${hidden}`, SLUICE_PORT_EXPOSED: `${exposed}`, SLUICE_PORT_FAULTS: `${faults}` });

const simulatedApi = process.env.SIMULATED_API ?? "../target/release/simulated_api";
const server = (command: string, url: string) => ({ command, url, timeout: 20_000, reuseExistingServer: false });
const api = (port: number, expose: string) =>
  server(`${simulatedApi} --port ${port} --scenario "tier 1" --expose-headers ${expose}`, `http://127.0.0.1:${port}/v1/models`);

export default defineConfig({
  testDir: "tests",
  outputDir: "test-results",
  fullyParallel: false,
  workers: 1,
  forbidOnly: Boolean(process.env.CI),
  timeout: process.env.SLUICE_LONG ? 900_000 : 30_000,
  // Long trials are marked @long in their titles and run by `make test-long`.
  ...(process.env.SLUICE_LONG ? { grep: /@long/ } : { grepInvert: /@long/ }),
  use: {
    baseURL: `http://127.0.0.1:${port}/`,
    trace: "retain-on-failure",
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
  webServer: [
    server(`node servers/static.mjs --port ${port} --relay http://127.0.0.1:${exposed}`, `http://127.0.0.1:${port}/`),
    api(hidden, "none"),
    api(exposed, "all"),
    server(`node servers/fault_server.mjs --port ${faults}`, `http://127.0.0.1:${faults}/_log`),
  ],
});
