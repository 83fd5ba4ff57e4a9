"""The official openai package against the simulated API over HTTP.

Run from the repository:  python -m unittest discover -s tests/python
The server's path comes from SIMULATED_API, else target/release/simulated_api.
No assertion depends on how long something takes: waits are read, not measured.
"""

import asyncio
import contextlib
import http.client
import json
import os
import pathlib
import re
import subprocess
import unittest
import urllib.error
import urllib.parse
import urllib.request
from unittest import mock

import openai
from openai import AsyncOpenAI, OpenAI, RateLimitError

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("SIMULATED_API", ROOT / "target" / "release" / "simulated_api"))
MODEL = "gpt-5-nano"
PROMPT = "Give me a funny fact about turtles."
LIMIT_TEXT = re.compile(
    r"Rate limit reached for (?P<model>\S+) in organization \S+ on (?P<what>\w+) per (?P<per>\w+) \(\w+\): "
    r"Limit (?P<limit>\d+), Used (?P<used>\d+), Requested (?P<requested>\d+)\. Please try again in (?P<wait>[\dhms.]+)\."
)


@contextlib.contextmanager
def server(*arguments, latency_scale="0"):
    """A server on a free port, with instant answers unless told otherwise; gives its base URL."""
    command = [str(BINARY), "--port", "0", "--latency-scale", latency_scale, *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        greeting = process.stdout.readline()
        match = re.search(r"http://\S+/v1", greeting)
        if match is None:
            raise RuntimeError(f"{BINARY} said {greeting!r} instead of its address")
        yield match.group()
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def client_for(url, **options):
    return OpenAI(base_url=url, api_key="sk-simulated", **{"max_retries": 0, **options})


def seconds(text):
    """A Go duration such as 1m26.4s or 644ms, in seconds."""
    units = {"h": 3600, "m": 60, "s": 1, "ms": 0.001}
    return sum(float(number) * units[unit] for number, unit in re.findall(r"([\d.]+)(ms|h|m|s)", text))


class Answers(unittest.TestCase):
    """The ordinary scenario: what the notebook does."""

    @classmethod
    def setUpClass(cls):
        cls.url = cls.enterClassContext(server())
        cls.client = cls.enterClassContext(client_for(cls.url))

    def test_lists_models(self):
        models = {model.id: model for model in self.client.models.list().data}
        self.assertIn(MODEL, models)
        self.assertEqual(models[MODEL].owned_by, "system")
        self.assertEqual(models[MODEL].to_dict()["shutdown_date"], "2026-12-11")

    def test_usage_adds_up_and_the_text_says_it_is_simulated(self):
        prompt = "Explain what API rate limits are in 2 short bullet points."
        response = self.client.responses.create(model=MODEL, input=prompt)
        self.assertEqual(response.status, "completed")
        self.assertTrue(response.output_text.startswith("[simulated]"), response.output_text)
        self.assertEqual(response.metadata, {"simulated": "true"})
        self.assertEqual(response.model, "gpt-5-nano-2025-08-07")
        usage = response.usage
        self.assertGreater(usage.input_tokens, 0)
        self.assertEqual(usage.total_tokens, usage.input_tokens + usage.output_tokens)
        self.assertLessEqual(usage.output_tokens_details.reasoning_tokens, usage.output_tokens)
        self.assertLessEqual(usage.input_tokens_details.cached_tokens, usage.input_tokens)

    def test_counted_input_tokens_are_the_ones_charged(self):
        counted = self.client.responses.input_tokens.count(model=MODEL, input=PROMPT, instructions="Be brief.")
        response = self.client.responses.create(model=MODEL, input=PROMPT, instructions="Be brief.")
        self.assertEqual(counted.object, "response.input_tokens")
        self.assertEqual(counted.input_tokens, response.usage.input_tokens)

    def test_a_long_prompt_is_cached_when_it_comes_again(self):
        prompt = "turtles all the way down " * 300
        first, second = (self.client.responses.create(model=MODEL, input=prompt).usage for _ in range(2))
        self.assertEqual(first.input_tokens_details.cached_tokens, 0)
        self.assertGreaterEqual(second.input_tokens_details.cached_tokens, 1024)
        self.assertEqual(second.input_tokens_details.cached_tokens % 128, 0)

    def test_a_small_budget_can_go_into_reasoning_alone(self):
        request = {"model": MODEL, "input": PROMPT, "max_output_tokens": 64, "reasoning": {"effort": "high"}}
        response = self.client.responses.create(**request)
        self.assertEqual((response.status, response.output_text), ("incomplete", ""))
        self.assertEqual(response.incomplete_details.reason, "max_output_tokens")
        self.assertEqual([item.type for item in response.output], ["reasoning"])
        self.assertEqual(response.usage.output_tokens_details.reasoning_tokens, 64)

    def test_raw_headers(self):
        raw = self.client.responses.with_raw_response.create(model="gpt-4o-mini", input=PROMPT, max_output_tokens=64)
        self.assertEqual(raw.status_code, 200)
        headers = raw.headers
        self.assertEqual(headers["x-ratelimit-limit-requests"], "500")
        self.assertEqual(headers["x-ratelimit-remaining-requests"], "499")
        self.assertEqual(headers["x-ratelimit-reset-requests"], "120ms")
        self.assertEqual(headers["x-ratelimit-limit-tokens"], "200000")
        self.assertEqual(headers["x-ratelimit-remaining-tokens"], "199936")
        self.assertEqual(headers["x-ratelimit-reset-tokens"], "19ms")
        self.assertRegex(headers["x-request-id"], r"^req_[0-9a-f]{32}$")
        self.assertEqual(headers["openai-version"], "2020-10-01")
        self.assertIn("openai-processing-ms", headers)
        self.assertNotIn("retry-after", headers)
        self.assertTrue(raw.parse().output_text)

    def test_snapshots_share_their_familys_limit(self):
        remaining = [
            int(self.client.responses.with_raw_response.create(model=model, input="hi").headers[
                "x-ratelimit-remaining-tokens"
            ])
            for model in ("gpt-4.1", "gpt-4.1-2025-04-14")
        ]
        self.assertLess(remaining[1], remaining[0])


HEAD = ["response.created", "response.in_progress"]
REASONING = ["response.output_item.added", "response.output_item.done"]
MESSAGE = [
    "response.output_item.added",
    "response.content_part.added",
    "response.output_text.delta",
    "response.output_text.done",
    "response.content_part.done",
    "response.output_item.done",
]


def order(events):
    """The types of the events, a row of deltas as one."""
    types = [event.type for event in events]
    return [kind for kind, before in zip(types, [None, *types]) if kind != before or not kind.endswith("delta")]


class Streams(unittest.TestCase):
    """stream=True: the events as they come."""

    @classmethod
    def setUpClass(cls):
        cls.url = cls.enterClassContext(server())
        cls.client = cls.enterClassContext(client_for(cls.url))

    def test_events_in_order_from_a_plain_model(self):
        events = list(self.client.responses.create(model="gpt-4o-mini", input=PROMPT, stream=True))
        self.assertEqual(order(events), [*HEAD, *MESSAGE, "response.completed"])
        self.assertEqual([event.sequence_number for event in events], list(range(len(events))))
        deltas = [event.delta for event in events if event.type == "response.output_text.delta"]
        self.assertGreater(len(deltas), 3)
        final = events[-1].response
        self.assertTrue(final.output_text.startswith("[simulated]"))
        self.assertEqual("".join(deltas), final.output_text)
        self.assertEqual(final.usage.total_tokens, final.usage.input_tokens + final.usage.output_tokens)
        self.assertEqual((events[0].response.status, events[0].response.usage), ("in_progress", None))

    def test_events_in_order_from_a_reasoning_model(self):
        events = list(self.client.responses.create(model=MODEL, input=PROMPT, stream=True))
        self.assertEqual(order(events), [*HEAD, *REASONING, *MESSAGE, "response.completed"])
        self.assertEqual({event.output_index for event in events if event.type.startswith("response.output_text")}, {1})

    def test_the_helper_builds_the_same_response(self):
        with self.client.responses.stream(model=MODEL, input=PROMPT) as stream:
            snapshots = [event.snapshot for event in stream if event.type == "response.output_text.delta"]
            final = stream.get_final_response()
        self.assertEqual(snapshots[-1], final.output_text)
        self.assertEqual((final.status, final.metadata), ("completed", {"simulated": "true"}))
        self.assertGreater(final.usage.output_tokens, 0)

    def test_an_async_client_reads_it_too(self):
        async def text():
            async with AsyncOpenAI(base_url=self.url, api_key="sk-simulated") as client:
                stream = await client.responses.create(model=MODEL, input=PROMPT, stream=True)
                return "".join([event.delta async for event in stream if event.type == "response.output_text.delta"])

        self.assertTrue(asyncio.run(text()).startswith("[simulated]"))

    def test_a_small_budget_ends_incomplete(self):
        request = {"model": MODEL, "input": PROMPT, "max_output_tokens": 64, "reasoning": {"effort": "high"}}
        events = list(self.client.responses.create(**request, stream=True))
        self.assertEqual(order(events), [*HEAD, *REASONING, "response.incomplete"])
        final = events[-1].response
        self.assertEqual((final.status, final.incomplete_details.reason), ("incomplete", "max_output_tokens"))
        self.assertEqual(final.usage.output_tokens, 64)

    def test_headers_of_a_stream(self):
        raw = self.client.responses.with_raw_response.create(model="gpt-4.1", input=PROMPT, stream=True)
        self.assertEqual(raw.headers["content-type"], "text/event-stream; charset=utf-8")
        self.assertEqual(raw.headers["x-ratelimit-remaining-requests"], "499")
        self.assertEqual(raw.headers["transfer-encoding"], "chunked")
        self.assertEqual(list(raw.parse())[-1].type, "response.completed")

    def test_a_limit_at_admission_is_a_plain_429(self):
        with server("--scenario", "first-429") as url, client_for(url) as client:
            for _ in range(3):
                list(client.responses.create(model=MODEL, input=PROMPT, stream=True))
            with self.assertRaises(RateLimitError) as caught:
                client.responses.create(model=MODEL, input=PROMPT, stream=True)
        self.assertEqual(caught.exception.response.headers["content-type"], "application/json")
        self.assertEqual(int(caught.exception.response.headers["retry-after-ms"]), 20000)

    def test_a_limit_in_mid_stream_comes_after_the_200_and_past_the_sdks_retries(self):
        with server("--scenario", "mid-stream") as url, client_for(url, max_retries=2) as client:
            seen = []
            with self.assertRaises(openai.APIError) as caught:
                for event in client.responses.create(model=MODEL, input=PROMPT, stream=True):
                    seen.append(event)
            self.assertNotIsInstance(caught.exception, openai.APIStatusError)
            self.assertEqual(caught.exception.code, "rate_limit_exceeded")
            self.assertIn("Limit 30, Used 30, Requested 1. Please try again in 2s.", caught.exception.message)
            self.assertEqual(seen[-1].type, "response.output_text.delta")
            again = list(client.responses.create(model=MODEL, input=PROMPT, stream=True))
            self.assertEqual(again[-1].type, "response.completed")


class Refusals(unittest.TestCase):
    """What no waiting cures."""

    @classmethod
    def setUpClass(cls):
        cls.url = cls.enterClassContext(server("--require-key", "sk-simulated"))
        cls.client = cls.enterClassContext(client_for(cls.url))

    def create(self, **changes):
        return self.client.responses.create(**{"model": MODEL, "input": PROMPT, **changes})

    def test_400_temperature(self):
        with self.assertRaises(openai.BadRequestError) as caught:
            self.create(temperature=0.5)
        self.assertEqual((caught.exception.param, caught.exception.type), ("temperature", "invalid_request_error"))
        self.assertIn("'temperature' is not supported with this model", caught.exception.message)
        self.assertTrue(self.create(model="gpt-4o-mini", temperature=0.5).output_text)

    def test_400_effort_and_budget(self):
        with self.assertRaises(openai.BadRequestError) as caught:
            self.create(reasoning={"effort": "xhigh"})
        self.assertEqual((caught.exception.param, caught.exception.code), ("reasoning.effort", "unsupported_value"))
        with self.assertRaises(openai.BadRequestError) as caught:
            self.create(max_output_tokens=5)
        self.assertEqual(caught.exception.param, "max_output_tokens")

    def test_401_wrong_key_is_echoed_in_part(self):
        with client_for(self.url).with_options(api_key="sk-WRONGKEY00000000wxyz") as wrong:
            with self.assertRaises(openai.AuthenticationError) as caught:
                wrong.models.list()
        self.assertEqual(caught.exception.code, "invalid_api_key")
        self.assertIn("sk-WRONG***********wxyz", caught.exception.message)

    def test_401_no_key(self):
        status, body = self.raw("POST", "/responses", b"{}", key=None)
        self.assertEqual(status, 401)
        self.assertEqual(body["error"]["message"], "Missing bearer or basic authentication in header")

    def test_404_model(self):
        with self.assertRaises(openai.NotFoundError) as caught:
            self.create(model="gpt-9-example")
        self.assertEqual(caught.exception.code, "model_not_found")
        self.assertIn("The model `gpt-9-example` does not exist", caught.exception.message)

    def test_404_path_405_method_and_400_bodies(self):
        status, body = self.raw("POST", "/foo", b"{}")
        self.assertEqual((status, body["error"]["message"]), (404, "Invalid URL (POST /v1/foo)"))
        self.assertEqual(self.raw("DELETE", "/responses", None)[0], 405)
        status, body = self.raw("POST", "/responses", b"{not json")
        self.assertEqual((status, body["error"]["type"]), (400, "invalid_request_error"))
        self.assertIn("could not parse the JSON body", body["error"]["message"])
        status, body = self.raw("POST", "/responses", json.dumps({"model": MODEL}).encode())
        self.assertEqual((status, body["error"]["param"]), (400, "input"))

    def raw(self, method, path, body, key="sk-simulated"):
        request = urllib.request.Request(self.url + path, data=body, method=method)
        request.add_header("Content-Type", "application/json")
        if key:
            request.add_header("Authorization", f"Bearer {key}")
        with self.assertRaises(urllib.error.HTTPError) as caught, urllib.request.urlopen(request):
            pass
        with caught.exception as error:
            return error.code, json.loads(error.read())


class Audit(unittest.TestCase):
    """Which request arrived, how often, and what became of it."""

    def audit(self, url):
        request = urllib.request.Request(url.removesuffix("/v1") + "/_audit", headers={"Authorization": "Bearer sk-simulated"})
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)["requests"]

    def test_each_request_by_its_custom_id(self):
        with server("--audit", "--scenario", "first-429") as url, client_for(url) as client:
            client.models.list()
            for custom_id in ("a", "b", "a"):
                client.responses.create(model=MODEL, input=PROMPT, metadata={"custom_id": custom_id})
            with self.assertRaises(RateLimitError):
                client.responses.create(model=MODEL, input=PROMPT, metadata={"other": "x"})
            seen = self.audit(url)
        self.assertEqual(
            [(request["custom_id"], request["status"]) for request in seen],
            [("a", 200), ("b", 200), ("a", 200), (None, 429)],
        )
        for request in seen:
            self.assertLessEqual(request["arrived_ms"], request["ended_ms"])

    def test_a_client_that_hangs_up_is_told_from_one_that_waits(self):
        # Answers take minutes: nothing ends by itself here.
        with server("--audit", latency_scale="1000") as url:
            address = urllib.parse.urlsplit(url)
            body = json.dumps({"model": MODEL, "input": PROMPT, "metadata": {"custom_id": "a"}})
            connection = http.client.HTTPConnection(address.hostname, address.port)
            connection.request("POST", "/v1/responses", body, {"Authorization": "Bearer sk-simulated"})
            while not (seen := self.audit(url)):
                pass
            self.assertEqual([(request["custom_id"], request["ended_ms"]) for request in seen], [("a", None)])
            connection.close()
            while seen[0]["ended_ms"] is None:
                seen = self.audit(url)
            self.assertIsNone(seen[0]["status"])

    def test_without_the_switch_there_is_no_such_path(self):
        with server() as url, self.assertRaises(urllib.error.HTTPError) as caught:
            self.audit(url)
        self.assertEqual(caught.exception.code, 404)
        caught.exception.close()


