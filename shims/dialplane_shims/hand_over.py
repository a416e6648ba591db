"""Hands a step of `dialplane-agi` over to the agent on this host, and imports nothing for it.

A process lives for one step, so what it imports is what it costs. Everything here is built into
the interpreter; `_socket` and `_signal` stand for socket and signal, which import enum, selectors
and more (8 ms, as much as the bare interpreter itself).

The agent runs the whole AGI session; bytes are carried between Asterisk's pipes and the agent's
unix socket. Before them one line each way:

    shim:   NAME AGE     the script, and how many milliseconds ago this process was started
    agent:  ready MS     the step is over in MS milliseconds;  or  busy, and the end

`ping 0` on a connection of its own asks whether an agent that has been silent still runs. Where it
does not, the step is run here. That is safe until the status has been set: variables are only read
or set again, events and decisions are idempotent, and answers to the agent's commands that are
still on their way are passed over (see `agi.py`).
"""

import _signal  # type: ignore[import-not-found]  # not in typeshed
import _socket
import os
import select
import time

from dialplane_shims.names import DECISIONS, STATUS

SOCKET = "/run/dialplane/agent.sock"
SOCKET_VARIABLE = "DIALPLANE_AGENT_SOCKET"

# An agent that runs greets in under a millisecond; one that is silent so long is asked if it runs.
GREETING_S = 0.25
SILENCE_S = 0.2
# An agent that runs but has not set the status this long after its own deadline never will.
GRACE_S = 0.3

_STATUS = f'SET VARIABLE "{STATUS}" '.encode()
_READ_SIZE = 65_536


class _NotDoneError(Exception):
    """The agent will not finish the step."""


def hand_over(script: str, age: float, read_fd: int, write_fd: int) -> bytes | None:
    """Let the agent run `script`; None when the step is over.

    Else the step is to be run here: returns the AGI environment as far as it was taken from
    `read_fd`. `age` is in seconds. DIALPLANE_AGENT_SOCKET names the socket; empty: no agent.
    """
    path = os.environ.get(SOCKET_VARIABLE, SOCKET)
    if not path:
        return b""
    # A decision for a caller who is gone is nobody's; an event is, and goes on.
    gone = _leave if script in DECISIONS else _signal.SIG_IGN
    relay = _Relay(path, read_fd, write_fd)
    try:
        before = _signal.signal(_signal.SIGHUP, gone)
        relay.run(script, age)
    except _NotDoneError:
        _signal.signal(_signal.SIGHUP, before)
        return relay.environment
    return None


class _Relay:
    def __init__(self, path: str, read_fd: int, write_fd: int) -> None:
        self._path, self._read_fd, self._write_fd = path, read_fd, write_fd
        # All that Asterisk said before it waits for a command.
        self.environment = b""
        self._begun = self._status_set = False
        self._line = b""
        self._over_at = time.monotonic() + GREETING_S

    def run(self, script: str, age: float) -> None:
        """Carry bytes until the step is over. Raises _NotDoneError."""
        agent = _connected(self._path, f"{script} {int(age * 1000)}\n")
        try:
            poller = select.poll()
            poller.register(self._read_fd, select.POLLIN)
            poller.register(agent, select.POLLIN)
            while self._step(poller, agent):
                pass
        finally:
            agent.close()

    def _step(self, poller: select.poll, agent: _socket.socket) -> bool:
        """Carry what is there; say whether the step goes on."""
        left = self._over_at - time.monotonic()
        ready = poller.poll(max(1, int(min(left, SILENCE_S) * 1000))) if left > 0.0 else []
        if not ready and not self._may_finish(left):
            return False
        for descriptor, _ in ready:
            if descriptor == self._read_fd:
                data = os.read(self._read_fd, _READ_SIZE)
                if not data:
                    return False  # Asterisk closed the session: an agent has its own end of it
                self._keep(data)
                _send(agent, data)
            elif not self._from_agent(_receive(agent)):
                return False
        return True

    def _may_finish(self, left: float) -> bool:
        """Say of an agent that is silent whether to wait on. Raises _NotDoneError."""
        if left > 0.0 and (not self._begun or _runs(self._path)):
            return True
        if self._status_set:
            return False
        raise _NotDoneError

    def _keep(self, data: bytes) -> None:
        if b"\n\n" not in self.environment:
            whole = self.environment + data
            end = whole.find(b"\n\n")
            self.environment = whole if end < 0 else whole[: end + 2]

    def _from_agent(self, data: bytes) -> bool:
        """Carry whole commands to Asterisk; say whether more will come."""
        if not data:
            if self._status_set:
                return False
            raise _NotDoneError
        commands, newline, self._line = (self._line + data).rpartition(b"\n")
        if newline and not self._begun:
            greeting, _, commands = commands.partition(b"\n")
            word, _, milliseconds = greeting.partition(b" ")
            if word != b"ready":
                raise _NotDoneError
            self._begun = True
            self._over_at = time.monotonic() + int(milliseconds) / 1000 + GRACE_S
        if newline and commands:
            # It takes Asterisk a second at most to take all variables; the status comes last.
            self._over_at = max(self._over_at, time.monotonic() + SILENCE_S)
            self._status_set = self._status_set or _STATUS in commands
            commands += newline
            while commands:
                commands = commands[_written(self._write_fd, commands) :]
        return True


def _connected(path: str, line: str) -> _socket.socket:
    agent = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    agent.settimeout(GREETING_S)
    try:
        agent.connect(path)
        agent.sendall(line.encode())
    except OSError as error:
        agent.close()
        raise _NotDoneError from error
    return agent


def _runs(path: str) -> bool:
    """Ask the agent on a new connection whether it runs."""
    try:
        agent = _connected(path, "ping 0\n")
    except _NotDoneError:
        return False
    try:
        return bool(agent.recv(64))
    except OSError:
        return False
    finally:
        agent.close()


def _send(agent: _socket.socket, data: bytes) -> None:
    try:
        agent.sendall(data)
    except OSError as error:
        raise _NotDoneError from error


def _receive(agent: _socket.socket) -> bytes:
    try:
        return agent.recv(_READ_SIZE)
    except OSError:
        return b""


def _written(descriptor: int, data: bytes) -> int:
    try:
        return os.write(descriptor, data)
    except OSError:
        os._exit(0)  # Asterisk closed the session: there is nobody left to answer


def _leave(*_: object) -> None:
    os._exit(0)
