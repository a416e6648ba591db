"""The caller hangs up in the middle of a step: a normal ending, and no event is lost."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from dialplane_shims import step
from dialplane_shims.agi import AgiError, AgiHangup
from dialplane_shims.config import Settings
from dialplane_shims.deadline import Deadline
from tests.shims import replies
from tests.shims.fake_asterisk import provider_call
from tests.shims.harness import OpenPair, RunProcess, Serve, shim_environment
from tests.shims.test_hostile import SCRIPTS, FakeClient, channel_for


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_session_may_end_at_every_command(script: str, pair: OpenPair) -> None:
    """Closed before the nth command is answered: a hangup, and an event read is an event sent."""
    whole = pair(channel_for(script))
    whole.agi.read_environment()
    step.run(script, whole.agi, Settings(), FakeClient(), Deadline(2.0))
    commands = whole.session.commands
    reads = sum(command.startswith(b"GET") for command in commands)
    for last in range(1, len(commands) + 1):
        client = FakeClient()
        opened = pair(
            channel_for(script), lambda index, _, last=last: None if index == last else b""
        )
        opened.agi.read_environment()
        with pytest.raises(AgiHangup):
            step.run(script, opened.agi, Settings(), client, Deadline(2.0))
        assert len(client.asked) == (last > reads)


@pytest.mark.parametrize("script", step.DECISIONS)
def test_a_caller_who_is_gone_is_decided_no_more(script: str, pair: OpenPair) -> None:
    class HangsUp(FakeClient):
        def call(self, *arguments: Any) -> Any:
            opened.agi.note_hangup()
            return super().call(*arguments)

    opened = pair(channel_for(script))
    opened.agi.read_environment()
    with pytest.raises(AgiHangup):
        step.run(script, opened.agi, Settings(), HangsUp(), Deadline(2.0))
    assert opened.session.channel.sets == []


@pytest.mark.parametrize("script", step.EVENTS)
def test_an_event_of_a_caller_who_is_gone_is_recorded(script: str, pair: OpenPair) -> None:
    opened = pair(channel_for(script))
    opened.agi.read_environment()
    opened.agi.note_hangup()
    assert step.run(script, opened.agi, Settings(), FakeClient(), Deadline(2.0)) == "RECORDED"
    assert opened.session.channel["DIALPLANE_STATUS"] == "RECORDED"


def test_a_fault_of_ours_is_an_answer(pair: OpenPair, capfd: pytest.CaptureFixture[str]) -> None:
    class Broken(FakeClient):
        def call(self, *_: Any) -> Any:
            raise ZeroDivisionError("of\nours")

    opened = pair(channel_for("incoming"))
    opened.agi.read_environment()
    assert step.run("incoming", opened.agi, Settings(), Broken(), Deadline(2.0)) == "UNAVAILABLE"
    assert opened.session.channel["DIALPLANE_REASON"] == "INTERNAL"
    assert capfd.readouterr().err == "dialplane-agi incoming: ZeroDivisionError: ofours\n"


def test_an_event_survives_a_fault_of_ours(pair: OpenPair, tmp_path: Path) -> None:
    class Broken(FakeClient):
        def call(self, *_: Any) -> Any:
            raise ZeroDivisionError

    opened = pair(channel_for("hangup"))
    opened.agi.read_environment()
    settings = Settings(spool=tmp_path)
    assert step.run("hangup", opened.agi, settings, Broken(), Deadline(2.0)) == "SPOOLED"
    assert len(list(tmp_path.glob("*.json"))) == 1


def test_asterisk_refuses_a_variable(pair: OpenPair) -> None:
    opened = pair(channel_for("incoming"), lambda index, _: b"511 Dead\n" if index > 1 else b"")
    opened.agi.read_environment()
    with pytest.raises(AgiError):
        step.run("incoming", opened.agi, Settings(), FakeClient(), Deadline(2.0))


# As processes


def test_a_closed_session_is_no_error(run_process: RunProcess) -> None:
    ran = run_process(
        "incoming",
        provider_call(),
        environment_bytes=b"agi_request: x\n",
        before=lambda *_: None,
        DIALPLANE_DECISION_DEADLINE="0.5",
    )
    assert ran.code == 1  # Asterisk stays silent: there is no one to answer
    assert ran.seconds < 1.0
    assert ran.commands == [b'SET VARIABLE "DIALPLANE_STATUS" "UNAVAILABLE"']
    ran = run_process("incoming", provider_call(), before=lambda *_: None)
    assert (ran.code, ran.stderr) == (0, "")


def test_nobody_on_standard_input(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "dialplane_shims.exec_shim", "hangup"],
        env=shim_environment(tmp_path, ""),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=10,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_a_hangup_signal_while_the_service_thinks(serve: Serve, tmp_path: Path) -> None:
    """SIGHUP and closed pipes, as with AGIEXITONHANGUP, while RecordChannel is on its way."""
    recorded: list[Any] = []

    def slow(request: Any, _context: Any) -> Any:
        os.kill(process.pid, signal.SIGHUP)
        assert process.stdin
        assert process.stdout
        process.stdin.close()
        process.stdout.close()
        time.sleep(0.1)
        recorded.append(request)
        return replies.recorded()

    from tests.shims.fake_asterisk import Session

    channel = channel_for("predial")
    service = serve(RecordChannel=slow)
    process = subprocess.Popen(
        [sys.executable, "-m", "dialplane_shims.exec_shim", "predial"],
        env=shim_environment(tmp_path, service.target),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdin
    assert process.stdout
    assert process.stderr
    session = Session(channel, -1, -1)
    process.stdin.write(session.environment_bytes())
    process.stdin.flush()
    process.stdin.write(session._answer(process.stdout.readline().rstrip(b"\n")))
    process.stdin.flush()
    stderr = process.stderr.read()
    process.stderr.close()
    assert process.wait(10) == 0
    assert stderr == b""
    assert len(recorded) == 1
    assert not (tmp_path / "spool").exists()
