"""The log is JSON, one line an event, whoever writes it; and it names no reader."""

import json
import subprocess
import sys

SCRIPT = """
import logging, sys, threading, warnings
from tracker.cli import base
base.log_to_stderr()
import structlog
structlog.get_logger("deliver").warning("mail not sent", reason="550 <ida@example.org>: no such user\\nsorry")
for name in ("werkzeug", "waitress.queue", "apscheduler.executors.default", "alembic.runtime", "urllib3.connection"):
    logging.getLogger(name).info("every step of %s", name)
    logging.getLogger(name).warning("%s is\\nin trouble", name)
logging.getLogger("tracker.web.errors").info("ours, %s", "https://ida:hunter2@example.org/x")
try:
    1 / 0
except ZeroDivisionError:
    logging.getLogger("apscheduler").exception("job failed \\u202e for ida@example.org")
    structlog.get_logger("work").exception("again", who={"mail": ["ida@example.org"]})
logging.getLogger("tracker").warning("%d", "not a number")
warnings.warn("an old way", RuntimeWarning)
class Odd:
    def __del__(self):
        raise ValueError("in the end")
Odd()
thread = threading.Thread(target=lambda: [][1], name="collector")
thread.start()
thread.join()
raise RuntimeError("nobody caught ida@example.org")
"""


def run(level: str) -> tuple[int, list[dict[str, object]]]:
    environment = {"TRACKER_LOG": level, "PATH": "/usr/bin"}
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, env=environment, check=False)
    assert done.stdout == ""
    return done.returncode, [json.loads(line) for line in done.stderr.splitlines()]


def test_every_line_is_one_event_whoever_writes_it():
    code, events = run("info")
    assert code == 1
    told = " | ".join(str(one["event"]) for one in events)
    for words in ("mail not sent", "werkzeug is\nin trouble", "waitress.queue is", "apscheduler.executors.default is",
                  "alembic.runtime is", "urllib3.connection is", "ours, ", "job failed", "again", "an old way",
                  "nobody could be told of", "thread collector stopped", "stopped by an error"):  # fmt: skip
        assert words in told, words
    assert "every step" not in told
    assert all({"event", "level", "timestamp"} <= set(one) for one in events)


def test_an_exception_stands_inside_its_event():
    _, events = run("info")
    traces = [str(one["exception"]) for one in events if "exception" in one]
    assert len(traces) == 5
    assert all(trace.startswith("Traceback") for trace in traces)


def test_no_reader_and_no_password_is_named():
    _, events = run("info")
    assert "ida@example.org" not in str(events)
    assert "hunter2" not in str(events)
    assert "<address>" in str(events)


def test_a_higher_level_keeps_what_needs_a_person():
    _, events = run("error")
    assert {str(one["level"]) for one in events} == {"error", "critical"}
