"""A whole lab: the service with the demo rows, one Asterisk, and far ends to call and to answer."""

import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pymysql
from tools.asterisk_program import AsteriskProgram, SippProgram

from tests.lab.asterisk_host import DIALPLANE_AGI, AsteriskHost
from tests.lab.network import Network
from tests.lab.service import LabService
from tests.lab.sipp import Sipp
from tests.support.database import connect_arguments
from tests.support.schema import MigratedDatabase

SERVERS: Final = ("macomnet", "msm")
# Who lives at which address of the lab's network, by the last octet.
HOSTS: Final = {
    "MACOMNET": 1,
    "MSM": 2,
    "SERVICE": 10,
    "WESTCALL": 21,
    "ZADARMA": 22,
    "IPPORT": 23,
    "VOXBEAM": 24,
    "VOICEBUY": 25,
    "PHONE_201": 31,
    "PHONE_202": 32,
    "PHONE_301": 33,
    "STRANGER": 99,
}

# The demo rows, moved into the lab: providers and servers have its addresses. @NAMES@ as above.
_MOVE: Final = (
    "UPDATE servers SET ipaddress = '@MACOMNET@' WHERE id = 1",
    "UPDATE servers SET ipaddress = '@MSM@' WHERE id = 2",
    "UPDATE providers_ips SET ipaddress = '@WESTCALL@' WHERE id = 44",
    "UPDATE providers_ips SET ipaddress = '@ZADARMA@' WHERE id = 16",
    "UPDATE providers_ips SET ipaddress = '@IPPORT@' WHERE id = 31",
    "UPDATE providers_ips SET ipaddress = '@VOXBEAM@' WHERE id = 2",
    "INSERT INTO providers_ips (provider_id, ipaddress, direction) VALUES (11, '@VOICEBUY@', 'IN')",
)


@dataclass(frozen=True)
class Flavour:
    """A release of Asterisk and the driver that speaks SIP there: `PJSIP` or `SIP`."""

    release: int
    driver: str

    def __str__(self) -> str:
        return f"{self.release}-{self.driver.lower()}"

    @property
    def folder(self) -> str:
        """The folder of the driver's configuration below tests/lab/etc."""
        return "pjsip" if self.driver == "PJSIP" else "chan_sip"


@dataclass
class Lab:
    """What runs, and the words in which a scenario is written."""

    flavour: Flavour
    network: Network
    sipp: SippProgram
    database: MigratedDatabase
    service: LabService
    host: AsteriskHost
    folder: Path
    sister: AsteriskHost | None = None
    scenario: str = field(init=False, default="")
    _count: int = field(init=False, default=0)

    def address(self, who: str) -> str:
        """Return somebody's address."""
        return self.network.address(HOSTS[who])

    def far_end(self, who: str, does: str, **values: str | int) -> Sipp:
        """Make a far end that answers calls: a context manager. `does` names a scenario of SIPp."""
        return self._sipp(who, does, values, calls=0, remote="")

    def caller(self, who: str, number: str, does: str = "uac_call", **values: str | int) -> Sipp:
        """Make a far end that calls `number` once: on its own server."""
        host = self.sister if who == "PHONE_301" and self.sister is not None else self.host
        return self._sipp(who, does, {"NUMBER": number, **values}, calls=1, remote=host.address)

    def call(self, who: str, number: str, does: str = "uac_call", **values: str | int) -> Sipp:
        """Call a number, and wait until the call is over on every side; return the caller."""
        with self.caller(who, number, does, **values) as caller:
            assert caller.wait() == 0, f"the call did not go as written: {caller.trace}"
        self.quiet()
        self.deliver()
        return caller

    def deliver(self) -> None:
        """Deliver what the host had to keep: a process per step misses its deadline under load."""
        for host in self.hosts:
            if not any((host.folder / "spool").glob("*.json")):
                continue
            with (self.folder / "flush.log").open("ab") as output:
                flush = self.network.start(
                    [DIALPLANE_AGI, "flush"],
                    environment=host.environment,
                    output=output,
                    folder=self.folder,
                )
                assert flush.wait(30) == 0, "the spool was not delivered; see flush.log"

    def quiet(self, seconds: float = 10.0) -> None:
        """Wait until the host has no channel left: then every handler has run."""
        for host in self.hosts:
            self.until(lambda host=host: host.channels() == 0, f"{host.name} is quiet", seconds)  # type: ignore[misc]

    @property
    def hosts(self) -> list[AsteriskHost]:
        """The Asterisk servers."""
        return [self.host, *([self.sister] if self.sister is not None else [])]

    def until(self, condition: Callable[[], bool], what: str, seconds: float = 5.0) -> None:
        """Wait for something to become true."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
            time.sleep(0.05)

    def rows(self, query: str, *arguments: object) -> list[dict[str, Any]]:
        """Ask the database."""
        with self._connection() as connection, connection.cursor() as cursor:
            cursor.execute(query, arguments)
            return list(cursor.fetchall())

    def execute(self, statement: str, *arguments: object) -> None:
        """Change the database, and wait until the service decides on it."""
        self._run(statement, *arguments)
        time.sleep(0.5)

    def move_in(self, drivers: Sequence[str]) -> None:
        """Give the demo rows the lab's addresses, and each server its SIP driver."""
        for statement in _MOVE:
            text = statement
            for who in HOSTS:
                text = text.replace(f"@{who}@", self.address(who))
            self._run(text)
        for server, driver in enumerate(drivers, start=1):
            self._run("UPDATE servers SET sip_driver = %s WHERE id = %s", driver, server)

    def channels(self) -> list[dict[str, Any]]:
        """Return the channels of the last call, the calling one first, then by attempt."""
        return self.rows(
            "SELECT * FROM channels WHERE call_id ="
            " (SELECT call_id FROM channels ORDER BY first_recorded_at DESC LIMIT 1)"
            " ORDER BY leg = 'CALLED', attempt, created_at"
        )

    def _sipp(
        self, who: str, does: str, values: dict[str, str | int], *, calls: int, remote: str
    ) -> Sipp:
        self._count += 1
        return Sipp(
            self.sipp,
            self.network,
            f"{self._count:03d}-{who.lower()}",
            self.address(who),
            self.folder / self.scenario,
            does,
            calls=calls,
            remote=remote,
            values=values,
        )

    def _run(self, statement: str, *arguments: object) -> None:
        with self._connection() as connection, connection.cursor() as cursor:
            cursor.execute(statement, arguments)

    @contextmanager
    def _connection(self) -> Iterator["pymysql.Connection[Any]"]:
        arguments = connect_arguments(self.database.admin_url)
        with closing(
            pymysql.connect(
                **arguments,
                database=self.database.name,
                autocommit=True,
                cursorclass=pymysql.cursors.DictCursor,
            )
        ) as connection:
            yield connection


