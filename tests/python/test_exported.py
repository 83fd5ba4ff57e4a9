"""The exported programs in Python and in Bash, unchanged, against the retry loop's own waits.

What they are answered is in tests/exported/golden.json, with the draws and the waits of the retry loop; sleeping, the
clock and the random numbers are patched. Some of it is asked of simulated_api itself.
"""

import contextlib
import http.server
import io
import itertools
import json
import os
import pathlib
import runpy
import subprocess
import tempfile
import threading
import unittest
from unittest import mock

from test_conformance import ROOT, client_for, server

EXPORTED = ROOT / "tests" / "exported"
GOLDEN = json.loads((EXPORTED / "golden.json").read_text())
# What simulated_api answers in a scenario, as the golden answers have it, and after how many requests.
SIMULATED = {
    "answered at once": ("tier-1", 0),
    "refused for good": ("first-429", 3),
    "no credit": ("quota-exhausted", 0),
    "too large": ("request-too-large", 0),
}
# Seconds are drawn from the same numbers by other arithmetic.
CLOSE = 1e-6
# awk prints six digits.
SIX_DIGITS = 1e-5


def programs(*targets):
    found = sorted(path for target in targets for path in (EXPORTED / "programs").glob(f"*.{target}.*"))
    assert found, targets
    return found


def trace_of(program, answers):
    by_program = GOLDEN["traces"].get(program.stem) or GOLDEN["traces"][program.stem.split(".")[0]]
    return by_program[answers]


@contextlib.contextmanager
def scripted(answers):
    """A server that gives its answers one after the other, the last one again and again; gives URL and count."""
    sent = itertools.count()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            answer = answers[min(next(sent), len(answers) - 1)]
            self.close_connection = True
            if answer is None:
                return
            body = answer["body"].encode()
            self.send_response(answer["status"])
            for name, value in [*answer["headers"], ("content-length", len(body)), ("connection", "close")]:
                self.send_header(name, str(value))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.server_port}/v1", lambda: next(sent)
        finally:
            listening.shutdown()
            thread.join()


class Patched:
    """Time that passes only by sleeping, and the recorded draw of each wait."""

    def __init__(self, draws):
        self.draws, self.slept = draws, []

    def random(self):
        at = min(len(self.slept), len(self.draws) - 1)
        return self.draws[at] / 32768 if self.draws else 0.5

    def uniform(self, low, high):
        return low + (high - low) * self.random()

    def time(self):
        return GOLDEN["wall"] + sum(self.slept)

    def monotonic(self):
        return 1000 + sum(self.slept)


def run_python(program, url, draws):
    """Runs a program as it is; gives its waits and whether it ended well."""
    patched = Patched(draws)
    environment = {"OPENAI_API_KEY": "sk-simulated", "OPENAI_BASE_URL": url}
    patches = [
        mock.patch.dict(os.environ, environment),
        mock.patch("time.sleep", patched.slept.append),
        mock.patch("time.time", patched.time),
        mock.patch("time.monotonic", patched.monotonic),
        mock.patch("random.random", patched.random),
        mock.patch("random.uniform", patched.uniform),
        mock.patch("openai._base_client.random", patched.random),
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
    ]
    with contextlib.ExitStack() as stack:
        for patch in patches:
            stack.enter_context(patch)
        try:
            runpy.run_path(str(program), run_name="__main__")
            succeeded = True
        except SystemExit as exit:
            # A message for people, not a number.
            assert isinstance(exit.code, str) and "Failed" in exit.code, exit.code
            succeeded = False
    return patched.slept, succeeded


# Sourced before the program: its own sleep, clock and random numbers stand in for Bash's.
PATCHES = r"""
unset RANDOM SECONDS
draws=($DRAWS)
sleeps=0
SECONDS=0
RANDOM=${draws[0]:-0}
sleep() {
  echo "$1" >>"$SLEPT"
  sleeps=$((sleeps + 1))
  RANDOM=${draws[$sleeps]:-0}
  SECONDS=$(awk "BEGIN { printf \"%.9g\", $SECONDS + $1 }")
}
date() {
  if [ "$1" = +%s ]; then awk "BEGIN { printf \"%.0f\", $WALL + $SECONDS }"; else command date "$@"; fi
}
"""


