"""The SIP messages that SIPp saw, as data that a test can ask."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

_DIVIDER = re.compile(r"^-{40,} .*$", re.MULTILINE)
_HEAD = re.compile(r"^(?:UDP|TCP|TLS) message (sent|received)[^\n]*\n\s*\n?", re.MULTILINE)
_STAMP = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+")


@dataclass(frozen=True)
class SipMessage:
    """One message; `sent` by SIPp or received, at `instant` (seconds since 1970)."""

    sent: bool
    instant: float
    start_line: str
    headers: tuple[tuple[str, str], ...]
    body: str

    @property
    def method(self) -> str:
        """The request's method; empty for a response."""
        return "" if self.start_line.startswith("SIP/2.0") else self.start_line.split(" ")[0]

    @property
    def status(self) -> int:
        """The response's status; 0 for a request."""
        return int(self.start_line.split(" ")[1]) if self.start_line.startswith("SIP/2.0") else 0

    @property
    def uri(self) -> str:
        """The Request-URI; empty for a response."""
        return "" if self.status else self.start_line.split(" ")[1]

    def all(self, name: str) -> list[str]:
        """Return the values of every header of this name, in order."""
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def header(self, name: str) -> str:
        """Return the one header of this name; empty if there is none."""
        values = self.all(name)
        if len(values) > 1:
            raise AssertionError(f"{len(values)} headers {name}: {values}")
        return values[0] if values else ""

    @property
    def user(self) -> str:
        """The user part of the Request-URI."""
        return self.uri.removeprefix("sip:").partition("@")[0]

    @property
    def call_id(self) -> str:
        """The dialogue's Call-ID."""
        return self.header("Call-ID")


def read_messages(file: Path) -> list[SipMessage]:
    """Read a file that SIPp's -trace_msg wrote; the file may not be there yet."""
    if not file.exists():
        return []
    text = file.read_text(errors="replace").replace("\r\n", "\n")
    stamps = _DIVIDER.findall(text)
    found = []
    for stamp, part in zip(stamps, _DIVIDER.split(text)[1:], strict=True):
        head = _HEAD.search(part)
        if head is not None:
            found.append(_parse(part[head.end() :], head[1] == "sent", _instant(stamp)))
    return found


def requests(messages: Sequence[SipMessage], method: str) -> list[SipMessage]:
    """Return the requests of a method that SIPp received, retransmissions apart."""
    seen: dict[tuple[str, str], SipMessage] = {}
    for message in messages:
        if message.method == method and not message.sent:
            seen.setdefault((message.call_id, message.header("CSeq")), message)
    return list(seen.values())


def endings(messages: Sequence[SipMessage]) -> dict[str, tuple[int, float]]:
    """Return the final status of each call that SIPp made, and the seconds that it took to come."""
    begun: dict[str, float] = {}
    ended: dict[str, tuple[int, float]] = {}
    for message in messages:
        if message.sent and message.method == "INVITE":
            begun.setdefault(message.call_id, message.instant)
        elif not message.sent and message.status >= 200 and "INVITE" in message.header("CSeq"):
            ended.setdefault(
                message.call_id, (message.status, message.instant - begun[message.call_id])
            )
    return {call_id: ended.get(call_id, (0, 0.0)) for call_id in begun}


def _instant(stamp: str) -> float:
    found = _STAMP.search(stamp.replace("\t", " "))
    # SIPp writes this machine's own time.
    return datetime.fromisoformat(found[0]).timestamp() if found else 0.0


def _parse(text: str, sent: bool, instant: float) -> SipMessage:
    head, _, body = text.lstrip("\n").partition("\n\n")
    start, *lines = head.split("\n")
    headers = tuple(
        (name.strip(), value.strip())
        for name, colon, value in (line.partition(":") for line in lines)
        if colon
    )
    return SipMessage(sent, instant, start, headers, body.strip())
