"""Small truths about processes and folders that Linux keeps and Python does not wrap."""

import ctypes
import os
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
    base = tempfile.gettempdir()
    if len(os.fsencode(base)) > 50:
        base = "/tmp"
    return Path(tempfile.mkdtemp(prefix=prefix, dir=base))


def write_whole(file: Path, text: str) -> None:
    """Replace a file's content at once: a reader sees the old text or the new, never a part."""
    unfinished = file.with_name(file.name + ".part")
    unfinished.write_text(text)
    own_like_parent(unfinished)
    unfinished.replace(file)
