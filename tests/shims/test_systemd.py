"""The agent and its service manager; its log; what it listens on; its health checks."""

import io
import os
import socket
import threading
import time
from concurrent import futures
from pathlib import Path

import grpc
import pytest
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

from dialplane_shims.fastagi.listeners import ListenError, listen_tcp, listen_unix
from dialplane_shims.fastagi.log import Log, redacted
from dialplane_shims.fastagi.main import run
from dialplane_shims.fastagi.replicas import check
from dialplane_shims.fastagi.settings import load
from dialplane_shims.fastagi.state import Figure, text_of
from dialplane_shims.fastagi.systemd import Systemd
from dialplane_shims.routing_client import SERVICE, RoutingClient
from tests.shims import bad_servers
from tests.shims.agent_process import StartAgent, short_folder


def test_ready_alive_stopping(start_agent: StartAgent) -> None:
    with short_folder() as folder, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(folder / "notify"))
        manager.settimeout(5)
        agent = start_agent("", NOTIFY_SOCKET=str(folder / "notify"), WATCHDOG_USEC="150000")
        heard = [manager.recv(4096).decode() for _ in range(8)]
        assert heard[0] == "READY=1"
        assert heard[1].startswith("WATCHDOG=1\nSTATUS=0 of 1 replicas serve, 0 steps run")
        started = time.monotonic()
        for _ in range(10):
            assert "WATCHDOG=1" in manager.recv(4096).decode()
        assert time.monotonic() - started > 0.3  # not more often than is needed
        with agent.frozen():
            manager.settimeout(0.3)
            with pytest.raises(TimeoutError):
                list(iter(lambda: manager.recv(4096), b""))
        manager.settimeout(5)
        agent.process.terminate()
        while "STOPPING=1" not in manager.recv(4096).decode():
            pass
        assert agent.ended() == 0


def test_an_abstract_address_and_another_process() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        name = f"dialplane-test-{os.getpid()}"
        manager.bind(f"\0{name}")
        manager.settimeout(5)
        Systemd({"NOTIFY_SOCKET": f"@{name}"}).notify("READY=1")
        assert manager.recv(99) == b"READY=1"
    Systemd({"NOTIFY_SOCKET": f"@{name}"}).notify("READY=1")  # nobody is there any more
    environment = {"NOTIFY_SOCKET": "@x", "WATCHDOG_USEC": "3000000"}
    assert Systemd(environment).ping_seconds == 1.0
    assert Systemd({**environment, "WATCHDOG_PID": "1"}).ping_seconds == 0.0
    assert Systemd({}).ping_seconds == 0.0


def test_log_lines() -> None:
    out = io.StringIO()
    log = Log("info", out, journal=True)
    log.debug("not said")
    log.warning("it is so", script="incoming", detail='called "74957777777"\nx', empty="")
    first, *rest = out.getvalue().splitlines()
    assert rest == []
    assert first.startswith("<4>at=20")
    assert first.endswith(
        'level=warning event="it is so" script=incoming detail="called \\"749******77\\"\\nx" empty=""'
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("74957777777", "749******77"),
        ("+74957777777.", "+749******77."),
        ("ext 101, 1763851234.7, 192.0.2.17:50051", "ext 101, 1763851234.7, 192.0.2.17:50051"),
        ("PJSIP/74957777777@westcall", "PJSIP/749******77@westcall"),
        ("00001763851234123456789-4711-9f3c.json", "00001763851234123456789-4711-9f3c.json"),
    ],
)
def test_numbers_are_hidden(text: str, shown: str) -> None:
    assert redacted(text) == shown


def test_who_may_connect() -> None:
    with short_folder() as folder:
        path = folder / "agent.sock"
        with listen_unix(path):
            assert path.stat().st_mode & 0o777 == 0o660
            with pytest.raises(ListenError, match="another agent"):
                listen_unix(path)
        # What a killed agent left is no agent.
        listen_unix(path).close()
        path.unlink()
        path.write_text("precious")
        with pytest.raises(ListenError, match="not a socket"):
            listen_unix(path)
        assert path.read_text() == "precious"
        with pytest.raises(ListenError, match="No such file"):
            listen_unix(folder / "none" / "agent.sock")
    with listen_tcp("127.0.0.1", 0) as taken, pytest.raises(ListenError, match="in use"):
        listen_tcp("127.0.0.1", taken.getsockname()[1])


def test_settings(tmp_path: Path) -> None:
    file = tmp_path / "shims.toml"
    file.write_text('server = "x"\n[agent]\nlisten = "[::1]"\nsessions = 9\nstate = "none"\n')
    environment = {"DIALPLANE_SHIMS_CONFIG": str(file), "DIALPLANE_LOG_LEVEL": "debug"}
    settings, errors = load(environment)
    assert errors == []
    assert (settings.listen, settings.sessions, settings.state) == (("::1", 4573), 9, None)
    assert (settings.shims.server, settings.log_level) == ("x", "debug")
    assert load({"DIALPLANE_AGENT_LISTEN": "10.0.0.1", "DIALPLANE_ALLOW_PLAINTEXT": "1"})[1] == []


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("AGENT_LISTEN", "10.0.0.1:4573"),
        ("AGENT_LISTEN", "0.0.0.0"),
        ("AGENT_LISTEN", "pbx.example.net"),
        ("AGENT_SESSIONS", "5000"),
        ("AGENT_STATE", "relative"),
        ("AGENT_SOCKET", "relative"),
        ("AGENT_SOCKET", "/" + "x" * 107),
        ("LOG_LEVEL", "loud"),
        ("SPOOL_ALARM_AGE", "old"),
        ("TARGETS", "10.0.0.1"),
    ],
)
def test_an_agent_does_not_start_with_wrong_settings(
    variable: str, value: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(f"DIALPLANE_{variable}", value)
    assert run([]) == 78
    line = capfd.readouterr().err
    assert 'event="wrong setting"' in line
    assert f"DIALPLANE_{variable}" in line


def test_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    assert "DIALPLANE_AGENT_SOCKET" in capsys.readouterr().out
    assert run(["serve"]) == 2


def test_figures_of_one_name_have_one_heading() -> None:
    figures = [Figure("a", 1, "A", labels='x="1"'), Figure("a", 0.5, "A", labels='x="2"')]
    assert text_of(figures) == '# HELP a A\n# TYPE a gauge\na{x="1"} 1\na{x="2"} 0.5\n'


def test_health_of_real_servers() -> None:
    """grpc.health.v1 as grpcio-health-checking speaks it: serving, not serving, silent, none."""
    servicer = health.HealthServicer()
    servers, targets = [], []
    for checks in (True, False):
        server = grpc.server(futures.ThreadPoolExecutor(1), options=(("grpc.so_reuseport", 0),))
        if checks:
            health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
        targets.append(f"ipv4:127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}")
        server.start()
        servers.append(server)
    states = health_pb2.HealthCheckResponse
    with bad_servers.silent() as silent:
        targets.append(f"ipv4:{silent}")
        client = RoutingClient(targets)
        for state, serves in ((states.SERVING, True), (states.NOT_SERVING, False)):
            servicer.set(SERVICE, state)
            started = time.monotonic()
            assert list(check(client, 0.4).values()) == [serves, True, False]
            assert time.monotonic() - started < 1.5
        client.close()
    for server in servers:
        server.stop(None).wait(5)
    assert threading.active_count() < 50
