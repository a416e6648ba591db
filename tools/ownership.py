"""Folders and files that root makes in somebody's clone belong to that somebody."""

import os
from pathlib import Path


def own_like_parent(path: Path) -> None:
    """As root, give what was just made to the owner of its folder; otherwise do nothing.

    Somebody who runs `sudo make run` once can go on without it.
    """
    if os.geteuid() == 0:
        folder = path.parent.stat()
        os.chown(path, folder.st_uid, folder.st_gid, follow_symlinks=False)


def make_folder(path: Path, mode: int = 0o777) -> None:
    """Make a folder, and those above it, unless it is there."""
    if path.is_dir():
        return
    make_folder(path.parent)
    path.mkdir(mode=mode, exist_ok=True)
    own_like_parent(path)
