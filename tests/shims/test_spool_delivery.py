"""The agent delivers the spool: in order, with patience, shared with others, and says how it is."""

import io
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest

from dialplane_shims.config import Settings
from dialplane_shims.fastagi.log import Log
from dialplane_shims.fastagi.sessions import Work
from dialplane_shims.fastagi.spool_delivery import SpoolAlarm, SpoolDelivery, SpoolFigures
from dialplane_shims.flush import flush
from dialplane_shims.spool import Spool, SpoolError
from tests.shims import bad_servers, replies
from tests.shims.agent_process import StartAgent
from tests.shims.fake_asterisk import provider_call
from tests.shims.harness import ROOT, Serve
from tests.shims.test_fastagi import status
from tests.shims.test_scripts import CALLED_LEG
from tests.shims.test_spool import FakeClient, event, hinder


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool", 100)


def delivery(spool: Spool, client: Any) -> tuple[SpoolDelivery, io.StringIO]:
    said = io.StringIO()
    log = Log("info", said)
    work = Work(Settings(spool=str(spool.folder), spool_limit=100), client)
    return SpoolDelivery(work, SpoolAlarm(log, 3, 300), log), said


def test_a_round_delivers_and_tells(spool: Spool) -> None:
    for number in range(4):
        spool.keep("Hangup", event(number), "hangup", "x")
    client = FakeClient(lambda number: "INVALID_ARGUMENT" if number == "1.2" else "")
    thread, said = delivery(spool, client)
    assert thread.round()
    assert client.delivered == ["1.0", "1.1", "1.3"]
    assert thread.figures == SpoolFigures(rejected=1)
    assert 'event="spool delivered" delivered=3 rejected=1 waiting=0' in said.getvalue()
    assert 'level=warning event="events were rejected as invalid"' in said.getvalue()
    assert thread.round()  # and the rejected one is in nobody's way
    assert said.getvalue().count("rejected as invalid") == 1


def test_what_cannot_be_read_is_told_once(spool: Spool) -> None:
    hinder(spool)
    client = FakeClient()
    thread, said = delivery(spool, client)
    for number in range(3):
        spool.keep("Hangup", event(number), "hangup", "x")
        thread.round()
    assert client.delivered == ["1.0", "1.1", "1.2"]
    assert said.getvalue().count("cannot be read and stays") == 3, "one line for each"
    assert thread.figures.waiting == 3


def test_a_round_that_fails_is_tried_again(spool: Spool) -> None:
    for number in range(4):
        spool.keep("Hangup", event(number), "hangup", "x")
    away = True
    client = FakeClient(lambda _: "UNAVAILABLE" if away else "")
    thread, said = delivery(spool, client)
    assert not thread.round()
    assert (thread.figures.waiting, thread.figures.oldest < 60) == (4, True)
    assert 'level=warning event="spool is not being delivered" waiting=4' in said.getvalue()
    assert not thread.round()
    assert said.getvalue().count("\n") == 1  # an alarm is not said every second
    away = False
    assert thread.round()
    assert 'level=info event="spool is delivered again" waiting=0' in said.getvalue()


def test_an_old_event_is_alarming(spool: Spool) -> None:
    path = spool.keep("Hangup", event(), "hangup", "x")
    long_ago = f"{time.time_ns() - 400 * 10**9:023d}-1-ab.json"
    path.rename(path.with_name(long_ago))
    thread, said = delivery(spool, FakeClient(lambda _: "UNAVAILABLE"))
    thread.round()
    assert 'event="spool is not being delivered" waiting=1 oldest_s=400' in said.getvalue()


def test_a_spool_that_cannot_be_read_ends_nothing(spool: Spool) -> None:
    spool.folder.write_text("not a folder")
    thread, said = delivery(spool, FakeClient())
    assert not thread.round()
    assert 'event="spool cannot be delivered"' in said.getvalue()


def test_a_stop_leaves_the_rest(spool: Spool) -> None:
    for number in range(5):
        spool.keep("Hangup", event(number), "hangup", "x")

    def stop_at_two(number: str) -> str:
        if number == "1.1":
            thread.stop()
        return ""

    thread, _ = delivery(spool, FakeClient(stop_at_two))
    assert not thread.round()
    assert thread.figures.waiting == 3


def test_pauses_grow_and_end_when_a_replica_comes_back(spool: Spool) -> None:
    spool.keep("Hangup", event(), "hangup", "x")
    rounds: list[float] = []
    away = True

    def outcome(_number: str) -> str:
        rounds.append(time.monotonic())
        return "UNAVAILABLE" if away else ""

    client = FakeClient(outcome)
    thread, _ = delivery(spool, client)
    thread.start()
    time.sleep(0.1)
    assert len(rounds) == 1
    away = False
    thread.hurry()
    until = time.monotonic() + 5
    while not client.delivered:
        assert time.monotonic() < until
        time.sleep(0.01)
    thread.stop()
    thread.join(5)
    assert not thread.is_alive()


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def test_no_umask_shuts_the_group_out(spool: Spool) -> None:
    """Asterisk's user and the agent's write and remove each other's files, whatever their umasks."""
    with umask(0o077):
        spool.keep("Hangup", event(1), "hangup", "x")
        spool.reject("Hangup", event(2), "hangup", "x")
        assert flush(spool, FakeClient(lambda _: "UNAVAILABLE"), 1.0).kept == 1
    with umask(0o000):
        spool.keep("Hangup", event(3), "hangup", "x")
    for path in [spool.folder, *spool.folder.rglob("*")]:
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode == (0o2770 if path.is_dir() else 0o660), (path, oct(mode))


