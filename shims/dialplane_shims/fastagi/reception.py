"""Accepts connections and waits for their first words, so that no thread waits for a silent one."""

import contextlib
import selectors
import socket
import time
from collections.abc import Callable, Sequence

from dialplane_shims.fastagi.connection import BadConnectionError, Connection
from dialplane_shims.fastagi.log import Log
from dialplane_shims.fastagi.sessions import Sessions

# Asterisk sends its environment at once; whoever does not in this many seconds is not Asterisk.
ENVIRONMENT_S = 1.0
# How many connections may be without a whole environment; the oldest makes room.
WAITING = 256

_TICK_S = 0.5
_STOPPING_TICK_S = 0.02
_ACCEPTED_AT_ONCE = 64


class Reception:
    """One thread's loop over the listeners and the connections that have not said everything.

    `tick` is called about every half second, or more often where `tick_seconds` is less.
    """

    def __init__(
        self,
        listeners: Sequence[socket.socket],
        sessions: Sessions,
        log: Log,
        tick: Callable[[], None],
        tick_seconds: float = _TICK_S,
    ) -> None:
        self._sessions, self._log, self._tick = sessions, log, tick
        self._tick_seconds = tick_seconds
        self._listeners = list(listeners)
        self._waiting: dict[Connection, None] = {}  # in the order in which they came
        self._selector = selectors.DefaultSelector()
        self._alarm, self._wake = socket.socketpair()
        for end in (self._alarm, self._wake):
            end.setblocking(False)
        self._selector.register(self._alarm, selectors.EVENT_READ)
        for listener in listeners:
            self._selector.register(listener, selectors.EVENT_READ, listener)
        self._stop_seconds: float | None = None
        self._next_tick = 0.0

    @property
    def wake_descriptor(self) -> int:
        """Where signal.set_wakeup_fd() writes, so that a signal is seen at once."""
        return self._wake.fileno()

    def stop(self, seconds: float) -> None:
        """Accept no more; steps that have begun get so long. Safe to call from a signal handler."""
        self._stop_seconds = seconds
        with contextlib.suppress(OSError):
            self._wake.send(b"s")

    def run(self) -> bool:
        """Serve until told to stop; say whether every step that had begun came to its end."""
        while self._stop_seconds is None:
            self._turn(self._tick_seconds)
        self._close_listeners()
        until = time.monotonic() + self._stop_seconds
        while (self._waiting or self._sessions.running) and time.monotonic() < until:
            self._turn(_STOPPING_TICK_S)
        return not (self._waiting or self._sessions.running)

    def _turn(self, seconds: float) -> None:
        if self._waiting:
            oldest = next(iter(self._waiting)).opened + ENVIRONMENT_S - time.monotonic()
            seconds = min(seconds, max(0.0, oldest))
        for key, _ in self._selector.select(seconds):
            if isinstance(key.data, Connection):
                self._hear(key.data)
            elif key.data is not None:
                self._accept(key.data)
            else:
                with contextlib.suppress(BlockingIOError):
                    self._alarm.recv(4096)
        while self._waiting:
            oldest_one = next(iter(self._waiting))
            if time.monotonic() - oldest_one.opened < ENVIRONMENT_S:
                break
            self._drop(oldest_one, "silent")
        if time.monotonic() >= self._next_tick:
            self._next_tick = time.monotonic() + self._tick_seconds
            self._tick()

    def _accept(self, listener: socket.socket) -> None:
        for _ in range(_ACCEPTED_AT_ONCE):
            try:
                end, _address = listener.accept()
            except BlockingIOError:
                return
            except OSError as error:  # no descriptor is left, or it was reset while it waited
                self._log.warning("not accepted", detail=error)
                if self._waiting:
                    self._drop(next(iter(self._waiting)), "made room")
                return
            end.setblocking(True)
            connection = Connection(end, handed_over=listener.family == socket.AF_UNIX)
            if len(self._waiting) >= WAITING:
                self._drop(next(iter(self._waiting)), "made room")
            self._waiting[connection] = None
            self._selector.register(end, selectors.EVENT_READ, connection)
            self._hear(connection)

    def _hear(self, connection: Connection) -> None:
        if connection not in self._waiting:
            return  # dropped in the same turn
        try:
            heard = connection.take()
        except BadConnectionError as error:
            self._drop(connection, str(error))
            return
        if heard == "greet" and not self._greet(connection):
            return
        if connection.whole and heard != "more":
            self._forget(connection)
            self._sessions.start(connection)

    def _greet(self, connection: Connection) -> bool:
        """Answer a hand-over's first line; say whether a step follows."""
        if connection.script == "ping":
            connection.say("ready 0")
        elif self._sessions.full:
            connection.say("busy")
            self._sessions.note_refused()
        else:
            connection.say(f"ready {self._sessions.milliseconds_left(connection)}")
            return True
        self._forget(connection)
        connection.close()
        return False

    def _drop(self, connection: Connection, why: str) -> None:
        self._log.debug("connection dropped", why=why, handed_over=connection.handed_over)
        self._forget(connection)
        connection.close()

    def _forget(self, connection: Connection) -> None:
        del self._waiting[connection]
        self._selector.unregister(connection.socket)

    def _close_listeners(self) -> None:
        """Take what the kernel has accepted already, then listen no more."""
        for listener in self._listeners:
            self._selector.unregister(listener)
            self._accept(listener)
            listener.close()
