// Prints "passed failed" of a Playwright JSON report. Errors outside a test (a server that did not start) count as one.
import { existsSync, readFileSync } from "node:fs";

const file = process.argv[2];
if (!existsSync(file)) {
  console.log("0 1");
} else {
  const { stats, errors } = JSON.parse(readFileSync(file, "utf8"));
  console.log(stats.expected, stats.unexpected + stats.flaky + (errors.length > 0 ? 1 : 0));
}
