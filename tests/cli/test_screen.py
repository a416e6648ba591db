"""What reaches the terminal: everything, and nothing but text."""

import os
import pty
import re
import subprocess
import sys

import pytest

from dialplane_service.cli.screen import Screen
from dialplane_service.cli.text import duration, safe, width
from tests.cli.conftest import Run
from tests.cli.fake_service import HOSTILE, LONG_NAME
from tests.service.process import ServiceProcess

SHOWN = "[red]Evil[/red]\\x1b[2J\\u202e\\x0d\\x0a" + "x" * 300
LONG_DIAL_STRING = f"SIP/{LONG_NAME}/74957777777"
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@pytest.mark.parametrize("columns", ["", "20", "80"])
def test_in_a_pipe_nothing_is_lost(ask: Run, monkeypatch: pytest.MonkeyPatch, columns: str) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    result = ask("route", "74957777777", "--explain")
    line = next(line for line in result.out.splitlines() if line.startswith("1 "))
    assert SHOWN in line
    assert LONG_DIAL_STRING in line
    assert result.out.isascii()
    assert all(char.isprintable() for char in result.out.replace("\n", ""))


def test_every_answer_is_safe(ask: Run) -> None:
    for words in (
        ("doctor",),
        ("calls", "list", "--limit", "2000"),
        ("calls", "show", "call-0000"),
        ("classify", HOSTILE, "--server", "asterisk-msm", "--from-provider", "192.0.2.1"),
        ("calls", "show", HOSTILE),
        ("route", HOSTILE),
        ("route", "74957777777", "--account", HOSTILE),
    ):
        result = ask(*words)
        for text in (result.out, result.err):
            assert all(char.isprintable() for char in text.replace("\n", "")), words
        assert "[red]Evil" in result.out or not result.out, words


def test_json_keeps_hostile_text_exactly(ask: Run) -> None:
    result = ask("route", "74957777777", "--json")
    assert result.document["routes"][0]["provider"] == HOSTILE
    assert result.out.isascii()


def on_a_terminal(columns: int, *words: str, **variables: str) -> str:
    """Run the command on a terminal of so many columns; what it wrote there."""
    primary, secondary = pty.openpty()
    environment = {**os.environ, "COLUMNS": str(columns), "TERM": "xterm", **variables}
    command = [sys.executable, "-m", "dialplane_service.cli.main", *words]
    with subprocess.Popen(command, stdout=secondary, stderr=secondary, env=environment) as process:
        os.close(secondary)
        parts = []
        while True:
            try:
                part = os.read(primary, 65536)
            except OSError:  # Linux says EIO where the other side is closed
                break
            if not part:
                break
            parts.append(part)
        process.wait()
    os.close(primary)
    return b"".join(parts).decode()


def test_on_a_terminal_long_values_are_folded(service: ServiceProcess) -> None:
    text = on_a_terminal(100, "route", "74957777777", "--target", service.routing)
    plain = COLOURS.sub("", text)
    assert "\x1b" not in plain
    assert "\u202e" not in plain
    assert "\u2026" not in plain, "no ellipsis"
    assert "[red]" in plain.replace("\r\n", "")
    assert plain.count("x") > 300
    assert max(map(len, plain.split("\r\n"))) <= 110


@pytest.mark.parametrize("quiet", [("--no-color", {}), ("", {"NO_COLOR": "1"})])
def test_no_colour(service: ServiceProcess, quiet: tuple[str, dict[str, str]]) -> None:
    option, variables = quiet
    words = ["doctor", "--admin-target", service.admin, "--target", service.routing]
    coloured = on_a_terminal(100, *words)
    assert "\x1b[1;31mERROR" in coloured
    plain = on_a_terminal(100, *words, *filter(None, [option]), **variables)
    assert "\x1b[1;31m" not in plain
    assert "\x1b[33m" not in plain


def test_plain_tables(capsys: pytest.CaptureFixture[str]) -> None:
    Screen().table(("a", "long name"), [("1", "x"), ("", "\u6771\u4eac"), ("e\u0301", "")])
    assert capsys.readouterr().out == ("A  LONG NAME\n1  x\n-  \u6771\u4eac\ne\u0301  -\n")


def test_text() -> None:
    assert safe("Andr\u00e9 \u6771\u4eac") == "Andr\u00e9 \u6771\u4eac"
    assert safe("a\tb\x9b\u2028\U000e0001") == "a\\x09b\\x9b\\u2028\\U000e0001"
    assert width("\u6771\u4eac") == 4
    assert [duration(ms) for ms in (None, 0, 999, 62_345, 3_600_000)] == [
        *("", "0:00.000", "0:00.999", "1:02.345", "1:00:00.000"),
    ]
