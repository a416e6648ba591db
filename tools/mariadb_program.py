"""The MariaDB server program: the machine's own, or the distribution's package under `var/`."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tools.debian_packages import PackagesUnavailableError, fetch_packages

REPOSITORY = Path(__file__).resolve().parent.parent
UNPACKED = REPOSITORY / "var" / "mariadb-program"
PACKAGES = ("mariadb-server-core", "mariadb-client-core")


@dataclass(frozen=True)
class MariaDBProgram:
    """A server program that is known to run on this machine."""

    base: Path
    """The prefix (`/usr`) below which its programs and shared files lie."""
    libraries: tuple[Path, ...] = ()
    """Folders with shared libraries that the machine itself lacks."""

    @property
    def server(self) -> Path | None:
        """The executable `mariadbd`, if it is there."""
        return _first_executable(self.base, "sbin/mariadbd", "bin/mariadbd", "libexec/mariadbd")

    @property
    def installer(self) -> Path | None:
        """The script `mariadb-install-db`, if it is there."""
        name = "mariadb-install-db"
        return _first_executable(self.base, f"bin/{name}", f"sbin/{name}", f"scripts/{name}")

    def environment(self) -> dict[str, str]:
        """Return the environment in which the program finds its libraries."""
        environment = dict(os.environ)
        if self.libraries:
            folders = [*map(str, self.libraries), environment.get("LD_LIBRARY_PATH", "")]
            environment["LD_LIBRARY_PATH"] = ":".join(filter(None, folders))
        return environment

    def through(self, link: Path) -> Self:
        """Make a short link to the program and reach it there: long paths and spaces break it."""
        link.symlink_to(self.base)
        return type(self)(link, tuple(link / p.relative_to(self.base) for p in self.libraries))

    def fault(self) -> str | None:
        """Why this program cannot be used here; None when it can."""
        if self.server is None or self.installer is None:
            return f"no mariadbd and mariadb-install-db below {self.base}"
        # Needed by the latter, and on Debian in the client's package.
        if _first_executable(self.base, "bin/my_print_defaults") is None:
            return f"no my_print_defaults below {self.base}"
        done = subprocess.run(
            [self.server, "--no-defaults", "--version"],
            check=False,
            capture_output=True,
            text=True,
            env=self.environment(),
        )
        return None if done.returncode == 0 else done.stderr.strip()


def find_mariadb(unpacked: Path = UNPACKED) -> MariaDBProgram:
    """Return the machine's server program, else the unpacked one, fetching it the first time.

    Raises `PackagesUnavailableError` when there is neither and none can be fetched.
    """
    for candidate in (_installed(), _unpacked(unpacked)):
        if candidate is not None and candidate.fault() is None:
            return candidate
    print(
        f"No complete MariaDB on this machine: fetching its package into {unpacked} (20 MB)",
        file=sys.stderr,
        flush=True,
    )
    try:
        fetch_packages(PACKAGES, unpacked, verify=_verify)
    except PackagesUnavailableError as error:
        raise PackagesUnavailableError(
            f"{error}\nNo MariaDB server to run privately: install the package mariadb-server-core,"
            " or set DIALPLANE_DATABASE_URL to a server that is running."
        ) from error
    found = _unpacked(unpacked)
    assert found is not None
    return found


def _installed() -> MariaDBProgram | None:
    on_path = shutil.which("mariadbd")
    # Distributions keep it in a folder that an ordinary user's PATH lacks.
    for server in (on_path, "/usr/sbin/mariadbd", "/usr/libexec/mariadbd"):
        if server is not None and Path(server).exists():
            return MariaDBProgram(Path(server).resolve().parent.parent)
    return None


def _unpacked(tree: Path) -> MariaDBProgram | None:
    if not (tree / "usr").is_dir():
        return None
    return MariaDBProgram(tree / "usr", tuple(sorted((tree / "usr/lib").glob("*-linux-*"))))


def _verify(tree: Path) -> None:
    program = _unpacked(tree)
    fault = "nothing was unpacked" if program is None else program.fault()
    if fault is not None:
        raise PackagesUnavailableError(f"the fetched MariaDB does not run: {fault}")


def _first_executable(base: Path, *candidates: str) -> Path | None:
    for candidate in candidates:
        if os.access(base / candidate, os.X_OK):
            return base / candidate
    return None
