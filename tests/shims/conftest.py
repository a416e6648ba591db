"""Fixtures for the shims: sessions in this process and in a process of their own, and a service."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent import futures
from pathlib import Path
from typing import Any

import grpc
import pytest

from dialplane.routing.v1 import routing_service_pb2_grpc as service
from dialplane_shims.agi import Agi
from dialplane_shims.deadline import Deadline
from tests.shims.agent_process import AgentProcess, StartAgent, agents, short_folder
from tests.shims.fake_asterisk import Before, Channel, Session
from tests.shims.harness import (
    FakeService,
    OpenPair,
    Pair,
    Ran,
    RunningService,
    RunProcess,
    Serve,
    shim_environment,
)


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts services: `serve(ClassifyCall=reply)`."""
    servers = []

    def start(**replies: Any) -> RunningService:
        fake = FakeService(replies)
        server = grpc.server(
            futures.ThreadPoolExecutor(max_workers=2), options=(("grpc.so_reuseport", 0),)
        )
        service.add_RoutingServiceServicer_to_server(fake, server)
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        servers.append(server)
        return RunningService(fake, f"127.0.0.1:{port}")

    yield start
    for server in servers:
        server.stop(None).wait(5.0)


@pytest.fixture
def run_process(tmp_path: Path) -> RunProcess:
    """Runs `dialplane-agi NAME` as Asterisk does: `run_process("incoming", channel, target)`."""

    def run(
        script: str,
        channel: Channel,
        targets: str = "",
        before: Before = lambda _index, _command: b"",
        environment_bytes: bytes | None = None,
        **environment: str,
    ) -> Ran:
        from_shim, to_asterisk = os.pipe()
        from_asterisk, to_shim = os.pipe()
        started = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, "-m", "dialplane_shims.exec_shim", script],
            stdin=from_asterisk,
            stdout=to_asterisk,
            stderr=subprocess.PIPE,
            env=shim_environment(tmp_path, targets, **environment),
        )
        os.close(from_asterisk)
        os.close(to_asterisk)
        session = Session(channel, from_shim, to_shim, before, environment_bytes)
        session.start()
        try:
            _, stderr = process.communicate(timeout=15)
        finally:
            process.kill()
        seconds = time.monotonic() - started
        session.join(5)
        text = stderr.decode()
        assert "Traceback" not in text, text
        return Ran(process.returncode, text, seconds, channel, session.commands)

    return run


@pytest.fixture
def pair() -> Iterator[OpenPair]:
    """Opens sessions in this process: `pair(channel)`."""
    ends: list[socket.socket] = []

    def start(
        channel: Channel,
        before: Before = lambda _index, _command: b"",
        environment_bytes: bytes | None = None,
        seconds: float = 5.0,
        *,
        network: bool = False,
    ) -> Pair:
        ours, theirs = socket.socketpair()
        ends.append(ours)
        descriptor = theirs.detach()
        session = Session(channel, descriptor, descriptor, before, environment_bytes)
        session.start()
        return Pair(Agi(ours.fileno(), ours.fileno(), Deadline(seconds), network=network), session)

    yield start
    for end in ends:
        end.close()


@pytest.fixture
def start_agent(tmp_path: Path) -> Iterator[StartAgent]:
    """Starts agents: `start_agent(targets, **environment)`; each has a socket of its own."""
    with short_folder() as folder, agents() as started:

        def start(targets: str, **environment: str) -> AgentProcess:
            socket_path = str(folder / f"{len(started)}.sock")
            environment.setdefault("DIALPLANE_AGENT_SOCKET", socket_path)
            started.append(AgentProcess(tmp_path, targets, **environment))
            return started[-1]

        yield start