@contextmanager
def running_lab(
    flavours: Sequence[Flavour],
    asterisks: Mapping[int, AsteriskProgram],
    sipp: SippProgram,
    database: MigratedDatabase,
    folder: Path,
) -> Iterator[Lab]:
    """Start a lab with one server, or with two; at the end everything is stopped.

    The logs stay in `folder`.
    """
    with ExitStack() as stack:
        # A database that is reached over the network cannot be reached from another network.
        separate = "unix_socket" in connect_arguments(database.admin_url)
        network = stack.enter_context(Network(separate=separate))
        addresses = {who: network.address(host) for who, host in HOSTS.items()}
        folder.mkdir(parents=True, exist_ok=True)
        keys = make_keys(asterisks[flavours[0].release], folder / "keys")
        hosts = [
            AsteriskHost(
                asterisks[flavour.release],
                network,
                f"asterisk-{name}",
                addresses[name.upper()],
                folder / name,
                ("host", flavour.folder, name, f"{name}-{flavour.folder}"),
                {**addresses, "AGENT": "", "AGENT_CLOCK": ""},
                {
                    "DIALPLANE_TARGETS": f"{addresses['SERVICE']}:50051",
                    "DIALPLANE_SPOOL": str(folder / name / "spool"),
                },
                keys,
            )
            for name, flavour in zip(SERVERS, flavours, strict=False)
        ]
        service = LabService(
            network, addresses["SERVICE"], database.service_url, folder / "service"
        )
        lab = Lab(flavours[0], network, sipp, database, service, hosts[0], folder, *hosts[1:])
        lab.move_in([flavour.driver for flavour in flavours])
        stack.enter_context(service)
        for host in hosts:
            stack.enter_context(host)
        if len(hosts) > 1:
            for host in hosts:
                # The first to start found nobody at the other end, and asks again after a while.
                lab.until(
                    lambda host=host: "OK (" in host.cli("iax2 show peers"),  # type: ignore[misc]
                    f"{host.name} reaches its sister server",
                    15,
                )
        yield lab


def make_keys(asterisk: AsteriskProgram, folder: Path) -> Path:
    """Make an RSA key for each server, named as the server; return the folder."""
    folder.mkdir(exist_ok=True)
    for name in SERVERS:
        private, public = folder / f"asterisk-{name}.key", folder / f"asterisk-{name}.pub"
        for arguments in (
            ("genrsa", "-out", str(private), "1024"),
            ("rsa", "-in", str(private), "-pubout", "-out", str(public)),
        ):
            subprocess.run(
                asterisk.command(asterisk.OPENSSL, *arguments),
                check=True,
                capture_output=True,
                env={"OPENSSL_CONF": "/dev/null"},
            )
        private.chmod(0o600)
    return folder
