"""The agent behind FastAGI: every script, hangups, overload, silence, stop and reload."""

import contextlib
import os
import signal
import socket
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from tests.shims import bad_servers, replies
from tests.shims.agent_process import StartAgent
from tests.shims.fake_asterisk import Session, assert_commands_are_meant, provider_call, user_call
from tests.shims.harness import RunningService, Serve
from tests.shims.test_hostile import SCRIPTS, channel_for
from tests.shims.test_scripts import CALLED_LEG, CLASSIFIED

STATUSES = {
    "incoming": "TARGETS",
    "make_a_route": "TARGETS",
    "incoming_dialer": "DIAL",
    "create_channel_record": "RECORDED",
    "predial": "RECORDED",
    "hangup": "RECORDED",
}


@pytest.fixture
def service(serve: Serve) -> RunningService:
    return serve(
        ClassifyCall=replies.targets(),
        BuildDialString=replies.dial(),
        RecordChannel=replies.recorded(),
        Hangup=replies.hung_up(),
    )


def status(session: Session) -> str:
    names = [name for name, _ in session.channel.sets]
    assert names.count("DIALPLANE_STATUS") <= 1
    if "DIALPLANE_STATUS" not in names:
        return ""
    assert names[-1] == "DIALPLANE_STATUS"  # set last
    return session.channel["DIALPLANE_STATUS"]


def test_every_script(service: RunningService, start_agent: StartAgent) -> None:
    agent = start_agent(service.target)
    for script in SCRIPTS:
        for path in (script, f"/{script}?server=1&x=%20"):
            session = agent.call(path, channel_for(script))
            assert status(session) == STATUSES[script]
            assert_commands_are_meant(session.commands)
    assert len(service.requests) == 2 * len(SCRIPTS)
    # Not one of the calls has left a number, or a line, in the log.
    assert [line for line in agent.log if "level=info" not in line] == []
    assert not any("7495" in line for line in agent.log)
    assert agent.stop() == 0
    assert agent.wait_for("event=stopped steps=12 finished=True")


def test_a_script_that_there_is_not(start_agent: StartAgent) -> None:
    agent = start_agent("")
    for name in ("incomming", "", "/", "../incoming", "ping", "x" * 500):
        session = agent.call(name, provider_call())
        assert session.channel["DIALPLANE_REASON"] == "NO_SUCH_SCRIPT"
        assert status(session) == "UNAVAILABLE"
    agent.wait_for('level=warning event="no such script"')


def test_without_a_service(start_agent: StartAgent, tmp_path: Path) -> None:
    with bad_servers.refusing() as target:
        agent = start_agent(target)
        assert status(agent.call("incoming", provider_call())) == "UNAVAILABLE"
        assert status(agent.call("hangup", provider_call(**CALLED_LEG))) == "SPOOLED"
    assert len(list((tmp_path / "spool").glob("*.json"))) == 1
    assert "7495" not in "".join(agent.log)
    agent.wait_for('event="replica does not serve"')


def test_a_caller_who_hangs_up_is_normal(serve: Serve, start_agent: StartAgent) -> None:
    """A line HANGUP before an answer, as Asterisk sends it: no decision, but every event."""
    service = serve(ClassifyCall=replies.targets(), Hangup=replies.hung_up())
    agent = start_agent(service.target, DIALPLANE_LOG_LEVEL="debug")

    def hang_up(index: int, command: bytes) -> bytes:
        return b"HANGUP\n" + session._answer(command) if index == 1 else b""

    session = Session(channel_for("incoming"), -1, -1)
    assert status(agent.call("incoming", session.channel, hang_up)) == ""
    agent.wait_for("script=incoming status=hangup")
    session = Session(channel_for("hangup"), -1, -1)
    assert status(agent.call("hangup", session.channel, hang_up)) == "RECORDED"
    assert len(service.requests) == 1
    assert not any("level=warning" in line for line in agent.log)


