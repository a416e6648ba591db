"""One Asterisk server of the lab: its own files, address and processes, ended by process id."""

import re
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from tools.asterisk_program import REPOSITORY, AsteriskProgram
from tools.processes import owned_temporary_folder

from dialplane_shims import launcher
from tests.lab.agent import LabAgent
from tests.lab.network import Network

DEPLOYED: Final = REPOSITORY / "deploy/asterisk"
SAMPLES: Final = Path(__file__).parent / "etc"
# Errors of Asterisk's that scenarios ask for, and one of its own.
ASKED_FOR: Final = (
    # a device that is not registered (PJSIP)
    "Could not create dialog to invalid URI",
    "Failed to create outgoing session to endpoint",
    # 22, rarely, when a transaction of a call that is long over times out: it looks for no channel
    "channel.c: name must be provided",
)
_START_SECONDS: Final = 30.0
_PLACEHOLDER: Final = re.compile(r"@([A-Z0-9_]+)@")


@dataclass
class AsteriskHost:
    """A server named `name` at `address`.

    Its /etc/asterisk is made of the lab's samples (`samples`, folders below tests/lab/etc, in which
    `values` replace @NAMES@) and, in its folder dialplane/, of deploy/asterisk and of what `export`
    writes there. `folder` keeps the configuration and the logs for people to read. `keys` is a
    folder of RSA keys for IAX2. Without `with_agent` every step is a process. `address_6` is where it
    speaks SIP over IPv6 too, if it does.
    """

    program: AsteriskProgram
    network: Network
    name: str
    address: str
    folder: Path
    samples: tuple[str, ...]
    export: Callable[[Path], None]
    values: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    keys: Path | None = None
    with_agent: bool = True
    address_6: str = ""
    process: "subprocess.Popen[bytes] | None" = field(init=False, default=None)
    agent: LabAgent = field(init=False)

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:  # Ctrl-C too: nobody else knows yet what there is to end
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def spool(self) -> Path:
        """The folder of the events that wait."""
        return self.folder / "spool"

    @property
    def shim_environment(self) -> dict[str, str]:
        """What the shims of this host are told, the agent and its processes alike."""
        socket = str(self.agent.socket) if self.with_agent else ""
        own = {"DIALPLANE_SPOOL": str(self.spool), "DIALPLANE_AGENT_SOCKET": socket}
        return {**self.environment, **own}

    def start(self) -> None:
        """Start it; returns when it is fully booted."""
        logs = self.folder / "log"
        (logs / "cdr-csv").mkdir(parents=True, exist_ok=True)
        # Asterisk's control socket has a short path only, and so has the agent's.
        self.run = owned_temporary_folder("dialplane-asterisk-")
        for name in ("lib", "spool", "run", "agi"):
            (self.run / name).mkdir()
        if self.keys is not None:
            shutil.copytree(self.keys, self.run / "lib/keys")
        shim = self.run / "agi/dialplane-agi"
        shim.write_text(launcher.text())
        shim.chmod(0o755)
        log = logs / "agent"
        self.agent = LabAgent(self.network, self.address, self.run, log, {})
        self.agent.environment = self.shim_environment
        (self.run / "etc").symlink_to(self._configure())
        (self.run / "log").symlink_to(logs)
        if self.with_agent:
            self.agent.start()
        arguments = ("-C", str(self.run / "etc/asterisk.conf"), "-f")
        with (logs / "console").open("ab") as output:
            self.process = self.network.start(
                self.program.command(self.program.PROGRAM, *arguments),
                environment={
                    "PATH": "/usr/local/bin:/usr/bin:/bin",
                    "HOME": str(self.run),
                    **self.shim_environment,
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
        # Of a start that was broken off these may not be there yet.
        if hasattr(self, "agent"):
            self.agent.stop()
        if hasattr(self, "run"):
            shutil.rmtree(self.run, ignore_errors=True)

    def cli_command(self, *arguments: str) -> list[str]:
        """Return the command line that reaches its console."""
        configuration = str(self.run / "etc/asterisk.conf")
        return self.program.command(self.program.PROGRAM, "-C", configuration, *arguments)

    def cli(self, command: str) -> str:
        """Run a command of Asterisk's console; return what it prints."""
        done = subprocess.run(
            self.cli_command("-r", "-x", command),
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

    def undelivered(self) -> int:
        """Return how many events wait in its spool."""
        return sum(1 for _ in self.spool.glob("*.json"))

    def messages(self) -> str:
        """Return its log."""
        return (self.folder / "log/messages").read_text(errors="replace")

    def complaints(self) -> list[str]:
        """Return the errors of its log that no scenario asks for."""
        errors = [line for line in self.messages().splitlines() if " ERROR[" in line]
        return [line for line in errors if not any(asked in line for asked in ASKED_FOR)]

    def _configure(self) -> Path:
        etc = self.folder / "etc"
        shutil.rmtree(etc, ignore_errors=True)
        (etc / "dialplane").mkdir(parents=True)
        self.export(etc / "dialplane")
        for file in sorted(DEPLOYED.glob("*.conf")):
            shutil.copy(file, etc / "dialplane")
        values = {
            "NAME": self.name,
            "ADDRESS": self.address,
            "TRANSPORT_6": self._transport_6(),
            "RUN": str(self.run),
            "MODULES": str(self.program.modules),
            "DATA": str(self.program.data),
            "AGENT": self.agent.url if self.with_agent else "",
            "AGENT_CLOCK": str(self.agent.clock) if self.with_agent else "",
            **self.values,
        }
        for source in (SAMPLES / sample for sample in self.samples):
            for file in sorted(source.rglob("*.conf")):
                target = etc / file.relative_to(source)
                target.write_text(render(file.read_text(), values))
        return etc

    def _transport_6(self) -> str:
        if not self.address_6:
            return ""
        return f"[transport-udp6]\ntype=transport\nprotocol=udp\nbind=[{self.address_6}]:5060"

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
