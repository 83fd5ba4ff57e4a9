"""The official openai package's files and batches against the simulated API over HTTP.

No assertion depends on how long something takes: jobs are instant, or far from over.
"""

import io
import json
import unittest

import openai
from openai.types.responses import Response

from test_conformance import MODEL, client_for, server


def request_line(custom_id, **body):
    body = {"model": MODEL, "input": "Give me a funny fact about turtles.", **body}
    return json.dumps({"custom_id": custom_id, "method": "POST", "url": "/v1/responses", "body": body})


def upload(client, *lines):
    content = io.BytesIO("\n".join(lines).encode())
    return client.files.create(file=("requests.jsonl", content), purpose="batch")


def create(client, file):
    return client.batches.create(input_file_id=file.id, endpoint="/v1/responses", completion_window="24h")


class Jobs(unittest.TestCase):
    """Jobs that are over at once."""

    @classmethod
    def setUpClass(cls):
        cls.client = cls.enterClassContext(client_for(cls.enterClassContext(server())))

    def test_from_file_to_results(self):
        client = self.client
        lines = [request_line(f"r{number}") for number in range(10)] + [request_line("hot", temperature=0.5)]
        file = upload(client, *lines)
        self.assertEqual((file.object, file.purpose, file.status), ("file", "batch", "processed"))
        self.assertEqual(client.files.content(file.id).text, "\n".join(lines))
        job = client.batches.create(
            input_file_id=file.id, endpoint="/v1/responses", completion_window="24h", metadata={"name": "turtles"}
        )
        job = client.batches.retrieve(job.id)
        self.assertEqual((job.status, job.metadata, job.errors), ("completed", {"name": "turtles"}, None))
        self.assertEqual((job.request_counts.total, job.request_counts.completed, job.request_counts.failed), (11, 10, 1))
        results = [json.loads(line) for line in client.files.content(job.output_file_id).text.splitlines()]
        self.assertEqual({line["custom_id"] for line in results}, {f"r{number}" for number in range(10)})
        for line in results:
            response = Response.model_validate(line["response"]["body"])
            self.assertIn(response.status, ["completed", "incomplete"])
            self.assertIsNone(line["error"])
        [error] = [json.loads(line) for line in client.files.content(job.error_file_id).text.splitlines()]
        self.assertEqual((error["custom_id"], error["response"]["status_code"]), ("hot", 400))
        self.assertEqual(client.files.retrieve(job.output_file_id).purpose, "batch_output")
        self.assertIn(job.id, [listed.id for listed in client.batches.list(limit=2)])
        self.assertTrue(client.files.delete(file.id).deleted)
        with self.assertRaises(openai.NotFoundError):
            client.files.retrieve(file.id)

    def test_a_wrong_file_fails_the_job(self):
        job = create(self.client, upload(self.client, request_line("a"), "{oops"))
        job = self.client.batches.retrieve(job.id)
        self.assertEqual((job.status, job.output_file_id), ("failed", None))
        [error] = job.errors.data
        self.assertEqual((error.code, error.line), ("invalid_json_line", 2))
        self.assertEqual(error.message, "This line is not parseable as valid JSON.")

    def test_bad_uploads_and_jobs(self):
        with self.assertRaisesRegex(openai.BadRequestError, "Must be .jsonl"):
            self.client.files.create(file=("requests.txt", b"x"), purpose="batch")
        with self.assertRaises(openai.BadRequestError):
            self.client.files.create(file=("requests.jsonl", b"x"), purpose="fine-tune")
        with self.assertRaises(openai.NotFoundError):
            self.client.batches.retrieve("batch_none")
        with self.assertRaises(openai.BadRequestError):
            file = upload(self.client, request_line("a"))
            self.client.batches.create(input_file_id=file.id, endpoint="/v1/embeddings", completion_window="24h")

    def test_a_file_of_a_few_megabytes_is_taken(self):
        lines = [request_line(f"r{number}", input="turtles " * 500) for number in range(1_000)]
        self.assertGreater(upload(self.client, *lines).bytes, 4_000_000)


class Queues(unittest.TestCase):
    """Jobs that take their time."""

    def test_cancel(self):
        with server("--batch-turnaround", "3600", latency_scale="1") as url, client_for(url) as client:
            job = create(client, upload(client, request_line("a")))
            self.assertEqual((job.status, job.output_file_id), ("validating", None))
            self.assertEqual(client.batches.cancel(job.id).status, "cancelling")

    def test_a_full_queue(self):
        with server("--batch-enqueued-tokens", "5") as url, client_for(url) as client:
            job = create(client, upload(client, request_line("a")))
            [error] = client.batches.retrieve(job.id).errors.data
            self.assertEqual(error.code, "token_limit_exceeded")
            self.assertRegex(error.message, r"^Enqueued token limit reached for gpt-5-nano in organization \S+\. Limit: 5 ")


if __name__ == "__main__":
    unittest.main()
