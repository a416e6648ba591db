"""A connection to the agent, from its first byte to the end of its AGI environment."""

import contextlib
import socket
import struct
import time

from dialplane_shims.names import DECISIONS, EVENTS
from dialplane_shims.text import whole_number

# Asterisk's environment has a kilobyte or two.
_LONGEST_ENVIRONMENT = 65_536
# An Asterisk that takes no command for so long is gone: its socket's buffer is full.
_SEND_TIMEOUT = struct.pack("ll", 2, 0)


class BadConnectionError(Exception):
    """What arrived is neither AGI nor a hand-over."""


class Connection:
    """One connection. `handed_over`: from a process of `dialplane-agi`, else from Asterisk itself.

    `script` and `age` (seconds) are known of a step that is handed over once it is greeted.
    """

    __slots__ = ("_asked", "age", "handed_over", "opened", "received", "script", "socket")

    def __init__(self, end: socket.socket, *, handed_over: bool) -> None:
        self.socket = end
        self.handed_over = handed_over
        self.opened = time.monotonic()
        self.received = b""
        self.script, self.age = "", 0.0
        self._asked = False
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, _SEND_TIMEOUT)
        if not handed_over:
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def take(self) -> str:
        """Read what is there: "more" to come, "greet" it, or its environment is "whole".

        Raises BadConnectionError, also for a connection that ends.
        """
        try:
            data = self.socket.recv(_LONGEST_ENVIRONMENT, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return "more"
        except OSError as error:
            raise BadConnectionError("reset") from error
        if not data:
            raise BadConnectionError("closed before its environment")
        self.received += data
        if self.handed_over and not self._asked:
            line, newline, rest = self.received.partition(b"\n")
            if newline:
                self._asked = True
                self._take_request(line)
                self.received = rest
                return "greet"
        elif b"\n\n" in self.received:
            return "whole"
        if len(self.received) > _LONGEST_ENVIRONMENT:
            raise BadConnectionError("too long an environment")
        return "more"

    @property
    def whole(self) -> bool:
        """Whether the environment has arrived."""
        return b"\n\n" in self.received

    def say(self, line: str) -> None:
        """Send a line of the hand-over; nobody listening is no error."""
        with contextlib.suppress(OSError):
            self.socket.send(line.encode() + b"\n", socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL)

    def close(self) -> None:
        """End the connection."""
        self.socket.close()

    def _take_request(self, line: bytes) -> None:
        script, _, age = line.decode("ascii", "replace").partition(" ")
        milliseconds = whole_number(age, 60_000)
        if script not in ("ping", *DECISIONS, *EVENTS) or milliseconds is None:
            raise BadConnectionError("not a hand-over")
        self.script, self.age = script, milliseconds / 1000
