"""Hostile classes that every RPC has: broken rules of fields, and bytes that are no request."""

import random
from collections.abc import Callable, Iterator
from typing import Any

from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from tests.generated import hostile
from tests.generated.cases import TOO_LARGE, Case, Maker, case, invalid, number_field, text_field

Change = Callable[[Any, random.Random], None]
Makers = list[tuple[str, Maker]]
_BAD_UTF8 = (b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"74951815000\x80")


class Broken:
    """Collects classes that break the rule of exactly the fields they name."""

    def __init__(self, good: Callable[[random.Random], Message]) -> None:
        self._good = good
        self.makers: Makers = []

    def add(
        self,
        kind: str,
        change: Change,
        *fields: str,
        good: Callable[[random.Random], Message] | None = None,
    ) -> None:
        """Add a class: a good request with one change, refused for these fields alone."""

        def build(rng: random.Random) -> Case:
            request = (good or self._good)(rng)
            change(request, rng)
            return case(kind, request, invalid(*fields))

        self.makers.append((kind, build))

    def ids(self, path: str, **more: Any) -> None:
        """Everything that is no id, in one field."""
        for kind, make in hostile.IDS.items():
            self.add(f"{path} {kind}", lambda q, r, m=make: put(q, path, m(r)), path, **more)

    def values(self, path: str, kind: str, *values: Any, **more: Any) -> None:
        """One of these values, in one field."""
        self.add(f"{path} {kind}", lambda q, r: put(q, path, r.choice(values)), path, **more)

    def text(self, path: str, longest: int) -> None:
        """A text that is longer than the field may be."""
        for extra in (1, 9_000):
            long = hostile.MARK + "x" * (longest - len(hostile.MARK) + extra)
            kind = f"{path} too long" if extra == 1 else f"{path} 10 kB"
            self.add(kind, lambda q, _, t=long: put(q, path, t), path)

    def instant(self, path: str) -> None:
        """What is no instant from 1970 to 9999."""
        self.add(f"{path} out of range", lambda q, r: put(q, path, no_instant(r)), path)

    def missing(self, *paths: str, reported: str = "") -> None:
        """Each of these fields left out."""
        for path in paths:
            self.add(f"{path} missing", lambda q, _, p=path: _clear(q, p), reported or path)


def raw_makers(good: Callable[[random.Random], Message], texts: tuple[int, ...]) -> Iterator[Any]:
    """Bytes that are no request. `texts` are the numbers of its text fields, the first one too."""

    def raw(kind: str, make: Callable[[bytes, random.Random], bytes], expected: Any) -> Any:
        return kind, lambda rng: Case(kind, make(good(rng).SerializeToString(), rng), expected)

    yield raw(
        "not UTF-8",
        lambda p, r: p + text_field(r.choice(texts), r.choice(_BAD_UTF8)),
        invalid(""),
    )
    yield raw("cut short", lambda p, _: p + text_field(texts[0], b"x" * 99)[:-1], invalid(""))
    yield raw("no message", lambda _, r: b"\xff" * r.randint(1, 50), invalid(""))
    yield raw("300 kB", lambda p, _: p + text_field(texts[0], b"7" * 300_000), TOO_LARGE)


def around(payload: bytes, texts: tuple[int, ...]) -> tuple[tuple[str, bytes], tuple[str, bytes]]:
    """The same request by other bytes: fields that come twice, and fields that nobody knows."""
    twice = b"".join(text_field(number, b"${SHELL(id)}") for number in texts)
    extra = text_field(900, b"${SHELL(id)}") + number_field(901, 2**64 - 1)
    return (
        ("doubled fields (the last counts)", twice + payload),
        ("unknown fields (of a later release)", extra + payload),
    )


def put(message: Any, path: str, value: Any) -> None:
    """Set a field, or a field of a field."""
    *names, last = path.split(".")
    for name in names:
        message = getattr(message, name)
    if isinstance(value, Message):
        getattr(message, last).CopyFrom(value)
    else:
        setattr(message, last, value)


def _clear(message: Any, path: str) -> None:
    *names, last = path.split(".")
    for name in names:
        message = getattr(message, name)
    message.ClearField(last)


def no_instant(rng: random.Random) -> Timestamp:
    """A timestamp that is none: before 1970, after 9999, or with impossible nanoseconds."""
    seconds, nanos = rng.choice(
        [(-1, 0), (-(2**62), 0), (253_402_300_800, 0), (2**63 - 1, 0), (0, -1), (0, 10**9)]
    )
    return Timestamp(seconds=seconds, nanos=nanos)