class RateLimits(unittest.TestCase):
    """What waiting cures, and the 429s that it does not."""

    def test_the_first_429(self):
        with server("--scenario", "first-429") as url, client_for(url) as client:
            for _ in range(3):
                client.responses.create(model=MODEL, input=PROMPT)
            with self.assertRaises(RateLimitError) as caught:
                client.responses.create(model=MODEL, input=PROMPT)
        error = caught.exception
        self.assertEqual(error.status_code, 429)
        self.assertEqual((error.type, error.code, error.param), ("requests", "rate_limit_exceeded", None))
        said = LIMIT_TEXT.search(error.body["message"])
        self.assertIsNotNone(said, error.body["message"])
        numbers = [int(said[name]) for name in ("limit", "used", "requested")]
        self.assertEqual((said["model"], said["what"], said["per"], numbers), (MODEL, "requests", "min", [3, 3, 1]))
        limit, used, requested = numbers
        self.assertEqual(seconds(said["wait"]), (used + requested - limit) * 60 / limit)
        headers = error.response.headers
        self.assertEqual(headers["x-ratelimit-remaining-requests"], "0")
        self.assertEqual(int(headers["retry-after"]), 20)
        self.assertEqual(int(headers["retry-after-ms"]), 20000)
        self.assertEqual(headers["x-request-id"], error.request_id)

    def test_tokens_run_out_first(self):
        with server("--tpm", "1000") as url, client_for(url) as client:
            client.responses.create(model=MODEL, input=PROMPT, max_output_tokens=900)
            with self.assertRaises(RateLimitError) as caught:
                client.responses.create(model=MODEL, input=PROMPT, max_output_tokens=500)
        error = caught.exception
        said = LIMIT_TEXT.search(error.body["message"])
        limit, used, requested = (int(said[name]) for name in ("limit", "used", "requested"))
        self.assertEqual((error.type, said["what"], limit, requested), ("tokens", "tokens", 1000, 500))
        self.assertEqual(int(seconds(said["wait"]) * 1000), (used + requested - limit) * 60_000 // limit)
        self.assertEqual(int(error.response.headers["x-ratelimit-remaining-tokens"]), limit - used)

    def test_request_too_large(self):
        with server("--scenario", "request-too-large") as url, client_for(url) as client:
            with self.assertRaises(RateLimitError) as caught:
                client.responses.create(model=MODEL, input=PROMPT)
        self.assertRegex(caught.exception.body["message"], r"^Request too large for gpt-5-nano .*Limit 5, Requested \d+\.")
        self.assertEqual((caught.exception.type, caught.exception.code), ("tokens", "rate_limit_exceeded"))
        self.assertNotIn("retry-after", caught.exception.response.headers)

    def test_quota(self):
        with server("--scenario", "quota-exhausted") as url, client_for(url) as client:
            with self.assertRaises(RateLimitError) as caught:
                client.responses.create(model=MODEL, input=PROMPT)
        error = caught.exception
        self.assertEqual((error.type, error.code), ("insufficient_quota", "insufficient_quota"))
        self.assertTrue(error.body["message"].startswith("You exceeded your current quota"))
        self.assertFalse([name for name in error.response.headers if name.startswith(("retry-after", "x-ratelimit"))])

    def test_daily_limit(self):
        with server("--scenario", "daily-limit") as url, client_for(url) as client:
            for _ in range(2):
                client.responses.create(model=MODEL, input=PROMPT)
            with self.assertRaises(RateLimitError) as caught:
                client.responses.create(model=MODEL, input=PROMPT)
        self.assertIn("(RPD): Limit 200, Used 200, Requested 1. Please try again in 7m12s.", caught.exception.message)

    def test_overloaded(self):
        with server("--scenario", "overloaded") as url, client_for(url) as client:
            with self.assertRaises(openai.InternalServerError) as caught:
                client.responses.create(model=MODEL, input=PROMPT)
        self.assertEqual((caught.exception.status_code, caught.exception.code), (503, "server_is_overloaded"))
        self.assertGreaterEqual(int(caught.exception.response.headers["retry-after"]), 1)

    def test_the_sdks_own_retry_waits_as_it_is_told(self):
        answers, slept = [], []

        def note(response):
            if response.status_code == 429:
                answers.append(int(response.headers["retry-after-ms"]) / 1000)

        hooks = {"response": [note]}
        with server("--scenario", "first-429") as url:
            with client_for(url, max_retries=2, http_client=openai.DefaultHttpxClient(event_hooks=hooks)) as client:
                for _ in range(3):
                    client.responses.create(model=MODEL, input=PROMPT)
                with mock.patch("openai._base_client.time.sleep", slept.append), self.assertRaises(RateLimitError):
                    client.responses.create(model=MODEL, input=PROMPT)
        self.assertEqual(len(answers), 3)
        self.assertEqual(slept, answers[:2])
        self.assertTrue(all(0 < wait <= 20 for wait in slept), slept)

    def test_a_parallel_burst(self):
        async def burst(url):
            async with AsyncOpenAI(base_url=url, api_key="sk-simulated", max_retries=0) as client:
                calls = (client.responses.create(model=MODEL, input=PROMPT, max_output_tokens=64) for _ in range(10))
                return await asyncio.gather(*calls, return_exceptions=True)

        with server("--scenario", "first-429") as url:
            results = asyncio.run(burst(url))
        refused = [result for result in results if isinstance(result, RateLimitError)]
        self.assertEqual((len(results) - len(refused), len(refused)), (3, 7))
        self.assertEqual(len({error.request_id for error in refused}), 7)


class Browsers(unittest.TestCase):
    """What a page on another origin may read."""

    def ask(self, url, method="POST", **headers):
        body = json.dumps({"model": MODEL, "input": PROMPT}).encode() if method == "POST" else None
        request = urllib.request.Request(url + "/responses", data=body, method=method, headers=headers)
        try:
            with urllib.request.urlopen(request) as response:
                return response.status, response.headers
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers

    def test_a_preflight_allows_what_is_asked(self):
        asked = {"Origin": "https://example.org", "Access-Control-Request-Headers": "authorization,x-stainless-lang"}
        with server() as url:
            status, headers = self.ask(url, "OPTIONS", **asked)
        self.assertEqual(status, 200)
        self.assertEqual(headers["Access-Control-Allow-Origin"], "*")
        self.assertEqual(headers["Access-Control-Allow-Headers"], "authorization,x-stainless-lang")
        self.assertIn("POST", headers["Access-Control-Allow-Methods"])

    def test_headers_are_exposed_or_hidden(self):
        key = {"Authorization": "Bearer sk-simulated", "Content-Type": "application/json"}
        with server() as url:
            exposed = self.ask(url, **key)[1]["Access-Control-Expose-Headers"]
            self.assertIn("x-ratelimit-remaining-tokens", exposed)
            self.assertIn("retry-after-ms", exposed)
        with server("--expose-headers", "none") as url:
            headers = self.ask(url, **key)[1]
            self.assertEqual(headers["Access-Control-Expose-Headers"], "X-Request-ID")
            self.assertEqual(headers["Access-Control-Allow-Origin"], "*")
            status, headers = self.ask(url)
            self.assertEqual((status, headers["Access-Control-Allow-Origin"]), (401, None))


if __name__ == "__main__":
    unittest.main()
