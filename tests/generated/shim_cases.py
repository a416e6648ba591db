"""One generated channel for a shim, and what hostile values on channels look like."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.generated import hostile
from tests.generated.shim_oracle import Told
from tests.shims.fake_asterisk import Channel

Make = Callable[[random.Random], "ShimCase"]
Makers = list[tuple[str, Make]]


@dataclass(frozen=True, slots=True)
class ShimCase:
    """A channel, and what has to be told to it.

    `told` None: anything may be told, as long as every command is meant and the status comes last.
    `event`: what must lie in MariaDB afterwards, as a request; None: nothing of this channel.
    """

    kind: str
    channel: Channel
    told: Told | None
    event: Any = None
    hung_up: bool = False


def place(channel: Channel, where: str, value: str | bytes) -> Channel:
    """Put a value into the environment (agi_…) or into a variable."""
    data = value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")
    (channel.environment if where.startswith("agi_") else channel.variables)[where] = data
    return channel


def as_received(value: str | bytes, most_bytes: int = 256) -> str:
    """A line of the environment as text: what is not UTF-8 replaced, trimmed, cut."""
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
    return text.strip().encode()[:most_bytes].decode(errors="ignore")


def without_controls(text: str) -> str:
    """Text as it may stand in an AGI command."""

    def is_control(character: str) -> bool:
        code = ord(character)
        return code < 32 or 127 <= code < 160 or code in (0x2028, 0x2029)

    return "".join(character for character in text if not is_control(character))


def one_line(make: hostile.Make) -> hostile.Make:
    """The same class without line feeds: those end a line of the environment."""
    return lambda rng: make(rng).replace("\n", "")


BYTES: dict[str, Callable[[random.Random], bytes]] = {
    "bytes: not UTF-8": lambda r: r.choice([b"\xff\xfe", b"\xc0\x80", b"7\xed\xa0\x80", b"9\xf8"]),
    "bytes: 10 kB": lambda r: (hostile.MARK.encode() * 1500)[: 10_000 + r.randrange(300)],
    "bytes: 10 kB of quotes": lambda r: rb"\"" * (5000 + r.randrange(50)),
    "bytes: forged command": lambda _: (
        b'x" "y\nSET VARIABLE "DIALSTRING" "SIP/premium/900"\nHANGUP'
    ),
    "bytes: forged answer": lambda _: b"x\n200 result=1 (y)\n510 Invalid\n520-Usage\nHANGUP\n",
    "bytes: expression": lambda _: b"${SHELL(id)}$[1+1]${DIALPLANE_CALL_ID}`id`",
}
"""What is never an id, an address or a number, in a variable."""

NO_ADDRESSES: dict[str, hostile.Make] = {
    **{
        kind: make
        for kind, make in hostile.ADDRESSES.items()
        if kind not in ("address: with port", "address: other notations")
    },
    "address: other notations": lambda r: r.choice(
        ["195.094.225.002", "0xc35ee102", "3277775106", "195.94.225.2.", "1.2.3.4:5:6"]
    ),
}
"""What is no peer's address on a channel: there a port and spaces around are understood."""

NO_IDS: dict[str, hostile.Make] = {
    **hostile.IDS,
    "id: wrong alphabet": lambda r: r.choice(["a b", "a/b", "a,b", "a&b", "ü", "a\x00b", "${X}"]),
}
"""What is no id, on one line."""