@pytest.mark.skipif(os.getuid() != 0, reason="becoming two users takes root")
def test_two_users_share_a_spool(spool: Spool) -> None:
    """A group of two users, one with the strictest umask: both keep, both deliver."""
    group, asterisk, agent = 64_100, 64_101, 64_102
    for folder in spool.folder.parents[:3]:
        folder.chmod(folder.stat().st_mode | 0o011)
    spool.folder.mkdir()
    os.chown(spool.folder, agent, group)
    spool.folder.chmod(0o2770)
    for number, user in ((1, asterisk), (2, agent)):
        as_user(user, group, KEEP, str(spool.folder), str(number))
    assert {path.stat().st_uid for path in spool.waiting()} == {asterisk, agent}
    assert as_user(asterisk, group, DELIVER, str(spool.folder)) == "1.1 1.2\n"
    assert spool.waiting() == []


def as_user(user: int, group: int, program: str, *arguments: str) -> str:
    """Run a program that becomes somebody else once it has imported what it needs."""
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments, str(user), str(group)],
        env=PATHS,
        umask=0o077,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


PATHS = {"PYTHONPATH": f"{ROOT}:{ROOT}/shims:{ROOT}/protos/python", "PYTHONDONTWRITEBYTECODE": "1"}
KEEP = """
import os, sys
from dialplane.routing.v1.hangup_pb2 import HangupRequest
from dialplane_shims.spool import Spool
user, group = map(int, sys.argv[-2:])
os.setgroups([group]), os.setgid(group + 10), os.setuid(user)
event = HangupRequest(channel={"unique_id": "1." + sys.argv[2]})
Spool(sys.argv[1], 9).keep("Hangup", event, "hangup", "x")
"""
DELIVER = """
import os, sys
from dialplane.routing.v1.hangup_pb2 import HangupResponse
from dialplane_shims.flush import flush
from dialplane_shims.spool import Spool
user, group = map(int, sys.argv[-2:])
os.setgroups([group]), os.setgid(group + 10), os.setuid(user)
class Client:
    asked = []
    def call(self, rpc, request, reply_type, seconds):
        self.asked.append(request.channel.unique_id)
        reply = HangupResponse()
        reply.recorded_at.seconds = 1
        return reply
flush(Spool(sys.argv[1], 9), Client(), 1.0)
print(*Client.asked)
"""


def test_rejected_events_are_bounded_too(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool", 2)
    spool.reject("Hangup", event(1), "hangup", "x")
    spool.reject("Hangup", event(2), "hangup", "x")
    with pytest.raises(SpoolError, match="is full"):
        spool.reject("Hangup", event(3), "hangup", "x")


def test_from_the_spool_to_the_service(serve: Serve, start_agent: StartAgent, spool: Spool) -> None:
    """Spooled while nobody is there, delivered once and in order by agents that come and go."""
    with bad_servers.refusing() as target:
        agent = start_agent(target)
        for _ in range(3):
            session = agent.call("hangup", provider_call(**CALLED_LEG))
            assert status(session) == "SPOOLED"
        assert agent.stop() == 0
    kept = [spool.read(path).request for path in spool.waiting()]
    assert len(kept) == 3
    third_asked = threading.Event()

    def hang_up(_request: Any, context: grpc.ServicerContext) -> Any:
        if len(service.requests) == 2:  # the agent ends while the second is on its way
            agent.process.send_signal(signal.SIGTERM)
            third_asked.wait(0.3)
        return replies.hung_up()

    service = serve(Hangup=hang_up)
    agent = start_agent(service.target)
    assert agent.ended() == 0
    assert len(spool.waiting()) == 1
    agent = start_agent(service.target)
    agent.wait_for('event="spool delivered" delivered=1')
    assert service.requests == kept
    assert spool.waiting() == []


def test_a_spool_of_no_use_is_told_at_the_start(
    serve: Serve, start_agent: StartAgent, tmp_path: Path
) -> None:
    """And the agent works on: it is Asterisk's steps that count."""
    service = serve(Hangup=replies.hung_up())
    agent = start_agent(service.target, DIALPLANE_SPOOL="/proc/x")
    told = [line for line in agent.log if "spool cannot be used" in line]
    assert len(told) == 1, agent.log
    assert "level=warning" in told[0]
    assert "/proc/x" in told[0]
    assert status(agent.call("hangup", provider_call(**CALLED_LEG))) == "RECORDED"
    figures = tmp_path / "agent.prom"
    deadline = time.monotonic() + 5
    while "dialplane_spool_usable 0" not in (figures.read_text() if figures.exists() else ""):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert agent.stop() == 0


def test_a_spool_that_becomes_usable(spool: Spool) -> None:
    spool.folder.write_text("in the way")
    thread, said = delivery(spool, FakeClient())
    thread.check()
    assert not thread.usable
    assert said.getvalue().count("spool cannot be used") == 1
    thread.round()
    assert said.getvalue().count("spool cannot be used") == 1, "an alarm is not said every second"
    spool.folder.unlink()
    thread.round()
    assert thread.usable
    assert "spool can be used again" in said.getvalue()
    assert list(spool.folder.iterdir()) == [], "nothing of the try is left"
