"""A whole lab: the service with the demo rows, one Asterisk, and far ends to call and to answer."""

import time
from collections.abc import Callable, Iterator
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
    "STRANGER": 99,
}

# The demo rows, moved into the lab: providers and servers have its addresses. @NAMES@ as above.
_MOVE: Final = (
    "UPDATE servers SET sip_driver = '@DRIVER@'",
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
    scenario: str = field(init=False, default="")
    _count: int = field(init=False, default=0)

    def address(self, who: str) -> str:
        """Return somebody's address."""
        return self.network.address(HOSTS[who])

    def far_end(self, who: str, does: str, **values: str | int) -> Sipp:
        """Make a far end that answers calls: a context manager. `does` names a scenario of SIPp."""
        return self._sipp(who, does, values, calls=0, remote="")

    def caller(self, who: str, number: str, does: str = "uac_call", **values: str | int) -> Sipp:
        """Make a far end that calls `number` on the host once."""
        return self._sipp(
            who, does, {"NUMBER": number, **values}, calls=1, remote=self.host.address
        )

    def call(self, who: str, number: str, does: str = "uac_call", **values: str | int) -> Sipp:
        """Call a number, and wait until the call is over on every side; return the caller."""
        with self.caller(who, number, does, **values) as caller:
            assert caller.wait() == 0, f"the call did not go as written: {caller.trace}"
        self.quiet()
        self.deliver()
        return caller

    def deliver(self) -> None:
        """Deliver what the host had to keep: a process per step misses its deadline under load."""
        spool = self.folder / "macomnet/spool"
        if not any(spool.glob("*.json")):
            return
        with (self.folder / "flush.log").open("ab") as output:
            flush = self.network.start(
                [DIALPLANE_AGI, "flush"],
                environment=self.host.environment,
                output=output,
                folder=self.folder,
            )
            assert flush.wait(30) == 0, "the spool was not delivered; see flush.log"

    def quiet(self, seconds: float = 10.0) -> None:
        """Wait until the host has no channel left: then every handler has run."""
        self.until(lambda: self.host.channels() == 0, "the host has no channel left", seconds)

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
        with self._connection() as connection, connection.cursor() as cursor:
            cursor.execute(statement, arguments)
        time.sleep(0.5)

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
    flavour: Flavour,
    asterisk: AsteriskProgram,
    sipp: SippProgram,
    database: MigratedDatabase,
    folder: Path,
) -> Iterator[Lab]:
    """Start a lab; at the end everything is stopped, and the logs stay in `folder`."""
    with ExitStack() as stack:
        # A server that is reached over the network cannot be reached from another one.
        shares = "unix_socket" not in connect_arguments(database.admin_url)
        network = stack.enter_context(Network(separate=not shares))
        driver = "pjsip" if flavour.driver == "PJSIP" else "chan_sip"
        values = {who: network.address(host) for who, host in HOSTS.items()}
        lab = Lab(
            flavour,
            network,
            sipp,
            database,
            LabService(network, values["SERVICE"], database.service_url, folder / "service"),
            AsteriskHost(
                asterisk,
                network,
                "asterisk-macomnet",
                values["MACOMNET"],
                folder / "macomnet",
                ("host", driver, "macomnet", f"macomnet-{driver}"),
                {**values, "AGENT": "", "AGENT_CLOCK": ""},
                {
                    "DIALPLANE_TARGETS": f"{values['SERVICE']}:50051",
                    "DIALPLANE_SPOOL": str(folder / "macomnet/spool"),
                },
            ),
            folder,
        )
        for statement in _MOVE:
            text = statement
            for name, value in {**values, "DRIVER": flavour.driver}.items():
                text = text.replace(f"@{name}@", value)
            with lab._connection() as connection, connection.cursor() as cursor:  # noqa: SLF001
                cursor.execute(text)
        stack.enter_context(lab.service)
        stack.enter_context(lab.host)
        yield lab
