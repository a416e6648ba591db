"""SIPp as the far ends of a lab: providers and phones that answer, and those that call."""

import ipaddress
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from tools.asterisk_program import SippProgram

from tests.lab.asterisk_host import render
from tests.lab.network import Network
from tests.lab.sip_messages import SipMessage, read_messages, requests

SCENARIOS: Final = Path(__file__).parent / "sipp"
DEFAULTS: Final = {
    "RING": "200",  # ms until a far end answers
    "TALK": "500",  # ms until the one who talks last hangs up
    "PATIENCE": "500",  # ms until a caller gives up
    "NUMBER": "74951815000",
    "FROM": "<sip:79990001122@lab.invalid>",
    "HEADERS": "",
    "LOGIN": "",  # a phone's own header
    "VOICE": "",  # what a caller's voice is: an action of SIPp
}
_READY_SECONDS: Final = 5.0


@dataclass
class Sipp:
    """One SIPp process at `address`, running tests/lab/sipp/`scenario`.xml.

    `values` replace the scenario's @NAMES@; `calls` is how many it takes or makes before it ends,
    0: until it is stopped. `media` is the address of its media, if that is another one.
    """

    program: SippProgram
    network: Network
    name: str
    address: str
    folder: Path
    scenario: str
    calls: int = 0
    remote: str = ""
    media: str = ""
    options: tuple[str, ...] = ()
    values: dict[str, str | int] = field(default_factory=dict)
    process: "subprocess.Popen[bytes] | None" = field(init=False, default=None)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def trace(self) -> Path:
        """The file of the messages it saw."""
        return self.folder / f"{self.name}.messages"

    def start(self) -> None:
        """Start it; a far end that waits for calls is ready when this returns."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.trace.unlink(missing_ok=True)
        command = self.program.command(
            self.program.PROGRAM,
            *("-sf", str(self.write_scenario())),
            *("-i", self.address, "-p", "5060", "-mi", self.media or self.address),
            *("-trace_msg", "-message_file", str(self.trace)),
            *("-trace_err", "-error_file", str(self.folder / f"{self.name}.errors")),
            "-nostdin",
            # A call that rings while we wait to cancel it is no surprise.
            *("-default_behaviors", "all,-abortunexp"),
            *(("-m", str(self.calls)) if self.calls else ()),
            *self.options,
            *((self.remote,) if self.remote else ()),
        )
        with (self.folder / f"{self.name}.console").open("wb") as output:
            self.process = self.network.start(
                command, environment={"TERM": "dumb"}, output=output, folder=self.folder
            )
        if not self.remote:
            self._wait_until_listening()

    def stop(self) -> None:
        """End it by its process id; calls in progress are left as they are."""
        if self.process is not None:
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(3)
            self.process.kill()
            self.process.wait()
            self.process = None

    def wait(self, seconds: float = 30.0) -> int:
        """Wait for it to end by itself; return its exit code: 0 when every call went as written."""
        assert self.process is not None
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self.name} did not end; see {self.trace}") from None

    def messages(self) -> list[SipMessage]:
        """Return the messages it saw so far."""
        return read_messages(self.trace)

    def invites(self) -> list[SipMessage]:
        """Return the calls that reached it."""
        return requests(self.messages(), "INVITE")

    def received(self, method: str) -> list[SipMessage]:
        """Return the requests of a method that reached it."""
        return requests(self.messages(), method)

    def statuses(self) -> list[int]:
        """Return the responses that it received, in order, repetitions apart."""
        found = [
            message.status for message in self.messages() if message.status and not message.sent
        ]
        return [status for i, status in enumerate(found) if i == 0 or found[i - 1] != status]

    def write_scenario(self) -> Path:
        """Write the scenario with its values in place; return the file."""
        values = {**DEFAULTS, **{name: str(value) for name, value in self.values.items()}}
        text = (SCENARIOS / f"{self.scenario}.xml").read_text()
        challenge = (SCENARIOS / "challenge.xml").read_text() if "CHALLENGE" in values else ""
        # An optional header that a call does not have must not leave an empty line behind.
        lines = text.replace("@CHALLENGE@\n", challenge).split("\n")
        kept = (line for line in lines if values.get(line.strip("@")) != "" or line[:1] != "@")
        file = self.folder / f"{self.name}.xml"
        file.write_text(render("\n".join(kept), values))
        return file

    def _wait_until_listening(self) -> None:
        assert self.process is not None
        wanted, table = _hexadecimal(self.address), "udp6" if ":" in self.address else "udp"
        deadline = time.monotonic() + _READY_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            with suppress(OSError):
                if wanted in Path(f"/proc/{self.process.pid}/net/{table}").read_text():
                    return
            time.sleep(0.01)
        said = (self.folder / f"{self.name}.console").read_text(errors="replace")[-1000:]
        raise AssertionError(f"{self.name} does not listen at {self.address}:\n{said}")


def _hexadecimal(address: str) -> str:
    """Return an address with SIP's port as /proc/net/udp writes it: each four bytes from the last on."""
    packed = ipaddress.ip_address(address).packed
    words = (packed[at : at + 4][::-1].hex().upper() for at in range(0, len(packed), 4))
    return "".join(words) + f":{5060:04X}"
