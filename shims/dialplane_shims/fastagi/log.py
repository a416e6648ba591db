"""The agent's log: one line per event on standard error, for the journal, for people and programs.

    at=2026-11-22T10:15:30.201Z level=info event=listening address=127.0.0.1:4573

Telephone numbers show where they lead and no more, at every level.
"""

import contextlib
import json
import re
import sys
import time
from typing import TextIO

LEVELS = {"debug": 7, "info": 6, "warning": 4}

_SIMPLE = re.compile(r"[A-Za-z0-9._:/@+*,-]+")
# 6 to 15 digits, as E.164 has them; unique ids and instants have a point after theirs.
_NUMBER = re.compile(r"(?<![\d.])\d{6,15}(?!\d|\.\d)")
_LONGEST = 600


class Log:
    """Writes lines of `level` and above; safe to share between threads.

    `journal`: each line starts with its priority, as systemd's journal reads it (sd-daemon(3)).
    """

    def __init__(self, level: str, stream: TextIO | None = None, *, journal: bool = False) -> None:
        self.level = LEVELS[level]
        self._stream = stream
        self._journal = journal

    @property
    def debugging(self) -> bool:
        """Whether lines for people who look for a fault are written."""
        return self.level >= LEVELS["debug"]

    def debug(self, event: str, **fields: object) -> None:
        """Write what is only of interest to somebody who is looking for a fault."""
        self._write("debug", event, fields)

    def info(self, event: str, **fields: object) -> None:
        """Write what changes rarely."""
        self._write("info", event, fields)

    def warning(self, event: str, **fields: object) -> None:
        """Write what somebody should look at."""
        self._write("warning", event, fields)

    def _write(self, level: str, event: str, fields: dict[str, object]) -> None:
        if LEVELS[level] > self.level:
            return
        now = time.time()
        at = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now)) + f".{int(now % 1 * 1000):03d}Z"
        words = {"at": at, "level": level, "event": event, **fields}
        line = " ".join(f"{key}={_value(value)}" for key, value in words.items())
        stream = self._stream or sys.stderr
        # One write per line, so that threads do not mix theirs; nobody reading it is no error.
        with contextlib.suppress(OSError, ValueError):
            stream.write((f"<{LEVELS[level]}>" if self._journal else "") + line + "\n")
            stream.flush()


def redacted(text: str) -> str:
    """Hide the middle of each telephone number: "74957777777" becomes "749******77"."""

    def hide(found: re.Match[str]) -> str:
        digits = found.group()
        return f"{digits[:3]}{'*' * (len(digits) - 5)}{digits[-2:]}"

    return _NUMBER.sub(hide, text)


def _value(value: object) -> str:
    text = redacted(str(value))
    if _SIMPLE.fullmatch(text):
        return text
    return json.dumps(text[:_LONGEST], ensure_ascii=False)
