"""One Asterisk server of the lab: its own files, address and processes, ended by process id."""

import re
import shutil
import subprocess
import sysconfig
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from tools.asterisk_program import REPOSITORY, AsteriskProgram
from tools.processes import short_temporary_folder

from tests.lab.network import Network

DEPLOYED: Final = REPOSITORY / "deploy/asterisk"
SAMPLES: Final = Path(__file__).parent / "etc"
DIALPLANE_AGI: Final = Path(sysconfig.get_path("scripts")) / "dialplane-agi"
_START_SECONDS: Final = 30.0
_PLACEHOLDER: Final = re.compile(r"@([A-Z0-9_]+)@")


@dataclass
class AsteriskHost:
    """A server named `name` at `address`.

    Its /etc/asterisk is made of the lab's samples (`samples`, folders below tests/lab/etc, later
    ones win) and, in its folder dialplane/, of deploy/asterisk. `values` replace @NAMES@ in all of
    them. `folder` keeps the configuration and the logs for people to read. `keys` is a folder of RSA
    keys for IAX2.
    """

    program: AsteriskProgram
    network: Network
    name: str
    address: str
    folder: Path
    samples: tuple[str, ...]
    values: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    keys: Path | None = None
    process: "subprocess.Popen[bytes] | None" = field(init=False, default=None)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start it; returns when it is fully booted."""
        self.folder.mkdir(parents=True, exist_ok=True)
        # Asterisk's control socket has a short path only.
        self.run = short_temporary_folder("dialplane-asterisk-")
        for name in ("lib", "spool", "run", "agi"):
            (self.run / name).mkdir()
        if self.keys is not None:
            shutil.copytree(self.keys, self.run / "lib/keys")
        (self.run / "agi/dialplane-agi").symlink_to(DIALPLANE_AGI)
        (self.run / "etc").symlink_to(self._configure())
        logs = self.folder / "log"
        (logs / "cdr-csv").mkdir(parents=True, exist_ok=True)
        (self.run / "log").symlink_to(logs)
        arguments = ("-C", str(self.run / "etc/asterisk.conf"), "-f")
        with (logs / "console").open("ab") as output:
            self.process = self.network.start(
                self.program.command(self.program.PROGRAM, *arguments),
                environment={
                    "PATH": "/usr/local/bin:/usr/bin:/bin",
                    "HOME": str(self.run),
                    **self.environment,
                },
                output=output,
                folder=self.run,
            )
        self._wait_until_booted()

    def stop(self) -> None:
        """End it, whatever it is doing."""
        if self.process is not None:
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(10)
            self.process.kill()
            self.process.wait()
            self.process = None
        shutil.rmtree(self.run, ignore_errors=True)

    def cli(self, command: str) -> str:
        """Run a command of Asterisk's console; return what it prints."""
        arguments = ("-C", str(self.run / "etc/asterisk.conf"), "-r", "-x", command)
        done = subprocess.run(
            self.program.command(self.program.PROGRAM, *arguments),
            check=False,
            capture_output=True,
            text=True,
            env={"HOME": str(self.run)},
            timeout=30,
        )
        return done.stdout

    def channels(self) -> int:
        """Return how many channels there are."""
        found = re.search(r"(\d+) active channel", self.cli("core show channels count"))
        if found is None:
            raise AssertionError(f"{self.name} does not say how many channels it has")
        return int(found[1])

    def messages(self) -> str:
        """Return its log."""
        return (self.folder / "log/messages").read_text(errors="replace")

    def complaints(self) -> list[str]:
        """Return the errors and warnings of its log."""
        return [line for line in self.messages().splitlines() if re.search(r"WARN|ERROR", line)]

    def _configure(self) -> Path:
        etc = self.folder / "etc"
        shutil.rmtree(etc, ignore_errors=True)
        (etc / "dialplane").mkdir(parents=True)
        values = {
            "NAME": self.name,
            "ADDRESS": self.address,
            "RUN": str(self.run),
            "MODULES": str(self.program.modules),
            "DATA": str(self.program.data),
            **self.values,
        }
        folders = [(SAMPLES / sample, etc) for sample in self.samples]
        for source, destination in [*folders, (DEPLOYED, etc / "dialplane")]:
            for file in sorted(source.rglob("*.conf")):
                target = destination / file.relative_to(source)
                target.parent.mkdir(exist_ok=True)
                target.write_text(render(file.read_text(), values))
        return etc

    def _wait_until_booted(self) -> None:
        assert self.process is not None
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            if (self.run / "run/asterisk.ctl").exists() and "fully booted" in self.cli(
                "core waitfullybooted"
            ):
                return
            time.sleep(0.05)
        said = (self.folder / "log/console").read_text(errors="replace")[-2000:]
        self.stop()
        raise AssertionError(f"{self.name} does not start:\n{said}")


def render(text: str, values: Mapping[str, str]) -> str:
    """Replace every @NAME@; a name without a value is a mistake of the lab."""
    return _PLACEHOLDER.sub(lambda found: values[found[1]], text)
