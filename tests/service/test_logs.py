"""Logs as a process writes them."""

import json
import subprocess
import sys

import pytest

PROGRAM = """
import logging, structlog
from dialplane_service.observability.logs import configure
configure("{level}", "{log_format}")
log = structlog.get_logger("dialplane.test")
def fails(number):
    password = "s3cret"
    raise ValueError("it failed")
try:
    fails("74957777777")
except ValueError:
    log.exception("fault", call_id="c1")
log.info("request", status="OK", unique_id="a\\x1b[2Jb")
logging.getLogger("asyncio").info("chatter")
logging.getLogger("asyncio").warning("something is %s", "slow")
"""


def written(level: str, log_format: str) -> str:
    program = PROGRAM.format(level=level, log_format=log_format)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=30
    )
    assert not done.stdout, "standard output is for the address"
    return done.stderr


def test_json_is_one_object_per_line() -> None:
    fault, request, foreign = map(json.loads, written("info", "json").splitlines())
    assert fault["event"] == "fault"
    assert fault["level"] == "error"
    assert fault["call_id"] == "c1"
    assert fault["at"].endswith("Z")
    assert fault["exception"][0]["exc_type"] == "ValueError"
    assert request["status"] == "OK"
    assert foreign["event"] == "something is slow"


def test_below_the_level_nothing_is_written() -> None:
    assert len(written("error", "json").splitlines()) == 1


@pytest.mark.parametrize("log_format", ["console", "json"])
def test_a_traceback_shows_no_variables(log_format: str) -> None:
    text = written("info", log_format)
    assert "it failed" in text
    assert "s3cret" not in text.replace('password = "s3cret"', "")
    assert "74957777777" not in text.replace('fails("74957777777")', "")


@pytest.mark.parametrize("log_format", ["console", "json"])
def test_a_far_ends_control_characters_never_reach_the_terminal(log_format: str) -> None:
    text = written("info", log_format)
    assert "[2Jb" in text
    assert "\x1b" not in text
