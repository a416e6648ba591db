"""One generated input for an RPC, and what has to come of it."""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from google.protobuf.message import Message

VALID = "valid"

Check = Callable[[Any], str]
"""Gives what is wrong with a reply; empty: nothing."""


@dataclass(frozen=True, slots=True)
class Error:
    """An expected error. `fields`: exactly those that BadRequest names, for INVALID_REQUEST."""

    code: str
    reason: str = ""
    fields: tuple[str, ...] = ()
    metadata: dict[str, str] = field(default_factory=dict)


def invalid(*fields: str) -> Error:
    """The error for a request that breaks these fields' rules and no other."""
    return Error("INVALID_ARGUMENT", "ERROR_REASON_INVALID_REQUEST", tuple(sorted(fields)))


def unknown(kind: str, name: str) -> Error:
    """The error for a server or an account that is not known."""
    return Error("NOT_FOUND", f"ERROR_REASON_UNKNOWN_{kind.upper()}", (), {kind: name})


TOO_LARGE = Error("RESOURCE_EXHAUSTED")


@dataclass(frozen=True, slots=True)
class Case:
    """The bytes of a request, and what is expected: an error, or a reply that passes the check."""

    kind: str
    payload: bytes
    expected: Error | Check
    note: str = ""


def case(kind: str, request: Message, expected: Error | Check) -> Case:
    """A case whose request is an ordinary message."""
    return Case(kind, request.SerializeToString(), expected)


Maker = Callable[[random.Random], Case]


def alternate(
    seed: int, count: int, valid: Maker, hostile: Iterable[tuple[str, Maker]]
) -> Iterable[Case]:
    """Half valid cases, half hostile ones, whose classes take turns. Each has a seed of its own."""
    makers = list(hostile)
    for index in range(count):
        rng = random.Random(f"{seed}/{index}")
        yield valid(rng) if index % 2 else makers[index // 2 % len(makers)][1](rng)


# The wire format, by hand: what no generated class would serialise.


def varint(value: int) -> bytes:
    """A base-128 number."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def text_field(number: int, content: bytes) -> bytes:
    """A length-delimited field."""
    return varint(number << 3 | 2) + varint(len(content)) + content


def number_field(number: int, value: int) -> bytes:
    """A varint field."""
    return varint(number << 3) + varint(value & (2**64 - 1))
