"""The host's spool: one readable JSON file for each event that could not be delivered.

    /var/spool/dialplane/00001763851234123456789-4711-9f3c.json    waiting, oldest first by name
    /var/spool/dialplane/rejected/…                                 refused as invalid, for people

A file is there whole or not at all: it is written under another name, synced, renamed, and its
folder synced. Two processes never pick the same name. Folders and files are open to their group,
whatever umask their maker has, and folders are setgid: Asterisk's user and the agent's share them.
"""

import contextlib
import json
import os
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from google.protobuf.json_format import MessageToDict, ParseDict, ParseError

from dialplane.routing.v1.hangup_pb2 import HangupRequest
from dialplane.routing.v1.record_channel_pb2 import RecordChannelRequest

VERSION = 1
REJECTED = "rejected"
FILE_MODE, FOLDER_MODE = 0o660, 0o2770
# When a half-written file is nobody's any more.
_KILLED_S, _ABANDONED_S = 60.0, 3600.0

Event = RecordChannelRequest | HangupRequest
_REQUESTS: dict[str, type[Event]] = {"RecordChannel": RecordChannelRequest, "Hangup": HangupRequest}


class SpoolError(Exception):
    """The event could not be kept: the folder is full, missing or not writable."""


class UnreadableEventError(Exception):
    """A file of the spool does not hold an event."""


class BlockedEntryError(Exception):
    """An entry of the spool cannot be read now: a folder, a device, or somebody else's alone."""


@dataclass(frozen=True)
class SpooledEvent:
    """One event of the spool. `why` is the failure that brought it there."""

    rpc: str
    request: Event
    script: str
    why: str
    spooled_at: str


class Spool:
    """The events of one folder, at most `limit` that wait, and `limit` that were rejected."""

    def __init__(self, folder: str | Path, limit: int) -> None:
        self.folder = Path(folder)
        self._limit = limit

    def keep(self, rpc: str, request: Event, script: str, why: str) -> Path:
        """Keep an event until it is delivered. Raises SpoolError."""
        return self._write(self.folder, rpc, request, script, why)

    def reject(self, rpc: str, request: Event, script: str, why: str) -> Path:
        """Keep an event that the service refused as invalid, for people. Raises SpoolError."""
        return self._write(self.folder / REJECTED, rpc, request, script, why)

    def check(self) -> None:
        """Find out whether an event could be kept here. Raises SpoolError."""
        try:
            _make(self.folder)
            probe = self.folder / f".{os.getpid()}-{os.urandom(2).hex()}.tmp"
            os.close(os.open(probe, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, FILE_MODE))
            probe.unlink()
        except OSError as error:
            raise SpoolError(f"{self.folder}: {error.strerror or error}") from error

    def waiting(self) -> list[Path]:
        """Return the files that wait for delivery, oldest first."""
        return _files(self.folder)

    def rejected(self) -> list[Path]:
        """Return the files that were refused as invalid, oldest first."""
        return _files(self.folder / REJECTED)

    def read(self, path: Path) -> SpooledEvent:
        """Read one file.

        Raises UnreadableEventError, BlockedEntryError, or FileNotFoundError if it is gone.
        """
        try:
            if not stat.S_ISREG(path.stat().st_mode):  # nobody may ever write to a pipe
                raise BlockedEntryError(f"{path.name} is no file")
            envelope = json.loads(path.read_bytes())
            rpc = envelope["rpc"]
            return SpooledEvent(
                rpc=rpc,
                request=ParseDict(envelope["request"], _REQUESTS[rpc]()),
                script=str(envelope["script"]),
                why=str(envelope["why"]),
                spooled_at=str(envelope["spooled_at"]),
            )
        except FileNotFoundError:
            raise
        except OSError as error:
            raise BlockedEntryError(f"{path.name}: {error.strerror}") from error
        except (ValueError, KeyError, TypeError, ParseError) as error:
            raise UnreadableEventError(f"{path.name}: {error!r}") from error

    def remove(self, path: Path) -> None:
        """Forget a delivered event."""
        path.unlink(missing_ok=True)

    def sweep(self) -> None:
        """Remove what writers left that were killed before their rename.

        Whose process is gone for a minute, as its name says; after an hour whosever it is, for the
        number may be another process's by then.
        """
        now = time.time()
        for folder in (self.folder, self.folder / REJECTED):
            for path in folder.glob(".*.tmp"):
                with contextlib.suppress(FileNotFoundError):
                    age = now - path.stat().st_mtime
                    if age > _ABANDONED_S or (age > _KILLED_S and not _lives(path.name)):
                        path.unlink()

    def move_to_rejected(self, path: Path) -> None:
        """Put an event aside: it blocks nothing, and is not lost. Raises SpoolError."""
        try:
            _make(self.folder / REJECTED)
            path.rename(self.folder / REJECTED / path.name)
            _sync(self.folder / REJECTED)
            _sync(self.folder)
        except FileNotFoundError:
            return  # another flush was faster
        except OSError as error:
            raise SpoolError(f"{path}: {error.strerror}") from error

    def _write(self, folder: Path, rpc: str, request: Event, script: str, why: str) -> Path:
        now = time.time_ns()
        name = f"{now:023d}-{os.getpid()}-{os.urandom(2).hex()}"
        envelope = {
            "version": VERSION,
            "rpc": rpc,
            "script": script,
            "spooled_at": _instant(now),
            "why": why,
            "request": MessageToDict(request, preserving_proto_field_name=True),
        }
        data = json.dumps(envelope, indent=2, ensure_ascii=False).encode() + b"\n"
        try:
            _make(folder)
            if _count(folder, self._limit) >= self._limit:
                raise SpoolError(f"{folder} is full: {self._limit} events wait")
            temporary, final = folder / f".{name}.tmp", folder / f"{name}.json"
            try:
                _write_synced(temporary, data)
                temporary.rename(final)
            except OSError:
                temporary.unlink(missing_ok=True)
                raise
            _sync(folder)
        except OSError as error:
            raise SpoolError(f"{folder}: {error.strerror or error}") from error
        return final


def _lives(name: str) -> bool:
    """Whether the process that writes a file of this name is there."""
    writer = name.split("-")[-2].removeprefix(".") if "-" in name else ""
    return Path(f"/proc/{writer}").exists() if writer.isdigit() else True


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.name.endswith(".json"))
    except FileNotFoundError:
        return []


def _count(folder: Path, enough: int) -> int:
    """Count the waiting files, up to `enough`."""
    found = 0
    for name in _names(folder):
        found += name.endswith(".json")
        if found >= enough:
            break
    return found


def _names(folder: Path) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            yield entry.name


def _make(folder: Path) -> None:
    if not folder.is_dir():
        folder.mkdir(mode=0o770, parents=True, exist_ok=True)
        with contextlib.suppress(PermissionError):  # somebody else was faster, and shares it
            folder.chmod(FOLDER_MODE)


def share(descriptor: int, mode: int) -> None:
    """Open what this user has just made to its group, against any umask."""
    with contextlib.suppress(PermissionError):  # another user made it, and shared it
        os.fchmod(descriptor, mode)


def _write_synced(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o660)
    try:
        share(descriptor, FILE_MODE)
        while data:
            data = data[os.write(descriptor, data) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync(folder: Path) -> None:
    """Make a rename in `folder` survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _instant(nanoseconds: int) -> str:
    seconds, rest = divmod(nanoseconds, 10**9)
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{rest // 1000:06d}Z"
