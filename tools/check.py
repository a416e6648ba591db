"""Every static check of the project, each by name; all of them run, whatever fails."""

import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path

from tools.mariadb_program import REPOSITORY

LONGEST_FILE = 400
_SCRIPTS = Path(sysconfig.get_path("scripts"))
_PACKAGES = ("dialplane_service", "dialplane_shims", "tools")


def _command(*command: str | Path) -> Callable[[], bool]:
    return lambda: subprocess.run(command, check=False, cwd=REPOSITORY).returncode == 0


def _module(name: str, *arguments: str) -> Callable[[], bool]:
    return _command(sys.executable, "-m", name, *arguments)


def _file_lengths() -> bool:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "*.py", "*.sql", "*.proto", ":!protos/python"],
        check=True,
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
    )
    short = True
    for name in filter(None, listed.stdout.split("\0")):
        file = REPOSITORY / name
        lines = len(file.read_text().splitlines()) if file.exists() else 0
        if lines > LONGEST_FILE:
            print(f"{name}: {lines} lines; at most {LONGEST_FILE}, or it is two files")
            short = False
    return short


CHECKS: dict[str, Callable[[], bool]] = {
    "ruff check": _module("ruff", "check"),
    "ruff format": _module("ruff", "format", "--check"),
    "mypy": _module("mypy", *(part for package in _PACKAGES for part in ("-p", package))),
    "import contracts": _command(_SCRIPTS / "lint-imports", "--no-logo"),
    "buf lint": _command(_SCRIPTS / "buf", "lint"),
    "buf breaking": _command(_SCRIPTS / "buf", "breaking", "--against", "protos/released.binpb"),
    "generated code": _module("tools.generate_protos", "--check"),
    "file lengths": _file_lengths,
}


def main(checks: dict[str, Callable[[], bool]] = CHECKS) -> int:
    """Run all checks; returns 1 if one fails."""
    failed = []
    for name, passes in checks.items():
        print(f"==> {name}", flush=True)
        if not passes():
            failed.append(name)
    if failed:
        print(f"\nFailed: {', '.join(failed)}")
        return 1
    print(f"\nAll {len(checks)} checks passed.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
