"""Temporary folders that only a living process needs do not outlive it for long."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tools.processes import owned_temporary_folder


@pytest.fixture
def base(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for temporary ones, with a short name as /tmp has."""
    with tempfile.TemporaryDirectory(prefix="dp-", dir="/tmp") as folder:
        monkeypatch.setattr(tempfile, "tempdir", folder)
        yield Path(folder)


def test_what_a_killed_process_left_goes_at_the_next_start(base: Path) -> None:
    code = (
        "import os, signal, sys, tempfile; tempfile.tempdir = sys.argv[1];"
        "from tools.processes import owned_temporary_folder as make;"
        "(make('lab-') / 'key').write_text('secret'); os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code, str(base)], check=False)
    [left] = base.iterdir()
    for name in ("lab-of_another_kind", "lab-x-1", "other-999999999-a"):
        (base / name).mkdir()
    mine = owned_temporary_folder("lab-")
    again = owned_temporary_folder("lab-")
    assert not left.exists()
    assert {path.name for path in base.iterdir()} == {
        *("lab-of_another_kind", "lab-x-1", "other-999999999-a"),
        *(mine.name, again.name),
    }
    assert mine.name.startswith(f"lab-{os.getpid()}-")
    assert mine.stat().st_mode & 0o777 == 0o700


def test_a_link_is_not_followed(base: Path, tmp_path: Path) -> None:
    (tmp_path / "kept").touch()
    (base / "lab-999999999-a").symlink_to(tmp_path)
    owned_temporary_folder("lab-")
    assert (tmp_path / "kept").exists()
