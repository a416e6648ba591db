"""Make `.venv` hold what pyproject.toml asks for; quick when it does already.

Safe to interrupt and to run several times at once.
"""

import hashlib
import os
import subprocess
import sys

from tools.locks import exclusive
from tools.mariadb_program import REPOSITORY

FOLDER = REPOSITORY / ".venv"
PYTHON = FOLDER / "bin" / "python"
STAMP = FOLDER / "dialplane-stamp"
UNFINISHED = FOLDER / "dialplane-unfinished"
SOURCES = ("pyproject.toml", "constraints.txt")


def main() -> int:
    """Create or renew the environment; returns the exit code."""
    wanted = _wanted()
    with exclusive(REPOSITORY / "var" / "virtual-environment.lock"):
        if _stamp() == wanted:
            return 0
        # An environment that somebody made by hand is completed; half of one is made anew.
        broken = UNFINISHED.exists() or (FOLDER.exists() and not _runs())
        print(f"==> Installing into {FOLDER.name}", flush=True)
        if not _run(sys.executable, "-m", "venv", *(["--clear"] if broken else []), str(FOLDER)):
            print(
                "Cannot create the virtual environment. On Debian, the package python3-venv"
                " has what is missing.",
                file=sys.stderr,
            )
            return 1
        UNFINISHED.touch()
        STAMP.unlink(missing_ok=True)
        install = (str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
        if not _run(*install, "-c", "constraints.txt", "-e", ".[service,dev]"):
            return 1
        UNFINISHED.unlink()
        STAMP.write_text(wanted)
    return 0


def _wanted() -> str:
    """Everything that the environment is made of, as one word; scripts in it name its path."""
    digest = hashlib.sha256(os.fsencode(REPOSITORY))
    digest.update(sys.version.encode())
    for name in SOURCES:
        digest.update((REPOSITORY / name).read_bytes())
    return digest.hexdigest()


def _stamp() -> str | None:
    return STAMP.read_text() if STAMP.exists() and PYTHON.exists() else None


def _runs() -> bool:
    try:
        return (
            subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True).returncode == 0
        )
    except OSError:
        return False


def _run(*command: str) -> bool:
    return subprocess.run(command, check=False, cwd=REPOSITORY).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