def test_a_connection_that_ends_in_mid_step(serve: Serve, start_agent: StartAgent) -> None:
    service = serve(RecordChannel=replies.recorded())
    agent = start_agent(service.target, DIALPLANE_LOG_LEVEL="debug")
    for last in range(1, 5):
        agent.call(
            "create_channel_record",
            provider_call(**CALLED_LEG),
            lambda index, _, last=last: None if index == last else b"",
        )
    # The first ended before its event was known; the others are recorded.
    assert len(service.requests) == 3
    assert status(agent.call("create_channel_record", provider_call(**CALLED_LEG))) == "RECORDED"
    assert not any("level=warning" in line for line in agent.log)


def test_two_hundred_at_once(serve: Serve, start_agent: StartAgent) -> None:
    """All of them are in the agent at the same time: none is answered before all have begun."""
    count = 200
    begun = threading.Barrier(count)

    def together(_index: int, _command: bytes) -> bytes:
        begun.wait(10) if _index == 1 else None
        return b""

    service = serve(BuildDialString=replies.dial())
    agent = start_agent(service.target)
    calls = [user_call(**CLASSIFIED) for _ in range(count)]
    sessions = [agent.begin("incoming_dialer", call, together) for call in calls]
    for session in sessions:
        session.join(15)
    assert [status(session) for session in sessions] == ["DIAL"] * count
    assert len(service.requests) == count
    assert agent.stop() == 0


def test_beyond_the_limit(serve: Serve, start_agent: StartAgent) -> None:
    """Answered at once and by the declared policy; an event is left to the dialplan."""
    release = threading.Event()

    def slow(_request: Any, _context: Any) -> Any:
        release.wait(5)
        return replies.targets()

    service = serve(ClassifyCall=slow)
    agent = start_agent(
        service.target,
        DIALPLANE_AGENT_SESSIONS="2",
        DIALPLANE_FALLBACK_INCOMING="location:reception,s,1",
    )
    held = [agent.begin("incoming", provider_call()) for _ in range(2)]
    while len(service.requests) < 2:
        time.sleep(0.01)
    started = time.monotonic()
    refused = agent.call("incoming", provider_call())
    assert (status(refused), refused.channel["DIALPLANE_REASON"]) == ("LOCATION", "OVERLOADED")
    assert status(agent.call("hangup", provider_call(**CALLED_LEG))) == ""
    assert time.monotonic() - started < 1.0
    release.set()
    for session in held:
        session.join(5)
        assert status(session) == "TARGETS"
    agent.wait_for("event=overloaded script=incoming limit=2")


def test_silent_connections_are_in_nobodys_way(serve: Serve, start_agent: StartAgent) -> None:
    """More of them than the agent has threads and room: steps take as long as ever."""
    agent = start_agent(
        serve(ClassifyCall=replies.targets()).target,
        DIALPLANE_AGENT_SESSIONS="4",
        DIALPLANE_LOG_LEVEL="debug",
    )
    slow = [socket.create_connection(agent.address) for _ in range(300)]
    for end in slow[::2]:
        end.send(b"agi_network: y")
    for _ in range(5):
        assert status(agent.call("incoming", provider_call())) == "TARGETS"
    agent.wait_for('event="connection dropped" why="made room"')
    agent.wait_for('event="connection dropped" why=silent')
    # One that spoke, was asked and then fell silent is given up within the step's deadline.
    talker = agent.begin("incoming", provider_call(), lambda *_: time.sleep(0.01) or b"100 \n")
    assert status(agent.call("incoming", provider_call())) == "TARGETS"
    for end in slow:
        end.settimeout(5)
        with contextlib.suppress(ConnectionResetError):
            assert end.recv(100) == b""  # not a word
        end.close()
    assert talker.commands


def test_what_is_no_agi(serve: Serve, start_agent: StartAgent) -> None:
    agent = start_agent(serve(ClassifyCall=replies.targets()).target)
    http, tls = b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03"
    for rubbish in (b"\n\n", bytes(100_000), http, b"agi_network_script: \xff\n\n", tls):
        with socket.create_connection(agent.address) as end:
            with contextlib.suppress(OSError):  # the agent may be faster
                end.sendall(rubbish)
            assert status(agent.call("incoming", provider_call())) == "TARGETS"
    assert agent.stop() == 0


