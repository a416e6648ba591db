"""Asterisk and SIPp for the lab: the distribution's packages, unpacked under `var/`.

Each tree holds its own C library and loader, so that a release of another suite runs here without
root, without a chroot, and its AGI programs still run under this machine's Python.
"""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tools.debian_packages import PackagesUnavailableError, SuiteGoneError, fetch_packages

REPOSITORY = Path(__file__).resolve().parent.parent
UNPACKED = REPOSITORY / "var"

SUITES: Final = {16: "bullseye", 22: "sid"}
"""The Debian suite that carries each release of Asterisk."""

# openssl makes the keys of a lab's servers: exactly 1024 bits, which Asterisk's IAX2 insists on.
_ASTERISK_PACKAGES: Final = ("asterisk", "openssl")


class NoDebianPackagesError(PackagesUnavailableError):
    """This machine has no Debian packages at all: nothing of the lab can be fetched here."""


@dataclass(frozen=True)
class UnpackedTree:
    """A folder of unpacked packages with a loader of its own."""

    root: Path

    def command(self, program: str, *arguments: str) -> list[str]:
        """Return the command line that runs `program` (below the root) with its own libraries."""
        loader = self.loader
        if loader is None:
            raise PackagesUnavailableError(f"no loader below {self.root}")
        libraries = ":".join(str(folder) for folder in (*self._libraries(), self.root / "usr/lib"))
        path = str(self.root / program)
        return [str(loader), "--library-path", libraries, path, *arguments]

    @property
    def loader(self) -> Path | None:
        """The dynamic loader that came with the packages."""
        for folder in self._libraries():
            found = sorted(folder.glob("ld-linux*.so.*")) + sorted(folder.glob("ld-*.so"))
            # Links in old packages name the root of the machine they are meant for.
            real = next((file for file in reversed(found) if file.is_file()), None)
            if real is not None:
                return real
        return None

    def fault(self, program: str, *arguments: str, says: str) -> str | None:
        """Say why `program` does not run and print `says`; None when it does."""
        if not (self.root / program).is_file() or self.loader is None:
            return f"there is no {program} with a loader below {self.root}"
        done = subprocess.run(
            self.command(program, *arguments), check=False, capture_output=True, text=True, env={}
        )
        told = (done.stdout + done.stderr).strip()
        return None if says in told else f"it says {told[-300:]!r}"

    def _libraries(self) -> list[Path]:
        return sorted((self.root / "usr/lib").glob("*-linux-*"))


@dataclass(frozen=True)
class AsteriskProgram(UnpackedTree):
    """One release of Asterisk."""

    release: int

    PROGRAM = "usr/sbin/asterisk"
    OPENSSL = "usr/bin/openssl"

    @property
    def modules(self) -> Path:
        """The folder of its modules."""
        folders = [self.root / "usr/lib/asterisk/modules"]
        folders += [folder / "asterisk/modules" for folder in self._libraries()]
        return next(folder for folder in folders if folder.is_dir())

    @property
    def data(self) -> Path:
        """The folder of its data: PJSIP needs the documentation there."""
        return self.root / "usr/share/asterisk"

    @property
    def has_chan_sip(self) -> bool:
        """Whether this release still has the old SIP driver."""
        return (self.modules / "chan_sip.so").exists()


@dataclass(frozen=True)
class SippProgram(UnpackedTree):
    """The SIP test program."""

    PROGRAM = "usr/bin/sipp"


def find_asterisk(release: int, unpacked: Path = UNPACKED) -> AsteriskProgram:
    """Return a release of Asterisk, fetching it the first time.

    Raises `NoDebianPackagesError` on a machine without Debian packages, `SuiteGoneError` when the
    archive has not the suite that carries the release any more, `PackagesUnavailableError` for whatever
    else: no network, a package that cannot be unpacked, an Asterisk that does not run.
    """

    def verify(tree: Path) -> None:
        program = AsteriskProgram(tree, release)
        fault = program.fault(program.PROGRAM, "-V", says=f"Asterisk {release}.")
        fault = fault or program.fault(program.OPENSSL, "version", says="OpenSSL")
        if fault is not None:
            raise PackagesUnavailableError(f"the unpacked Asterisk {release} is no use: {fault}")

    tree = unpacked / f"asterisk-{release}"
    _say_if_absent(tree, f"Asterisk {release}", "100 MB")
    _require_debian()
    try:
        fetch_packages(
            _ASTERISK_PACKAGES, tree, suite=SUITES[release], whole_closure=True, verify=verify
        )
    except SuiteGoneError as error:
        raise SuiteGoneError(f"no Asterisk {release} from {SUITES[release]}: {error}") from error
    return AsteriskProgram(tree, release)


def find_sipp(unpacked: Path = UNPACKED) -> SippProgram:
    """Return SIPp, fetching it the first time.

    Raises `NoDebianPackagesError` on a machine without Debian packages, `PackagesUnavailableError`
    when it cannot be fetched.
    """

    def verify(tree: Path) -> None:
        program = SippProgram(tree)
        fault = program.fault(program.PROGRAM, "-v", says="SIPp v")
        if fault is not None:
            raise PackagesUnavailableError(f"the unpacked SIPp is no use: {fault}")

    tree = unpacked / "sipp"
    _say_if_absent(tree, "SIPp", "10 MB")
    _require_debian()
    fetch_packages(["sip-tester"], tree, whole_closure=True, verify=verify)
    return SippProgram(tree)


def _require_debian() -> None:
    # A machine that has only some of the tools is a broken Debian, and is not passed over.
    if not any(shutil.which(tool) for tool in ("apt-get", "dpkg-deb")):
        raise NoDebianPackagesError(
            "the lab needs Debian packages, and this machine has no apt-get, no dpkg-deb"
        )


def _say_if_absent(tree: Path, name: str, size: str) -> None:
    if not tree.exists():
        print(f"Fetching {name} into {tree} (about {size})", file=sys.stderr, flush=True)


def main(arguments: Sequence[str]) -> int:
    """Fetch what the lab needs; `16` and `22` choose releases."""
    for release in [int(word) for word in arguments] or sorted(SUITES):
        print(find_asterisk(release).root)
    print(find_sipp().root)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except PackagesUnavailableError as error:
        sys.exit(f"{error}")
