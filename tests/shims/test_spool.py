"""The spool: whole files or none, bounded, delivered in order, nothing lost."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import grpc
import pytest

from dialplane.routing.v1.hangup_pb2 import HangupRequest
from dialplane.routing.v1.record_channel_pb2 import RecordChannelRequest
from dialplane_shims import spool as module
from dialplane_shims.flush import flush
from dialplane_shims.routing_client import RoutingClient, RpcFailedError
from dialplane_shims.spool import Spool, SpoolError, UnreadableEventError
from tests.shims import bad_servers, replies
from tests.shims.fake_asterisk import provider_call
from tests.shims.harness import RunProcess, Serve, shim_environment
from tests.shims.test_failures import fail
from tests.shims.test_scripts import CALLED_LEG


def event(number: int = 1) -> HangupRequest:
    return HangupRequest(
        server="asterisk-macomnet",
        channel={"unique_id": f"1.{number}", "name": 'x"\n\u2028é'},  # type: ignore[arg-type]
        occurred_at=replies.DECIDED_AT,
        call_id="c7f3a9",
        answered_ms=2**53 + 1,
    )


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool", 100)


class FakeClient:
    """Delivers, or fails as `outcome` says for an event's number."""

    def __init__(self, outcome: Callable[[str], str] = lambda _: "") -> None:
        self.delivered: list[str] = []
        self._outcome = outcome

    def call(self, rpc: str, request: Any, reply_type: Any, seconds: float) -> Any:  # noqa: ARG002
        number = request.channel.unique_id
        if code := self._outcome(number):
            raise RpcFailedError(code, "no")
        self.delivered.append(number)
        return replies.recorded() if rpc == "RecordChannel" else replies.hung_up()


def test_an_event_comes_back_exactly(spool: Spool) -> None:
    path = spool.keep("Hangup", event(), "hangup", "UNAVAILABLE: away")
    read = spool.read(path)
    assert (read.rpc, read.request, read.script) == ("Hangup", event(), "hangup")
    assert read.why == "UNAVAILABLE: away"
    text = path.read_text()
    assert '"unique_id": "1.1"' in text  # people read it
    assert json.loads(text)["version"] == 1
    assert path.stat().st_mode & 0o007 == 0  # calls are nobody else's business