def test_a_stop_waits_for_steps_in_progress(serve: Serve, start_agent: StartAgent) -> None:
    begun, release = threading.Event(), threading.Event()

    def slow(_request: Any, _context: Any) -> Any:
        begun.set()
        release.wait(5)
        return replies.targets()

    agent = start_agent(serve(ClassifyCall=slow).target)
    session = agent.begin("incoming", provider_call())
    assert begun.wait(5)
    agent.process.send_signal(signal.SIGTERM)
    while Path(agent.socket).exists():
        time.sleep(0.01)
    time.sleep(0.1)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(agent.address)
    release.set()
    session.join(5)
    assert status(session) == "TARGETS"
    assert agent.ended() == 0
    assert agent.wait_for("event=stopped steps=1 finished=True")


def test_a_stop_does_not_wait_for_ever(serve: Serve, start_agent: StartAgent) -> None:
    agent = start_agent(
        serve(ClassifyCall=replies.targets()).target,
        DIALPLANE_DECISION_DEADLINE="0.5",
        DIALPLANE_EVENT_DEADLINE="0.5",
    )
    release = threading.Event()
    agent.begin("incoming", provider_call(), lambda *_: release.wait(5) and b"")
    time.sleep(0.1)
    started = time.monotonic()
    agent.stop()
    assert time.monotonic() - started < 3.0
    release.set()


def test_settings_are_read_again(serve: Serve, start_agent: StartAgent, tmp_path: Path) -> None:
    first, second = (serve(ClassifyCall=replies.targets()) for _ in range(2))
    file = tmp_path / "shims.toml"
    file.write_text(f'targets = ["{first.target}"]')
    agent = start_agent("", DIALPLANE_SHIMS_CONFIG=str(file))
    agent.call("incoming", provider_call())
    file.write_text(f'targets = ["{second.target}"]')
    os.kill(agent.process.pid, signal.SIGHUP)
    agent.wait_for('event="settings were read again"')
    agent.call("incoming", provider_call())
    file.write_text('targets = ["10.0.0.1"]')
    os.kill(agent.process.pid, signal.SIGHUP)
    agent.wait_for('event="settings are wrong: the old ones stay"')
    assert status(agent.call("incoming", provider_call())) == "TARGETS"
    assert (len(first.requests), len(second.requests)) == (1, 2)


def test_a_second_replica_at_once(serve: Serve, start_agent: StartAgent) -> None:
    """A silent replica costs nothing once it is known to be silent."""
    with bad_servers.silent() as silent:
        service = serve(ClassifyCall=replies.targets())
        agent = start_agent(f"{silent},{service.target}")
        agent.wait_for('event="replica does not serve"')
        started = time.monotonic()
        for _ in range(3):
            assert status(agent.call("incoming", provider_call())) == "TARGETS"
        assert time.monotonic() - started < 0.5


def test_figures(service: RunningService, start_agent: StartAgent, tmp_path: Path) -> None:
    agent = start_agent(service.target)
    agent.call("incoming", provider_call())
    file = tmp_path / "agent.prom"
    until = time.monotonic() + 5
    while "dialplane_agent_steps_total 1" not in (file.read_text() if file.exists() else ""):
        assert time.monotonic() < until
        time.sleep(0.05)
    assert f'dialplane_replica_serving{{target="ipv4:{service.target}"}} 1' in file.read_text()


def test_a_clock_that_stands_still_when_the_agent_does(
    start_agent: StartAgent, tmp_path: Path
) -> None:
    agent, file = start_agent(""), tmp_path / "agent.clock"

    def age_ms() -> float:
        text = file.read_text()
        assert len(text) == 14
        return time.time() * 1000 - int(text)

    time.sleep(0.3)
    assert all(age_ms() < 900 for _ in range(100))
    with agent.frozen():
        time.sleep(0.6)
        assert age_ms() > 500
    agent.stop()
    assert not file.exists()