def run_bash(program, url, draws):
    with tempfile.TemporaryDirectory() as folder:
        patches, slept = pathlib.Path(folder, "patches"), pathlib.Path(folder, "slept")
        patches.write_text(PATCHES)
        slept.touch()
        environment = {
            **os.environ,
            "BASH_ENV": str(patches),
            "SLEPT": str(slept),
            "DRAWS": " ".join(map(str, draws)),
            "WALL": str(GOLDEN["wall"]),
            "OPENAI_API_KEY": "sk-simulated",
            "OPENAI_BASE_URL": url,
            "LC_ALL": "C",
        }
        ended = subprocess.run(["bash", str(program)], env=environment, capture_output=True, text=True, check=False)
        assert ended.returncode in (0, 1) and ("Failed" in ended.stderr) == (ended.returncode == 1), ended.stderr
        if ended.returncode == 0:
            assert json.loads(ended.stdout)["object"] == "response", ended.stdout
        return [float(line) for line in slept.read_text().split()], ended.returncode == 0


class Exported(unittest.TestCase):
    def holds(self, run, close, program, answers):
        """Runs the program against the golden answers."""
        trace = trace_of(program, answers)
        with scripted(GOLDEN["answers"][answers]) as (url, sent):
            waits, succeeded = run(program, url, trace["draws"])
            requests = sent()
        with self.subTest(program=program.name, answers=answers):
            self.assertEqual((len(waits), requests), (len(trace["waits"]), len(trace["waits"]) + 1), waits)
            for wait, golden in zip(waits, trace["waits"]):
                self.assertAlmostEqual(wait, golden, delta=close * max(1, golden))
            self.assertEqual(succeeded, trace["succeeded"])

    def simulated(self, run, close, program, answers):
        """Runs the program against simulated_api, which answers the same."""
        trace = trace_of(program, answers)
        scenario, before = SIMULATED[answers]
        with server("--scenario", scenario) as url:
            with client_for(url) as client:
                for _ in range(before):
                    client.responses.create(model="gpt-5-nano", input="Hi", max_output_tokens=16)
            waits, succeeded = run(program, url, trace["draws"])
        with self.subTest(program=program.name, scenario=scenario):
            self.assertEqual(succeeded, trace["succeeded"])
            self.assertEqual(len(waits), len(trace["waits"]), waits)
            for wait, golden in zip(waits, trace["waits"]):
                self.assertAlmostEqual(wait, golden, delta=close * max(1, golden))

    def every(self, check, run, close, targets, answers):
        for program, name in itertools.product(programs(*targets), answers):
            check(run, close, program, name)

    def test_python_waits_as_the_engine_does(self):
        self.every(self.holds, run_python, CLOSE, ("python", "tenacity"), GOLDEN["answers"])

    def test_python_against_the_simulated_api(self):
        self.every(self.simulated, run_python, CLOSE, ("python", "tenacity"), SIMULATED)

    def test_bash_waits_as_the_engine_does(self):
        self.every(self.holds, run_bash, SIX_DIGITS, ("curl",), GOLDEN["answers"])

    def test_bash_runs_nothing_that_a_server_sends(self):
        with tempfile.TemporaryDirectory() as folder:
            ran = pathlib.Path(folder, "ran")
            awk = f'system("touch {ran}"); print (1'
            for sent in (f"1 ); {awk}", f"1); {awk}", f"$(touch {ran})", f"1 `touch {ran}`", f"F $(touch {ran})"):
                message = json.dumps({"error": {"message": f"Please try again in {sent}", "code": "rate_limit_exceeded"}})
                headers = [["retry-after", sent], ["retry-after-ms", sent], ["x-should-retry", sent]]
                answers = [{"status": 429, "headers": headers, "body": message}]
                for program in programs("curl"):
                    with scripted(answers) as (url, _):
                        self.assertFalse(run_bash(program, url, [0])[1])
                    self.assertFalse(ran.exists(), (program.name, sent))

    def test_bash_against_the_simulated_api(self):
        self.every(self.simulated, run_bash, SIX_DIGITS, ("curl",), SIMULATED)


if __name__ == "__main__":
    unittest.main()
