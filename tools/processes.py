"""Small truths about processes and folders that Linux keeps and Python does not wrap."""

import ctypes
import os
import shutil
import signal
import tempfile
from contextlib import suppress
from pathlib import Path

from tools.ownership import own_like_parent

_PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int) -> None:
    """Get a SIGTERM when the process `parent`, our parent, dies, kill -9 included."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, int(signal.SIGTERM))
    # It may have died before the kernel was asked.
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGTERM)


def process_holding(file: Path, program: str) -> int | None:
    """Find the process that runs `program` and has `file` open; None when there is none."""
    wanted = file.stat()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().split(b"\0")[0]
            if Path(os.fsdecode(command)).name != program:
                continue
            opened = list((process / "fd").iterdir())
        except OSError:
            # It is gone by now, or belongs to somebody else.
            continue
        for descriptor in opened:
            with suppress(OSError):  # closed by now
                found = descriptor.stat()
                if (found.st_dev, found.st_ino) == (wanted.st_dev, wanted.st_ino):
                    return int(process.name)
    return None


def short_temporary_folder(prefix: str) -> Path:
    """Make a folder for this user alone (0700) whose path leaves room for a unix socket's name."""
    return Path(tempfile.mkdtemp(prefix=prefix, dir=_short_base()))


def owned_temporary_folder(prefix: str) -> Path:
    """Make such a folder that is of use only while this process lives.

    Those whose process is dead are removed, whatever killed it before it could do so.
    """
    sweep(_short_base(), prefix)
    return short_temporary_folder(f"{prefix}{os.getpid()}-")


def sweep(base: Path, prefix: str) -> None:
    """Remove this user's folders whose name says that their process is dead."""
    for folder in base.glob(f"{prefix}*-*"):
        process, dash, _ = folder.name.removeprefix(prefix).partition("-")
        if not (dash and process.isdigit()) or Path(f"/proc/{process}").exists():
            continue
        with suppress(OSError):  # somebody else was faster
            if folder.lstat().st_uid == os.getuid() and not folder.is_symlink():
                shutil.rmtree(folder, ignore_errors=True)


def _short_base() -> Path:
    base = tempfile.gettempdir()
    return Path(base if len(os.fsencode(base)) <= 50 else "/tmp")


def write_whole(file: Path, text: str) -> None:
    """Replace a file's content at once: a reader sees the old text or the new, never a part."""
    unfinished = file.with_name(file.name + ".part")
    unfinished.write_text(text)
    own_like_parent(unfinished)
    unfinished.replace(file)