@pytest.mark.parametrize("step", ["open", "write", "fsync", "rename"])
def test_a_kill_between_two_steps_leaves_a_whole_file_or_none(
    step: str, spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    class KilledError(BaseException):
        """Stands for kill -9: nothing after it runs in the process, not even handlers."""

    def kill(*_arguments: Any, **_more: Any) -> Any:
        raise KilledError

    spool.keep("Hangup", event(1), "hangup", "x")
    with monkeypatch.context() as patched:
        patched.setattr(Path if step == "rename" else module.os, step, kill)
        with pytest.raises(KilledError):
            spool.keep("Hangup", event(2), "hangup", "x")
    assert [spool.read(path).request for path in spool.waiting()] == [event(1)]


def test_a_kill_after_the_rename_leaves_the_event(
    spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def kill(_folder: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "_sync", kill)
    with pytest.raises(KeyboardInterrupt):
        spool.keep("Hangup", event(), "hangup", "x")
    assert [spool.read(path).request for path in spool.waiting()] == [event()]


def test_a_full_disk_leaves_nothing_behind(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(module.os, "write", full)
        with pytest.raises(SpoolError, match="No space left"):
            spool.keep("Hangup", event(), "hangup", "x")
    assert list(spool.folder.iterdir()) == []


def test_the_order_on_disk_is_file_then_name_then_folder(
    spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool.folder.mkdir()
    done: list[str] = []
    real_fsync, real_rename = os.fsync, Path.rename

    def fsync(descriptor: int) -> None:
        done.append("sync " + Path(f"/proc/self/fd/{descriptor}").resolve().suffix)
        real_fsync(descriptor)

    def rename(path: Path, target: Path) -> Path:
        done.append("rename")
        return real_rename(path, target)

    monkeypatch.setattr(module.os, "fsync", fsync)
    monkeypatch.setattr(Path, "rename", rename)
    spool.keep("Hangup", event(), "hangup", "x")
    assert done == ["sync .tmp", "rename", "sync "]


def test_a_bounded_spool_says_when_it_is_full(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool", 2)
    spool.keep("Hangup", event(1), "hangup", "x")
    spool.keep("Hangup", event(2), "hangup", "x")
    with pytest.raises(SpoolError, match="is full: 2 events wait"):
        spool.keep("Hangup", event(3), "hangup", "x")
    spool.reject("Hangup", event(4), "hangup", "x")  # for people, not for the queue


def test_events_are_delivered_in_order_and_forgotten(spool: Spool) -> None:
    for number in range(12):
        spool.keep("Hangup", event(number), "hangup", "x")
    client = FakeClient()
    report = flush(spool, client, 1.0)
    assert client.delivered == [f"1.{number}" for number in range(12)]
    assert (report.delivered, report.kept, report.rejected) == (12, 0, 0)
    assert spool.waiting() == []


def test_an_invalid_event_moves_aside_and_blocks_nothing(spool: Spool) -> None:
    for number in range(4):
        spool.keep("Hangup", event(number), "hangup", "x")
    (spool.folder / "0-not-json.json").write_bytes(b"{")
    (spool.folder / "0-not-ours.json").write_text('{"rpc": "Erase", "request": {}}')
    codes = {"1.1": "INVALID_ARGUMENT", "1.2": "NOT_FOUND"}
    said: list[str] = []
    client = FakeClient(lambda number: codes.get(number, ""))
    report = flush(spool, client, 1.0, said.append)
    assert client.delivered == ["1.0", "1.3"]
    assert (report.delivered, report.rejected, report.kept) == (2, 4, 0)
    assert len(spool.rejected()) == 4
    assert len(said) == 4


def hinder(spool: Spool) -> list[Path]:
    """Put entries into the spool that nobody can read, before and between the events."""
    folder, pipe, dead = (spool.folder / f"0-{name}.json" for name in ("folder", "pipe", "loop"))
    folder.mkdir(parents=True)
    os.mkfifo(pipe)
    dead.symlink_to(dead)
    return [folder, pipe, dead]


def test_what_cannot_be_read_blocks_nothing_and_stays(spool: Spool) -> None:
    hindrances = hinder(spool)
    for number in range(3):
        spool.keep("Hangup", event(number), "hangup", "x")
    said: list[str] = []
    client = FakeClient()
    report = flush(spool, client, 1.0, said.append)
    assert client.delivered == ["1.0", "1.1", "1.2"]
    assert (report.delivered, report.rejected, report.kept) == (3, 0, 3)
    assert sorted(spool.waiting()) == sorted(hindrances)
    assert all("cannot be read and stays" in line for line in said)
    assert len(said) == 3


@pytest.mark.skipif(os.getuid() == 0, reason="root may read everything")
def test_somebody_else_s_file_blocks_nothing(spool: Spool) -> None:
    spool.keep("Hangup", event(1), "hangup", "x").chmod(0)
    spool.keep("Hangup", event(2), "hangup", "x")
    assert flush(spool, FakeClient(), 1.0).delivered == 1


def test_what_cannot_be_put_aside_blocks_nothing(spool: Spool) -> None:
    for number in range(2):
        spool.keep("Hangup", event(number), "hangup", "x")
    (spool.folder / "rejected").write_text("not a folder")
    said: list[str] = []
    client = FakeClient(lambda number: "INVALID_ARGUMENT" if number == "1.0" else "")
    report = flush(spool, client, 1.0, said.append)
    assert (client.delivered, report.kept) == (["1.1"], 1)
    assert "cannot be put aside" in said[0]
    assert len(spool.waiting()) == 1


def test_an_event_that_breaks_the_service_is_kept_and_passed_over(spool: Spool) -> None:
    for number in range(3):
        spool.keep("Hangup", event(number), "hangup", "x")
    client = FakeClient(lambda number: "INTERNAL" if number == "1.0" else "")
    report = flush(spool, client, 1.0)
    assert client.delivered == ["1.1", "1.2"]
    assert report.kept == 1
    assert [spool.read(path).request for path in spool.waiting()] == [event(0)]


@pytest.mark.parametrize("code", ["UNAVAILABLE", "DEADLINE_EXCEEDED", "PERMISSION_DENIED"])
def test_a_closed_door_is_knocked_at_once(code: str, spool: Spool) -> None:
    for number in range(3):
        spool.keep("Hangup", event(number), "hangup", "x")
    client = FakeClient(lambda _: code)
    report = flush(spool, client, 1.0)
    assert (report.delivered, report.kept) == (0, 3)
    assert report.stopped == f"{code}: no"
    assert len(spool.waiting()) == 3


def test_two_flushes_do_not_run_at_once(spool: Spool) -> None:
    spool.keep("Hangup", event(), "hangup", "x")

    class Nested(FakeClient):
        def call(self, *arguments: Any) -> Any:
            assert flush(spool, self, 1.0).stopped == "another flush is running"
            return super().call(*arguments)

    assert flush(spool, Nested(), 1.0).delivered == 1


def test_a_flush_sweeps_what_a_killed_writer_left_long_ago(spool: Spool) -> None:
    spool.keep("Hangup", event(), "hangup", "x")
    old, new = spool.folder / ".1-2-3.tmp", spool.folder / ".4-5-6.tmp"
    old.write_bytes(b"{")
    new.write_bytes(b"{")
    os.utime(old, (1, 1))
    flush(spool, FakeClient(), 1.0)
    assert not old.exists()
    assert new.exists()  # its writer may be at work


def test_what_a_killed_writer_left_goes_a_minute_later(spool: Spool) -> None:
    spool.keep("Hangup", event(), "hangup", "x")
    gone = subprocess.Popen(["true"])
    gone.wait()
    left, written = (spool.folder / f".1-{pid}-ab.tmp" for pid in (gone.pid, os.getpid()))
    for path in (left, written):
        path.write_bytes(b"{")
    spool.sweep()
    assert left.exists()
    for path in (left, written):
        os.utime(path, (time.time() - 61,) * 2)
    spool.sweep()
    assert not left.exists()
    assert written.exists()


def test_a_folder_that_is_not_there_is_an_empty_spool(spool: Spool) -> None:
    assert flush(spool, FakeClient(), 1.0).delivered == 0
    assert (spool.waiting(), spool.rejected()) == ([], [])


def test_what_is_no_event_is_unreadable(spool: Spool, tmp_path: Path) -> None:
    for text in ("", "[]", "null", '{"rpc": "Hangup"}', '{"rpc": "Hangup", "request": {"x": 1}}'):
        path = tmp_path / "x.json"
        path.write_text(text)
        with pytest.raises(UnreadableEventError):
            spool.read(path)


def command(folder: Path, *arguments: str, target: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dialplane_shims.exec_shim", *arguments],
        env=shim_environment(folder, target),
        capture_output=True,
        text=True,
        timeout=15,
        check=False,
    )


def test_a_spooled_event_arrives_as_it_was(
    serve: Serve, run_process: RunProcess, tmp_path: Path
) -> None:
    """Down, spooled, listed, up, flushed: the service sees the event of the moment it happened."""
    with bad_servers.refusing() as target:
        run_process("create_channel_record", provider_call(**CALLED_LEG), target)
        run_process("hangup", provider_call(**CALLED_LEG), target)
    listed = command(tmp_path, "spool", "list")
    assert listed.returncode == 0
    assert "2 waiting, 0 rejected" in listed.stdout
    spool = Spool(tmp_path / "spool", 9)
    kept = [spool.read(path).request for path in spool.waiting()]
    service = serve(RecordChannel=replies.recorded(), Hangup=replies.hung_up())
    flushed = command(tmp_path, "flush", target=service.target)
    assert (flushed.returncode, flushed.stderr) == (0, "")
    assert flushed.stdout == "2 delivered, 0 rejected, 0 still waiting\n"
    assert service.requests == kept
    assert isinstance(service.requests[0], RecordChannelRequest)
    assert isinstance(service.requests[1], HangupRequest)


def test_flush_tells_by_its_exit_code(serve: Serve, tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool", 9)
    spool.keep("Hangup", event(), "hangup", "x")
    with bad_servers.refusing() as target:
        away = command(tmp_path, "flush", target=target)
    assert away.returncode == 3
    assert "0 delivered, 0 rejected, 1 still waiting" in away.stdout
    service = serve(Hangup=fail(grpc.StatusCode.INVALID_ARGUMENT))
    refused = command(tmp_path, "flush", target=service.target)
    assert refused.returncode == 4
    assert "1 rejected" in refused.stdout
    listed = command(tmp_path, "spool", "list")
    assert "0 waiting, 1 rejected" in listed.stdout


@pytest.mark.parametrize("words", [("flush",), ("spool", "list")])
def test_a_command_tells_a_missing_folder_from_an_empty_one(
    words: tuple[str, ...], serve: Serve, tmp_path: Path
) -> None:
    service = serve()
    missing = command(tmp_path, *words, target=service.target)
    assert (missing.returncode, missing.stdout) == (2, "")
    assert f"there is no folder {tmp_path / 'spool'}" in missing.stderr
    assert "agent.env" in missing.stderr
    (tmp_path / "spool").mkdir()
    assert command(tmp_path, *words, target=service.target).returncode == 0


def test_commands_pass_over_what_cannot_be_read(serve: Serve, tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool", 9)
    hinder(spool)
    spool.keep("Hangup", event(), "hangup", "x")
    listed = command(tmp_path, "spool", "list")
    assert listed.returncode == 0
    assert listed.stdout.count("unreadable: ") == 3
    assert "1.1" in listed.stdout
    service = serve(Hangup=replies.hung_up())
    flushed = command(tmp_path, "flush", target=service.target)
    assert flushed.returncode == 3
    assert "1 delivered, 0 rejected, 3 still waiting" in flushed.stdout


def test_the_real_client_delivers(serve: Serve, spool: Spool) -> None:
    spool.keep("Hangup", event(), "hangup", "x")
    service = serve(Hangup=replies.hung_up())
    client = RoutingClient([f"ipv4:{service.target}"])
    assert flush(spool, client, 2.0).delivered == 1
    client.close()
    assert service.requests == [event()]
