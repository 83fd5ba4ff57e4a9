"""Batch results of ours, read with the official package: each response.body must be a Response.

tests/batch writes them; where they are missing, it is run.
"""

import json
import pathlib
import subprocess
import unittest

from openai.types.responses import Response

ROOT = pathlib.Path(__file__).resolve().parents[2]
WRITTEN = ROOT / "target" / "tmp"
RESULTS = [f"batch_results_of_{name}" for name in ("batch.jsonl", "cookbook.jsonl", "prompts.txt", "prompts.csv")]
ERRORS = "batch_errors.jsonl"


def lines(name):
    return [json.loads(line) for line in (WRITTEN / name).read_text(encoding="utf-8").splitlines()]


class BatchOutput(unittest.TestCase):
    """Files in OpenAI's Batch output format."""

    @classmethod
    def setUpClass(cls):
        if not all((WRITTEN / name).exists() for name in [*RESULTS, ERRORS]):
            command = ["cargo", "test", "--locked", "--features", "server", "--test", "batch", "run::"]
            subprocess.run(command, cwd=ROOT, check=True, capture_output=True)

    def test_every_body_is_a_response(self):
        for name in RESULTS:
            written = lines(name)
            self.assertGreaterEqual(len(written), 3)
            self.assertEqual(len({line["id"] for line in written}), len(written))
            for line in written:
                with self.subTest(file=name, custom_id=line["custom_id"]):
                    self.assertEqual(set(line), {"id", "custom_id", "response", "error"})
                    self.assertTrue(line["id"].startswith("batch_req_"))
                    self.assertIsNone(line["error"])
                    self.assertEqual(set(line["response"]), {"status_code", "request_id", "body"})
                    self.assertEqual(line["response"]["status_code"], 200)
                    response = Response.model_validate(line["response"]["body"])
                    # Some answers of reasoning models are cut off by their max_output_tokens.
                    self.assertIn((response.object, response.status), [("response", "completed"), ("response", "incomplete")])
                    self.assertGreater(response.usage.total_tokens, 0)

    def test_what_was_written_reached_the_model(self):
        answers = {line["custom_id"]: Response.model_validate(line["response"]["body"]) for line in lines(RESULTS[0])}
        cities = answers["städte-🐢"]
        self.assertEqual((cities.status, cities.temperature), ("completed", 0.5))
        self.assertTrue(cities.output_text)
        body = answers["line-000004"]
        self.assertEqual(body.metadata["custom_id"], "no-id")
        self.assertEqual((body.max_output_tokens, body.to_dict()["store"]), (256, False))

    def test_errors_hold_the_answer(self):
        refused = {line["custom_id"]: line["response"] for line in lines(ERRORS)}
        self.assertEqual({name: answer["status_code"] for name, answer in refused.items()}, {"hot": 400, "who": 404})
        self.assertEqual(refused["who"]["body"]["error"]["code"], "model_not_found")


if __name__ == "__main__":
    unittest.main()
