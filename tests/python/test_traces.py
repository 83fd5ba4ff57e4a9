"""Traces as Sluice writes them, read by the official packages, under the names that these have for what is in them.

What was written is in tests/traces, made by `cargo test --test traces` from calls.json beside it.
"""

import json
import unittest

from google.protobuf import json_format
from openinference.semconv.resource import ResourceAttributes
from openinference.semconv.trace import (
    MessageAttributes,
    OpenInferenceLLMProviderValues,
    OpenInferenceLLMSystemValues,
    OpenInferenceMimeTypeValues,
    OpenInferenceSpanKindValues,
    SpanAttributes,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status
from opentelemetry.semconv._incubating.attributes import gen_ai_attributes as gen_ai
from opentelemetry.semconv._incubating.attributes import http_attributes as http
from opentelemetry.semconv._incubating.attributes import openai_attributes as openai
from opentelemetry.semconv._incubating.attributes import session_attributes as session
from opentelemetry.semconv.attributes import error_attributes as error
from opentelemetry.semconv.attributes import server_attributes as server
from opentelemetry.semconv.attributes import service_attributes as service
from opentelemetry.semconv.attributes import url_attributes as url

from test_conformance import ROOT

TRACES = ROOT / "tests" / "traces"
CALLS = {call["id"]: call for call in json.loads((TRACES / "calls.json").read_text())}
ANSWERED, GAVE_UP, NO_USAGE = CALLS
MESSAGE = MessageAttributes


def from_protobuf(name):
    return ExportTraceServiceRequest.FromString((TRACES / f"{name}.binpb").read_bytes())


def from_json(name):
    """OTLP/JSON has ids in hexadecimal where protobuf's own mapping has base64; all else is as protobuf has it."""
    (line,) = (TRACES / f"{name}.jsonl").read_text().splitlines()
    written = json.loads(line)
    request = json_format.ParseDict(written, ExportTraceServiceRequest())
    for mine, theirs in zip(spans_of(request), written["resourceSpans"][0]["scopeSpans"][0]["spans"], strict=True):
        assert theirs["traceId"] == theirs["traceId"].lower() and isinstance(theirs["startTimeUnixNano"], str)
        assert isinstance(theirs["kind"], int)
        mine.trace_id, mine.span_id = bytes.fromhex(theirs["traceId"]), bytes.fromhex(theirs["spanId"])
        mine.parent_span_id = bytes.fromhex(theirs.get("parentSpanId", ""))
    return request


def spans_of(request):
    return [span for resource in request.resource_spans for scope in resource.scope_spans for span in scope.spans]


def value_of(value):
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [value_of(item) for item in value.array_value.values]
    return getattr(value, kind)


def attributes_of(holder):
    found = {attribute.key: value_of(attribute.value) for attribute in holder.attributes}
    assert len(found) == len(holder.attributes), "a name twice"
    return found


class Traces(unittest.TestCase):
    def each(self, name):
        for read in (from_protobuf, from_json):
            request = read(name)
            yield request, spans_of(request)

    def trace(self, spans, call):
        root, *children = [span for span in spans if span.trace_id.hex() == call]
        self.assertEqual(root.parent_span_id, b"")
        for child in children:
            self.assertEqual(child.parent_span_id, root.span_id)
            self.assertGreaterEqual(child.start_time_unix_nano, root.start_time_unix_nano)
            self.assertLessEqual(child.end_time_unix_nano, root.end_time_unix_nano)
        return root, children

    def holds(self, holder, expected):
        found = attributes_of(holder)
        self.assertEqual({name: found.get(name) for name in expected}, expected)

    def test_both_encodings_say_the_same(self):
        for name in ("traces", "traces_with_content"):
            self.assertEqual(from_protobuf(name), from_json(name))

    def test_the_program_and_its_project_are_named(self):
        for request, spans in self.each("traces"):
            (resource,) = request.resource_spans
            self.holds(resource.resource, {service.SERVICE_NAME: "sluice", ResourceAttributes.PROJECT_NAME: "sluice"})
            self.assertEqual(len({span.span_id for span in spans}), len(spans))
            self.assertEqual({len(span.trace_id) for span in spans}, {16})
            self.assertEqual({len(span.span_id) for span in spans}, {8})

    def test_a_call_that_was_answered(self):
        call = CALLS[ANSWERED]
        usage = call["attempts"][1]["counts_as"]["usage"]
        for _, spans in self.each("traces"):
            root, (refused, wait, answered) = self.trace(spans, ANSWERED)
            self.assertEqual((root.name, root.kind), ("chat gpt-5-nano", Span.SPAN_KIND_CLIENT))
            self.assertEqual(root.status.code, Status.STATUS_CODE_OK)
            self.assertEqual(root.start_time_unix_nano, call["queued_at_micros"] * 1000)
            self.assertEqual(root.end_time_unix_nano, (call["queued_at_micros"] + call["ended_micros"]) * 1000)
            self.holds(
                root,
                {
                    gen_ai.GEN_AI_OPERATION_NAME: gen_ai.GenAiOperationNameValues.CHAT.value,
                    gen_ai.GEN_AI_PROVIDER_NAME: gen_ai.GenAiProviderNameValues.OPENAI.value,
                    gen_ai.GEN_AI_SYSTEM: gen_ai.GenAiSystemValues.OPENAI.value,
                    gen_ai.GEN_AI_REQUEST_MODEL: "gpt-5-nano",
                    gen_ai.GEN_AI_REQUEST_MAX_TOKENS: 64,
                    gen_ai.GEN_AI_REQUEST_TEMPERATURE: 0.5,
                    gen_ai.GEN_AI_REQUEST_TOP_P: 0.9,
                    gen_ai.GEN_AI_RESPONSE_ID: "resp_1",
                    gen_ai.GEN_AI_RESPONSE_MODEL: "gpt-5-nano-2025-08-07",
                    gen_ai.GEN_AI_RESPONSE_FINISH_REASONS: ["stop"],
                    gen_ai.GEN_AI_RESPONSE_TIME_TO_FIRST_CHUNK: 0.5,
                    gen_ai.GEN_AI_USAGE_INPUT_TOKENS: usage["input_tokens"],
                    gen_ai.GEN_AI_USAGE_OUTPUT_TOKENS: usage["output_tokens"],
                    gen_ai.GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS: usage["cached_tokens"],
                    gen_ai.GEN_AI_USAGE_CACHE_CREATION_INPUT_TOKENS: usage["cache_write_tokens"],
                    gen_ai.GEN_AI_USAGE_REASONING_OUTPUT_TOKENS: usage["reasoning_tokens"],
                    openai.OPENAI_REQUEST_SERVICE_TIER: "flex",
                    openai.OPENAI_RESPONSE_SERVICE_TIER: "flex",
                    server.SERVER_ADDRESS: "api.openai.com",
                    server.SERVER_PORT: 443,
                    session.SESSION_ID: call["run"],
                    error.ERROR_TYPE: None,
                },
            )
            self.holds(
                root,
                {
                    SpanAttributes.OPENINFERENCE_SPAN_KIND: OpenInferenceSpanKindValues.LLM.value,
                    SpanAttributes.LLM_MODEL_NAME: "gpt-5-nano-2025-08-07",
                    SpanAttributes.LLM_PROVIDER: OpenInferenceLLMProviderValues.OPENAI.value,
                    SpanAttributes.LLM_SYSTEM: OpenInferenceLLMSystemValues.OPENAI.value,
                    SpanAttributes.LLM_TOKEN_COUNT_PROMPT: usage["input_tokens"],
                    SpanAttributes.LLM_TOKEN_COUNT_COMPLETION: usage["output_tokens"],
                    SpanAttributes.LLM_TOKEN_COUNT_TOTAL: usage["total_tokens"],
                    SpanAttributes.LLM_TOKEN_COUNT_PROMPT_DETAILS_CACHE_READ: usage["cached_tokens"],
                    SpanAttributes.LLM_TOKEN_COUNT_PROMPT_DETAILS_CACHE_WRITE: usage["cache_write_tokens"],
                    SpanAttributes.LLM_TOKEN_COUNT_COMPLETION_DETAILS_REASONING: usage["reasoning_tokens"],
                    SpanAttributes.LLM_FINISH_REASON: "stop",
                    SpanAttributes.SESSION_ID: call["run"],
                },
            )
            found = attributes_of(root)
            parameters = {"max_output_tokens": 64, "temperature": 0.5, "top_p": 0.9, "service_tier": "flex", "store": False}
            self.assertEqual(json.loads(found[SpanAttributes.LLM_INVOCATION_PARAMETERS]), parameters)
            metadata = {"api": "live", "made_in": "burst", "label": "Request 3", "lane": 2, "attempts": 2}
            self.assertEqual(json.loads(found[SpanAttributes.METADATA]), metadata)

            self.assertEqual([span.name for span in (refused, wait, answered)], ["POST /responses", "wait", "POST /responses"])
            self.assertEqual(refused.status.code, Status.STATUS_CODE_ERROR)
            self.assertEqual(answered.status.code, Status.STATUS_CODE_UNSET)
            self.holds(
                refused,
                {
                    http.HTTP_REQUEST_METHOD: "POST",
                    http.HTTP_RESPONSE_STATUS_CODE: 429,
                    http.HTTP_REQUEST_RESEND_COUNT: None,
                    url.URL_FULL: "https://api.openai.com/v1/responses",
                    error.ERROR_TYPE: "429",
                    f"{http.HTTP_RESPONSE_HEADER_TEMPLATE}.x-ratelimit-limit-requests": ["3"],
                    "sluice.attempt": 1,
                },
            )
            self.holds(answered, {http.HTTP_RESPONSE_STATUS_CODE: 200, http.HTTP_REQUEST_RESEND_COUNT: 1, "sluice.attempt": 2})
            waited = {"planned_ms": 1500.0, "actual_ms": 1500.5, "source": "retry_after", "asked_ms": 1000.0}
            self.holds(wait, {f"sluice.wait.{name}": value for name, value in waited.items()})
            self.assertEqual([event.name for event in answered.events], ["first token"])

    def test_calls_without_usage_tell_no_tokens(self):
        for name in ("traces", "traces_with_content"):
            for _, spans in self.each(name):
                for span in spans:
                    told = [key for key in attributes_of(span) if "token_count" in key or key.startswith("gen_ai.usage")]
                    is_answered = span.trace_id.hex() == ANSWERED and not span.parent_span_id
                    self.assertEqual(len(told), 11 if is_answered else 0, told)

    def test_a_call_that_failed_says_why(self):
        for _, spans in self.each("traces"):
            root, children = self.trace(spans, GAVE_UP)
            self.assertEqual((root.status.code, root.status.message), (Status.STATUS_CODE_ERROR, "Gave up after 2 attempts. No answer within 120 s"))
            self.holds(root, {error.ERROR_TYPE: "unknown", server.SERVER_ADDRESS: "simulated", server.SERVER_PORT: None})
            self.assertEqual(len(children), 3)
            self.holds(children[0], {error.ERROR_TYPE: "503", url.URL_FULL: None})
            self.holds(children[2], {error.ERROR_TYPE: "unknown", "sluice.may_be_billed": True})

    def test_an_answer_that_was_cut_off(self):
        for _, spans in self.each("traces"):
            root, (answered,) = self.trace(spans, NO_USAGE)
            self.holds(root, {gen_ai.GEN_AI_RESPONSE_FINISH_REASONS: ["length"], server.SERVER_ADDRESS: "localhost", server.SERVER_PORT: 11434})
            self.holds(answered, {"sluice.headers_hidden": True})

    def test_content_is_there_only_where_it_is_asked_for(self):
        words = ("token bucket", "Be brief", "refills", "work")
        for ending in ("binpb", "jsonl"):
            left_out = (TRACES / f"traces.{ending}").read_bytes().decode(errors="replace")
            self.assertEqual([word for word in words if word in left_out], [])
        for _, spans in self.each("traces_with_content"):
            root, _ = self.trace(spans, ANSWERED)
            expected = {
                SpanAttributes.INPUT_MIME_TYPE: OpenInferenceMimeTypeValues.JSON.value,
                SpanAttributes.OUTPUT_VALUE: "A level that refills.",
                SpanAttributes.OUTPUT_MIME_TYPE: OpenInferenceMimeTypeValues.TEXT.value,
            }
            said = [("system", "Be brief."), ("user", "What is a token bucket?")]
            for place, (role, content) in enumerate(said):
                expected[f"{SpanAttributes.LLM_INPUT_MESSAGES}.{place}.{MESSAGE.MESSAGE_ROLE}"] = role
                expected[f"{SpanAttributes.LLM_INPUT_MESSAGES}.{place}.{MESSAGE.MESSAGE_CONTENT}"] = content
            expected[f"{SpanAttributes.LLM_OUTPUT_MESSAGES}.0.{MESSAGE.MESSAGE_ROLE}"] = "assistant"
            expected[f"{SpanAttributes.LLM_OUTPUT_MESSAGES}.0.{MESSAGE.MESSAGE_CONTENT}"] = "A level that refills."
            self.holds(root, expected)
            self.assertEqual(json.loads(attributes_of(root)[SpanAttributes.INPUT_VALUE]), CALLS[ANSWERED]["request"])


if __name__ == "__main__":
    unittest.main()
