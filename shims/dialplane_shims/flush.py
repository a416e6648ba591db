"""Delivers the spool's events, oldest first."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from google.protobuf.message import Message

from dialplane.routing.v1.hangup_pb2 import HangupResponse
from dialplane.routing.v1.record_channel_pb2 import RecordChannelResponse
from dialplane_shims.routing_client import RETRIED, RpcFailedError
from dialplane_shims.spool import (
    FILE_MODE,
    BlockedEntryError,
    Spool,
    SpooledEvent,
    SpoolError,
    UnreadableEventError,
    share,
)

R = TypeVar("R", bound=Message)

# The event itself is wrong, or speaks of a server that is none: sending it again is no use.
INVALID = ("INVALID_ARGUMENT", "NOT_FOUND", "OUT_OF_RANGE")
# No event gets through now: the service is away, or does not let this host in.
CLOSED = (*RETRIED, "UNAUTHENTICATED", "PERMISSION_DENIED", "UNIMPLEMENTED")

_REPLIES: dict[str, type[RecordChannelResponse] | type[HangupResponse]] = {
    "RecordChannel": RecordChannelResponse,
    "Hangup": HangupResponse,
}


class Client(Protocol):
    """What asks the service: RoutingClient."""

    def call(self, rpc: str, request: Message, reply_type: type[R], seconds: float) -> R:
        """Return the reply. Raises RpcFailedError."""
        ...


@dataclass
class FlushReport:
    """What became of the events. `stopped` says why not all were tried."""

    delivered: int = 0
    rejected: int = 0
    kept: int = 0
    stopped: str = ""


def flush(
    spool: Spool,
    client: Client,
    seconds: float,
    say: Callable[[str], None] = lambda _: None,
    stopping: Callable[[], bool] = lambda: False,
) -> FlushReport:
    """Deliver what waits. `seconds` bounds each event; `say` hears of each rejected or kept one.

    `stopping` is asked before each event whether to leave the rest for another time.

    An event that the service refuses as invalid moves to rejected/ and blocks nothing; one that
    makes the service fail is kept and passed over, and so is an entry that cannot be read, or moved.
    Raises SpoolError.
    """
    report = FlushReport()
    with _alone(spool) as alone:
        if not alone:
            report.stopped = "another flush is running"
            return report
        spool.sweep()
        files = spool.waiting()
        for done, path in enumerate(files):
            if stopping():
                report.kept += len(files) - done
                report.stopped = "told to stop"
                break
            try:
                event = spool.read(path)
                _deliver(client, event, seconds)
            except FileNotFoundError:
                continue
            except BlockedEntryError as error:
                report.kept += 1
                say(f"{path.name} cannot be read and stays: {error}")
            except UnreadableEventError as error:
                _reject(spool, path, error, report, say)
            except RpcFailedError as error:
                if error.code in CLOSED:
                    report.kept += len(files) - done
                    report.stopped = str(error)
                    break
                if error.code in INVALID:
                    _reject(spool, path, error, report, say)
                else:
                    report.kept += 1
                    say(f"{path.name} kept: {error}")
            else:
                spool.remove(path)
                report.delivered += 1
    return report


def _reject(
    spool: Spool, path: Path, error: Exception, report: FlushReport, say: Callable[[str], None]
) -> None:
    try:
        spool.move_to_rejected(path)
    except SpoolError as fault:
        report.kept += 1
        say(f"{path.name} is invalid ({error}) and cannot be put aside: {fault}")
        return
    report.rejected += 1
    say(f"{path.name} rejected: {error}")


def _deliver(client: Client, event: SpooledEvent, seconds: float) -> None:
    reply = client.call(event.rpc, event.request, _REPLIES[event.rpc], seconds)
    if not reply.HasField("recorded_at"):
        raise RpcFailedError("INTERNAL", "the reply does not say that it is recorded")


@contextmanager
def _alone(spool: Spool) -> Iterator[bool]:
    """Hold the spool's lock, so that the agent and a person do not deliver the same event at once.

    It would do no harm, as every event is idempotent; it would only be work for nothing.
    """
    if not spool.folder.is_dir():
        yield True
        return
    try:
        lock = os.open(spool.folder / ".flush.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o660)
        share(lock, FILE_MODE)
    except OSError as error:
        raise SpoolError(f"{spool.folder}: {error.strerror}") from error
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
    finally:
        os.close(lock)
