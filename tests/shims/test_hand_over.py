"""`dialplane-agi` hands its step over to the agent, or runs it where no agent does."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.shims import replies
from tests.shims.agent_process import StartAgent, short_folder
from tests.shims.conftest import run_process
from tests.shims.fake_asterisk import Session, assert_commands_are_meant, provider_call
from tests.shims.harness import ROOT, RunningService, RunProcess, Serve, shim_environment
from tests.shims.test_failures import DECISION_S, EVENT_S, REAL
from tests.shims.test_fastagi import STATUSES
from tests.shims.test_hostile import HOSTILE, SCRIPTS, channel_for
from tests.shims.test_scripts import CALLED_LEG

__all__ = ["run_process"]

_INSTANT = re.compile(rb"20\d\d-\d\d-\d\dT[\d:.]+Z|[0-9a-f]{8}(?=\$\{|\")")


@pytest.fixture
def service(serve: Serve) -> RunningService:
    return serve(
        ClassifyCall=replies.targets(),
        BuildDialString=replies.dial(),
        RecordChannel=replies.recorded(),
        Hangup=replies.hung_up(),
    )


def commands(ran: Any) -> list[bytes]:
    """What Asterisk was told, without instants and the marks of reads."""
    return [_INSTANT.sub(b"*", command) for command in ran.commands]


def test_the_result_is_the_same_to_the_byte(
    service: RunningService, start_agent: StartAgent, run_process: RunProcess
) -> None:
    agent = start_agent(service.target)
    for script in SCRIPTS:
        alone = run_process(script, channel_for(script), service.target)
        asked = service.requests.pop()
        handed = run_process(script, channel_for(script), DIALPLANE_AGENT_SOCKET=agent.socket)
        assert (handed.code, handed.stderr) == (0, "")
        assert handed.channel["DIALPLANE_STATUS"] == STATUSES[script]
        assert commands(handed) == commands(alone)
        for request in (asked, again := service.requests.pop()):
            if hasattr(request, "occurred_at"):
                request.ClearField("occurred_at")
        assert again == asked
        assert_commands_are_meant(handed.commands)
    assert agent.stop() == 0
    assert agent.wait_for(f"event=stopped steps={len(SCRIPTS)} finished=True")


def test_hostile_values_through_the_agent(
    service: RunningService, start_agent: StartAgent, run_process: RunProcess
) -> None:
    agent = start_agent(service.target)
    everything = b"".join(HOSTILE.values())
    for script in ("incoming", "hangup"):
        channel = channel_for(script)
        channel.environment["agi_calleridname"] = everything.replace(b"\n\n", b"\n")
        channel.variables["DIALPLANE_IN_DIVERSION"] = everything
        ran = run_process(script, channel, DIALPLANE_AGENT_SOCKET=agent.socket)
        assert ran.channel["DIALPLANE_STATUS"] == STATUSES[script]
        assert_commands_are_meant(ran.commands)


def test_nothing_slow_is_imported(service: RunningService, start_agent: StartAgent) -> None:
    agent = start_agent(service.target)
    ours, theirs = socket.socketpair()
    descriptor = theirs.detach()
    session = Session(provider_call(), descriptor, descriptor)
    with ours:
        process = subprocess.Popen(
            [sys.executable, "-ISXimporttime", "-c", _START, "incoming"],
            stdin=ours,
            stdout=ours,
            stderr=subprocess.PIPE,
            env={"DIALPLANE_AGENT_SOCKET": agent.socket},
        )
    session.start()
    _, stderr = process.communicate(timeout=10)
    assert session.channel["DIALPLANE_STATUS"] == "TARGETS"
    imported = {line.rpartition("|")[2].strip() for line in stderr.decode().splitlines()}
    assert "dialplane_shims.hand_over" in imported
    slow = {"grpc", "google", "dialplane", "asterisk", "re", "enum", "typing", "socket", "pathlib"}
    assert not {name.partition(".")[0] for name in imported} & slow
    ours_only = {name for name in imported if name.startswith("dialplane_shims.")}
    assert ours_only == {
        f"dialplane_shims.{name}" for name in ("exec_shim", "deadline", "names", "hand_over")
    }


_START = (
    f"import sys; sys.path.insert(0, {str(ROOT / 'shims')!r})\n"
    "from dialplane_shims.exec_shim import main; main()"
)


@pytest.fixture
def bad_agent() -> Iterator[Any]:
    """Listens where an agent should, and does to each connection what it is told to do."""
    with short_folder() as folder:
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(folder / "agent.sock"))
        listener.listen(8)

        def behave(what: Any) -> str:
            def serve() -> None:
                while True:
                    try:
                        end, _ = listener.accept()
                    except OSError:
                        return
                    threading.Thread(target=closing, args=(what, end), daemon=True).start()

            threading.Thread(target=serve, daemon=True).start()
            return str(folder / "agent.sock")

        yield behave
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def closing(what: Any, end: socket.socket) -> None:
    with end, contextlib.suppress(OSError):
        what(end)


def _close(end: socket.socket) -> None:
    end.shutdown(socket.SHUT_RDWR)


def _silent(end: socket.socket) -> None:
    while end.recv(65536):
        pass


def _busy(end: socket.socket) -> None:
    end.sendall(b"busy\n")


def _nonsense(end: socket.socket) -> None:
    end.sendall(b"HTTP/1.1 400\r\n\r\n")
    time.sleep(1)


def _greets_and_dies(end: socket.socket) -> None:
    end.recv(100)
    end.sendall(b"ready 1000\nGET FULL VARI")  # half a command must not reach Asterisk


def _reads_and_dies(end: socket.socket) -> None:
    end.sendall(b'ready 1000\nGET FULL VARIABLE "abcdabcd${EXTEN}abcdabcd"\n')
    buffer = b""
    while b"200 result" not in buffer:
        buffer += end.recv(65536)
    end.sendall(b'SET VARIABLE "LoopCount" "1"\n')


BAD = (_close, _silent, _busy, _nonsense, _greets_and_dies, _reads_and_dies)


@pytest.mark.parametrize("what", BAD)
def test_an_agent_that_does_not_do_it(
    what: Any, bad_agent: Any, service: RunningService, run_process: RunProcess
) -> None:
    ran = run_process(
        "hangup",
        provider_call(**CALLED_LEG),
        service.target,
        DIALPLANE_AGENT_SOCKET=bad_agent(what),
    )
    assert (ran.code, ran.stderr) == (0, "")
    assert ran.channel.sets[-1] == ("DIALPLANE_STATUS", "RECORDED")
    assert len(service.requests) == 1
    assert_commands_are_meant([line for line in ran.commands if b"abcdabcd" not in line])


def test_no_agent(service: RunningService, run_process: RunProcess, tmp_path: Path) -> None:
    for path in (tmp_path / "none", tmp_path, "relative", "/" + "x" * 200, "/\u00e9"):
        ran = run_process(
            "incoming", provider_call(), service.target, DIALPLANE_AGENT_SOCKET=str(path)
        )
        assert (ran.code, ran.stderr) == (0, "")
        assert ran.channel["DIALPLANE_STATUS"] == "TARGETS"


@pytest.mark.parametrize("script", ["incoming", "hangup"])
def test_a_frozen_agent(
    script: str, service: RunningService, start_agent: StartAgent, run_process: RunProcess
) -> None:
    agent = start_agent(service.target)
    with agent.frozen():
        ran = run_process(
            script,
            channel_for(script),
            service.target,
            DIALPLANE_AGENT_SOCKET=agent.socket,
            **REAL,
        )
    assert ran.seconds < (DECISION_S if script == "incoming" else EVENT_S)
    # On a busy machine no time may be left to ask: then the event is on the disk.
    assert ran.channel["DIALPLANE_STATUS"] in (STATUSES[script], "SPOOLED")


@pytest.mark.parametrize("number", [signal.SIGSTOP, signal.SIGKILL])
def test_an_agent_that_is_stopped_in_mid_step(
    number: int, serve: Serve, start_agent: StartAgent, run_process: RunProcess
) -> None:
    """While the service thinks: the process runs the step itself, within the deadline."""

    def first_ends_the_agent(_request: Any, _context: Any) -> Any:
        if len(service.requests) == 1:
            os.kill(agent.process.pid, number)
        return replies.hung_up()

    service = serve(Hangup=first_ends_the_agent)
    agent = start_agent(service.target)
    ran = run_process(
        "hangup",
        provider_call(**CALLED_LEG),
        service.target,
        DIALPLANE_AGENT_SOCKET=agent.socket,
        **REAL,
    )
    os.kill(agent.process.pid, signal.SIGKILL)
    assert ran.seconds < EVENT_S
    assert (ran.code, ran.channel["DIALPLANE_STATUS"]) == (0, ran.channel.sets[-1][1])
    assert ran.channel["DIALPLANE_STATUS"] in ("RECORDED", "SPOOLED")


def test_a_slow_service_is_no_frozen_agent(
    serve: Serve, start_agent: StartAgent, run_process: RunProcess
) -> None:
    def slow(_request: Any, _context: Any) -> Any:
        time.sleep(0.8)
        return replies.targets()

    service = serve(ClassifyCall=slow)
    agent = start_agent(service.target)
    ran = run_process("incoming", provider_call(), DIALPLANE_AGENT_SOCKET=agent.socket)
    assert ran.channel["DIALPLANE_STATUS"] == "TARGETS"
    assert len(service.requests) == 1


@pytest.mark.parametrize(("script", "recorded"), [("incoming", ""), ("predial", "RECORDED")])
def test_a_hangup_signal(
    script: str, recorded: str, serve: Serve, start_agent: StartAgent, run_process: RunProcess
) -> None:
    """SIGHUP ends a decision at once; an event goes on."""

    def hang_up(index: int, _command: bytes) -> bytes:
        if index == 1:
            pid = int(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()[-1])
            os.kill(pid, signal.SIGHUP)
            time.sleep(0.1)
        return b""

    service = serve(ClassifyCall=replies.targets(), RecordChannel=replies.recorded())
    agent = start_agent(service.target)
    ran = run_process(script, channel_for(script), "", hang_up, DIALPLANE_AGENT_SOCKET=agent.socket)
    assert (ran.code, ran.stderr) == (0, "")
    assert ran.channel.variables.get("DIALPLANE_STATUS", b"").decode() == recorded
    assert len(service.requests) == bool(recorded)


def test_the_launcher_runs_with_and_without_an_agent(
    service: RunningService, start_agent: StartAgent, tmp_path: Path
) -> None:
    """The printed file finds the shims by itself, and other packages where it needs them."""
    said = subprocess.run(
        [sys.executable, "-m", "dialplane_shims.exec_shim", "launcher"],
        capture_output=True,
        check=True,
    )
    launcher = tmp_path / "dialplane-agi"
    launcher.write_bytes(said.stdout)
    launcher.chmod(0o755)
    agent = start_agent(service.target)
    for socket_path, target in ((agent.socket, ""), ("", service.target)):
        ours, theirs = socket.socketpair()
        descriptor = theirs.detach()
        session = Session(provider_call(), descriptor, descriptor)
        environment = shim_environment(tmp_path, target, DIALPLANE_AGENT_SOCKET=socket_path)
        del environment["PYTHONPATH"]
        with ours:
            process = subprocess.Popen(
                [launcher, "incoming"], stdin=ours, stdout=ours, env=environment
            )
        session.start()
        assert process.wait(10) == 0
        session.join(5)
        assert session.channel["DIALPLANE_STATUS"] == "TARGETS"
