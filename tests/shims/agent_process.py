"""`dialplane-fastagi` as a process of its own, and Asterisk's side of sessions with it."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.shims.fake_asterisk import Before, Channel, Session
from tests.shims.harness import shim_environment

_LISTENING = re.compile(r"event=listening address=(\S+):(\d+)")


class AgentProcess:
    """A running agent. `log` grows with the lines that it wrote."""

    def __init__(self, folder: Path, targets: str, **environment: str) -> None:
        self.socket = environment.pop("DIALPLANE_AGENT_SOCKET", "")
        self._environment = shim_environment(
            folder,
            targets,
            **{
                "DIALPLANE_AGENT_LISTEN": "127.0.0.1:0",
                "DIALPLANE_AGENT_SOCKET": self.socket,
                "DIALPLANE_AGENT_STATE": str(folder / "agent.prom"),
                "DIALPLANE_AGENT_CLOCK": str(folder / "agent.clock"),
                **environment,
            },
        )
        self.log: list[str] = []
        self._heard = threading.Condition()
        self.address = ("127.0.0.1", 0)
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "dialplane_shims.fastagi.main"],
            env=self._environment,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        found = _LISTENING.search(self.wait_for("event=listening"))
        assert found
        self.address = (found.group(1), int(found.group(2)))

    def wait_for(self, text: str, seconds: float = 10.0) -> str:
        """The first line with `text` in it, once it is there."""

        def line() -> str:
            return next((line for line in self.log if text in line), "")

        def ended() -> bool:
            return not self._reader.is_alive()

        with self._heard:
            self._heard.wait_for(lambda: line() or ended(), seconds)
        assert line(), f"no {text!r} in {self.log}"
        return line()

    def stop(self, number: int = signal.SIGTERM, seconds: float = 10.0) -> int:
        self.process.send_signal(number)
        return self.ended(seconds)

    def ended(self, seconds: float = 10.0) -> int:
        try:
            return self.process.wait(seconds)
        finally:
            self.process.kill()
            self._reader.join(5)
            assert not any("Traceback" in line for line in self.log), self.log

    @contextmanager
    def frozen(self) -> Iterator[None]:
        os.kill(self.process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.process.pid, signal.SIGCONT)

    def _read(self) -> None:
        assert self.process.stderr
        with self.process.stderr as lines:
            for line in lines:
                with self._heard:
                    self.log.append(line.rstrip("\n"))
                    self._heard.notify_all()
        with self._heard:
            self._heard.notify_all()

    def call(
        self,
        script: str,
        channel: Channel,
        before: Before = lambda _index, _command: b"",
        seconds: float = 10.0,
    ) -> Session:
        """Run a step as Asterisk does over FastAGI; returns when it is over."""
        session = self.begin(script, channel, before)
        session.join(seconds)
        assert not session.is_alive()
        return session

    def begin(
        self, script: str, channel: Channel, before: Before = lambda _index, _command: b""
    ) -> Session:
        """Begin a step."""
        end = socket.create_connection(self.address, timeout=5.0)
        end.settimeout(None)
        first = b"agi_network: yes\nagi_network_script: " + script.encode() + b"\n"
        descriptor = end.detach()
        session = Session(channel, descriptor, descriptor, before)
        session._environment = first + session.environment_bytes()
        session.start()
        return session


StartAgent = Callable[..., AgentProcess]


@contextmanager
def short_folder() -> Iterator[Path]:
    """A folder whose path leaves room for a socket's name."""
    with tempfile.TemporaryDirectory(prefix="agi-") as folder:
        yield Path(folder)


@contextmanager
def agents() -> Iterator[list[AgentProcess]]:
    """Ends all agents that are put into the list."""
    started: list[AgentProcess] = []
    try:
        yield started
    finally:
        for agent in started:
            if agent.process.poll() is None:
                with contextlib.suppress(ProcessLookupError):
                    agent.process.kill()
                agent.process.wait(5)
