"""Asterisk's side of many AGI sessions in this process, without a thread or a pipe for each.

The shims' `agi` module speaks to file descriptors through `os` and `select`. `InstantAsterisk` takes
the place of both: what the shim writes is answered at once, what it reads arrives in pieces of odd
sizes. Everything above the system calls is the shim's own code, byte for byte.
"""

import functools
import os
import random
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from tests.shims import fake_asterisk
from tests.shims.fake_asterisk import Channel, parse_args

_VARIABLE = re.compile(rb"\$\{([^{}]*)\}")
_NESTED = re.compile(rb"\$\{[^{}]*\$\{")
_parsed = functools.lru_cache(maxsize=65_536)(parse_args)


class InstantSession:
    """One session. `faults` names every command that no shim was meant to send."""

    def __init__(self, channel: Channel, environment: bytes, pieces: random.Random) -> None:
        self.channel = channel
        self.commands: list[bytes] = []
        self.faults: list[str] = []
        self._incoming = bytearray(environment)
        self._written = bytearray()
        self._pieces = pieces

    def write(self, data: bytes) -> int:
        """Take what the shim writes; every whole line is a command, and is answered."""
        self._written += data
        while (end := self._written.find(b"\n")) >= 0:
            command = bytes(self._written[:end])
            del self._written[: end + 1]
            self.commands.append(command)
            self._incoming += self._answer(command)
        return len(data)

    def read(self, size: int) -> bytes:
        """Give some of what Asterisk has said; nothing when it has hung up."""
        if self._pieces.random() < 0.05:
            size = self._pieces.randint(1, 64)
        data = bytes(self._incoming[:size])
        del self._incoming[:size]
        return data

    def _answer(self, command: bytes) -> bytes:
        if len(command) + 1 >= fake_asterisk.COMMAND_LIMIT:
            self.faults.append(f"too long: {command[:200]!r}")
        if command.startswith(b"GET FULL VARIABLE "):
            if fake_asterisk._READ.fullmatch(command) is None:
                self.faults.append(f"not meant: {command[:200]!r}")
            arguments = _parsed(command)
            if len(arguments) == 4:
                return b"200 result=1 (" + self._substitute(arguments[3]) + b")\n"
        else:
            arguments = _parsed(command)
            if fake_asterisk._SET.fullmatch(command) is None:
                self.faults.append(f"not meant: {command[:200]!r}")
            if arguments[:2] == [b"SET", b"VARIABLE"] and len(arguments) == 4:
                self.channel.set(arguments[2].decode(), arguments[3])
                return b"200 result=1\n"
        self.faults.append(f"no such command: {command[:200]!r}")
        return b"510 Invalid or unknown command\n"

    def _substitute(self, expression: bytes) -> bytes:
        pieces, names = _taken_apart(expression)
        if names is None:  # an expression within an expression
            return self.channel.substitute(expression)
        values = [self.channel.variables.get(name, b"") for name in names]
        return b"".join(part for pair in zip(pieces, [*values, b""], strict=True) for part in pair)


@functools.lru_cache(maxsize=4096)
def _taken_apart(expression: bytes) -> tuple[list[bytes], list[str] | None]:
    """What stands between the variables, and their names; None: the real thing is needed."""
    if _NESTED.search(expression):
        return [], None
    parts = _VARIABLE.split(expression)
    return parts[::2], [name.decode("utf-8", "replace") for name in parts[1::2]]


class InstantAsterisk:
    """Stands where `os` and `select` stand in the shims' `agi` module."""

    POLLIN = 1

    def __init__(self) -> None:
        self._sessions: dict[int, InstantSession] = {}
        self._next = 1_000_000
        self._lock = threading.Lock()
        self._words = [os.urandom(16) for _ in range(16)]

    def open(self, session: InstantSession) -> int:
        """Give the session a descriptor."""
        with self._lock:
            self._next += 1
            self._sessions[self._next] = session
            return self._next

    def close(self, descriptor: int) -> None:
        """Forget it."""
        del self._sessions[descriptor]

    def read(self, descriptor: int, size: int) -> bytes:
        return self._sessions[descriptor].read(size)

    def write(self, descriptor: int, data: bytes) -> int:
        return self._sessions[descriptor].write(data)

    def urandom(self, size: int) -> bytes:
        """One of a few words that nobody could guess: what is asked with them is parsed once each."""
        return random.choice(self._words)[:size]

    def poll(self, *_: Any) -> Any:
        """Both select.poll() and its object's poll(): there is always something to read."""
        return self

    def register(self, *_: Any) -> None:
        """Nothing to remember."""


@contextmanager
def instant_asterisk(agi: ModuleType) -> Iterator[InstantAsterisk]:
    """Let the module `dialplane_shims.agi` speak to sessions of this process."""
    asterisk = InstantAsterisk()
    real = agi.os, agi.select
    agi.os, agi.select = asterisk, asterisk  # type: ignore[attr-defined]
    try:
        yield asterisk
    finally:
        agi.os, agi.select = real  # type: ignore[attr-defined]
