"""File locks that the kernel gives back when their holder dies, however it dies."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.ownership import make_folder, own_like_parent


def open_lock(path: Path) -> int:
    """Open (and create) a lock file; the descriptor is not inherited by child processes."""
    make_folder(path.parent)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    own_like_parent(path)
    return descriptor


def try_exclusive(descriptor: int) -> bool:
    """Take the lock alone if nobody else holds it, even if it was held shared before."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def try_shared(descriptor: int) -> bool:
    """Take the lock together with others unless somebody holds it alone."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def take_shared(descriptor: int) -> None:
    """Take the lock together with others; waits for an exclusive holder to leave."""
    fcntl.flock(descriptor, fcntl.LOCK_SH)


@contextmanager
def exclusive(path: Path) -> Iterator[int]:
    """Hold the lock at `path` alone, waiting for it as long as it takes.

    Gives its descriptor: a child process that inherits it holds the lock too.
    """
    descriptor = open_lock(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)
