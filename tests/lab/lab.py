"""The words in which a scenario is written: who calls whom, and what the database says of it."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pymysql
from tools.asterisk_program import SippProgram

from tests.lab.asterisk_host import AsteriskHost
from tests.lab.network import Network
from tests.lab.service import LabService
from tests.lab.sipp import Sipp
from tests.support.database import connect_arguments
from tests.support.schema import MigratedDatabase

# Who lives at which address of the lab's network, by the last octet.
HOSTS: Final = {
    "MACOMNET": 1,
    "MSM": 2,
    "CORBINA": 3,
    "SERVICE": 10,
    "GENEROUS": 11,
    "WESTCALL": 21,
    "ZADARMA": 22,
    "IPPORT": 23,
    "VOXBEAM": 24,
    "VOICEBUY": 25,
    "MULTITEL": 26,
    "PHONE_201": 31,
    "PHONE_202": 32,
    "PHONE_301": 33,
    "BORDER": 41,  # a session border controller that the first server trusts
    "STRANGER": 99,
}
# Who signals over IPv6, where the machine has it.
OVER_IPV6: Final = ("MULTITEL",)
# The phones, by the name of their device.
PHONES: Final = {"PHONE_201": "acme-201", "PHONE_202": "acme-202", "PHONE_301": "acme-301"}


@dataclass(frozen=True)
class Flavour:
    """A release of Asterisk and the driver that speaks SIP there: `PJSIP` or `SIP`.

    Without `agent` every step of a call is a process. `link` is what the other servers call it over.
    """

    release: int
    driver: str
    agent: bool = True
    link: str = "IAX2"

    def __str__(self) -> str:
        over = "" if self.link == "IAX2" else f"-over-{self.link.lower()}"
        return f"{self.release}-{self.driver.lower()}{'' if self.agent else '-exec'}{over}"

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
    password: str
    sister: AsteriskHost | None = None
    scenario: str = field(init=False, default="")
    _count: int = field(init=False, default=0)
    _called_at: str = field(init=False, default="1970-01-01")

    def address(self, who: str) -> str:
        """Return somebody's address."""
        address_6 = self.network.address_6(HOSTS[who]) if who in OVER_IPV6 else ""
        return address_6 or self.network.address(HOSTS[who])

    def far_end(self, who: str, does: str, **values: str | int) -> Sipp:
        """Make a far end that answers calls: a context manager. `does` names a scenario of SIPp."""
        return self._sipp(who, does, values, calls=0, remote="")

    def caller(
        self,
        who: str,
        number: str,
        does: str = "uac_call",
        calls: int = 1,
        rate: int = 10,
        **values: str | int,
    ) -> Sipp:
        """Make a far end that calls `number`, a phone with its login.

        `calls` times in all, `rate` times a second.
        """
        if who in PHONES:
            values = {"FROM": f"<sip:{PHONES[who]}@lab.invalid>", **self._login(who), **values}
        values = {"NUMBER": number, **values}
        # The database keeps milliseconds.
        instant = datetime.now(UTC) - timedelta(milliseconds=2)
        self._called_at = f"{instant:%Y-%m-%d %H:%M:%S.%f}"
        server = self._server_of(who)
        remote = f"[{server.address_6}]:5060" if ":" in self.address(who) else server.address
        return self._sipp(who, does, values, calls=calls, remote=remote, rate=rate)

    def call(self, who: str, number: str, does: str = "uac_call", **values: str | int) -> Sipp:
        """Call a number, and wait until the call is over on every side; return the caller."""
        with self.caller(who, number, does, calls=1, rate=10, **values) as caller:
            assert caller.wait() == 0, f"the call did not go as written: {caller.trace}"
        self.settle()
        return caller

    def register(self, *phones: str, seconds: int = 3600) -> None:
        """Register phones; for 0 seconds: let them go."""
        for who in phones:
            login = self._login(who)
            values: dict[str, str | int] = {"DEVICE": PHONES[who], "EXPIRES": seconds, **login}
            remote = self._server_of(who).address
            with self._sipp(who, "uac_register", values, calls=1, remote=remote) as phone:
                assert phone.wait() == 0, f"{who} was not registered: {phone.trace}"

    def settle(self) -> None:
        """Wait until every call is over, and every event in the database."""
        self.quiet()
        for host in self.hosts:
            if host.with_agent:
                self.until(
                    lambda host=host: host.undelivered() == 0,  # type: ignore[misc]
                    f"the agent of {host.name} has delivered its spool",
                    30,
                )
            elif host.undelivered():
                self._flush(host)

    def quiet(self, seconds: float = 10.0) -> None:
        """Wait until no host has a channel left: then every handler has run."""
        for host in self.hosts:
            self.until(lambda host=host: host.channels() == 0, f"{host.name} is quiet", seconds)  # type: ignore[misc]

    def _flush(self, host: AsteriskHost) -> None:
        """Without an agent, a person delivers: a process misses its deadline under load."""
        with (self.folder / "flush.log").open("ab") as output:
            flush = self.network.start(
                [host.run / "agi/dialplane-agi", "flush"],
                environment=host.shim_environment,
                output=output,
                folder=self.folder,
            )
            assert flush.wait(30) == 0, "the spool was not delivered; see flush.log"

    def _login(self, who: str) -> dict[str, str]:
        if who not in PHONES:
            return {}
        login = f"[authentication username={PHONES[who]} password={self.password}]"
        return {"LOGIN": login, "CHALLENGE": "yes"}

    def _server_of(self, who: str) -> AsteriskHost:
        return self.sister if who == "PHONE_301" and self.sister is not None else self.host

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
        self.change(statement, *arguments)
        [row] = self.rows("SELECT version FROM data_version")
        self.until(
            lambda: self.service.data_version() >= row["version"], "the service knows the change"
        )

    def change(self, statement: str, *arguments: object) -> None:
        """Change the database."""
        with self._connection() as connection, connection.cursor() as cursor:
            cursor.execute(statement, arguments)

    def channels(self, *, over: bool = True) -> list[dict[str, Any]]:
        """Return the channels of the last call, the calling one first, then by attempt.

        The call is over, unless said otherwise: then every channel has its end.
        """
        rows = self.rows(
            "SELECT * FROM channels WHERE call_id ="
            " (SELECT call_id FROM channels WHERE first_recorded_at >= %s"
            " ORDER BY first_recorded_at DESC LIMIT 1)"
            " ORDER BY leg = 'CALLED', attempt, created_at",
            self._called_at,
        )
        assert rows, "nothing was recorded of it"
        assert not over or every_channel_has_its_end(rows)
        return rows

    def _sipp(
        self,
        who: str,
        does: str,
        values: dict[str, str | int],
        *,
        calls: int,
        remote: str,
        rate: int = 10,
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
            media=self.network.address(HOSTS[who]),
            options=("-r", str(rate)),
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


def every_channel_has_its_end(rows: list[dict[str, Any]]) -> bool:
    """Whether each row was recorded from its beginning, where it was called, to its end.

    An emergency call asks nobody: of its called channel the end alone is recorded.
    """
    begun = [row["created_at"] or row["leg"] == "CALLING" or _urgent(row) for row in rows]
    return bool(rows) and all(begun) and all(row["ended_at"] for row in rows)


def outcomes(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """What became of each channel: account, route, cause, SIP status, who hung up.

    Who refused is empty: chan_sip says it of some statuses only.
    """
    columns = ("account", "route_id", "q850_cause", "sip_status")
    return [(*(row[column] for column in columns), _who_hung_up(row)) for row in rows]


def _who_hung_up(row: dict[str, Any]) -> str | None:
    talked = row["answered_at"] is not None or row["answered_ms"] is not None
    return row["hangup_source"] if talked else ""


def _urgent(row: dict[str, Any]) -> bool:
    return str(row["call_id"]).startswith("sos-")
