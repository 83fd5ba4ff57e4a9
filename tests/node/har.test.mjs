// The golden HAR file that tests/records writes, against the schema of HAR 1.2.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import Ajv from "ajv";
import addFormats from "ajv-formats";
import draft6 from "ajv/dist/refs/json-schema-draft-06.json" with { type: "json" };
import schemas from "har-schema";

const GOLDEN = fileURLToPath(new URL("../records/golden/calls.har", import.meta.url));
const read = () => JSON.parse(readFileSync(GOLDEN, "utf8"));

const ajv = new Ajv({ allErrors: true, strict: false });
addFormats(ajv);
ajv.addMetaSchema(draft6);
// Their references stand beside each other: "har.json#", "log.json#", …
const validate = ajv.addSchema(Object.values(schemas)).getSchema("har.json#");

test("the golden HAR file is HAR 1.2", () => {
  const har = read();
  assert.ok(validate(har), JSON.stringify(validate.errors, null, 2));
  assert.equal(har.log.version, "1.2");
  assert.equal(har.log.entries.length, 6);
});

test("the schema refuses what is no HAR", () => {
  for (const spoil of [
    (entry) => delete entry.cache,
    (entry) => (entry.startedDateTime = "26 Nov 2026"),
    (entry) => (entry.timings.wait = "1"),
    (entry) => delete entry.response.redirectURL,
    (entry) => (entry.request.postData = { text: "{}" }),
  ]) {
    const har = read();
    spoil(har.log.entries[0]);
    assert.ok(!validate(har), spoil.toString());
  }
});

test("the parts of an entry's time add up, and no header carries a key", () => {
  for (const { time, timings, request } of read().log.entries) {
    const parts = Object.values(timings).reduce((sum, part) => sum + part, 0);
    assert.ok(Math.abs(parts - time) < 1e-6, `${parts} of ${time} ms`);
    assert.deepEqual(request.headers.map(({ name }) => name), ["content-type"]);
  }
});
