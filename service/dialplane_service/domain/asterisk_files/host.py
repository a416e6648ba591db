"""The server that files are written for, with what every writer of them shares."""

from dataclasses import dataclass, field

from dialplane_service.domain.asterisk_files.checks import INVALID, Checks, Remark
from dialplane_service.domain.decision_data import DecisionData
from dialplane_service.domain.numbers import Number, NumberKind
from dialplane_service.domain.queries import CallerAsReceived, DialQuery
from dialplane_service.domain.records import UNDEFINED_SERVER_ID, Endpoint, Server
from dialplane_service.domain.routes.context import RouteContext


@dataclass(frozen=True, slots=True)
class Host:
    """The data and the server. ``omitted``: rows that its files cannot express, with the reason."""

    data: DecisionData
    server: Server
    checks: Checks = field(default_factory=Checks)
    omitted: list[Remark] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The server's name, checked."""
        return self.checks.name(f"servers#{self.server.id}", "servername", self.server.servername)

    @property
    def sisters(self) -> list[Server]:
        """The other servers that are switched on, by id."""
        unwanted = (self.server.id, UNDEFINED_SERVER_ID)
        rows = (row for row in self.data.rows.servers if row.enabled and row.id not in unwanted)
        return sorted(rows, key=lambda row: row.id)

    def omit(self, row: str, problem: str) -> None:
        """Leave a row out, and say why."""
        self.omitted.append(Remark(row, problem))

    def context(self, called: str = "", endpoint: Endpoint | None = None) -> RouteContext:
        """What the service itself builds its dial strings from, for a call of nobody in particular."""
        account = self.data.account.get(endpoint.account_id) if endpoint is not None else None
        query = DialQuery(
            call_id="",
            decided_at=self.data.rows.loaded_at,
            server=self.server.servername,
            account="",
            called=Number(NumberKind.EMERGENCY, called),
            target_ids=(),
            caller=CallerAsReceived(),
        )
        return RouteContext(self.data, self.server, account, endpoint, query)


class PeerNames:
    """The names that one channel driver knows peers by. Dial strings hold nothing but the name."""

    def __init__(self, checks: Checks) -> None:
        self._checks = checks
        self._owners: dict[str, tuple[str, str, str]] = {}

    def claim(self, name: str, owner: str, row: str) -> bool:
        """Take a name for an owner; ``False``: somebody else has it, and the row is refused.

        Names that differ in case only are one name, as Asterisk's section names are.
        """
        if name == INVALID:
            return False
        held = self._owners.setdefault(name.lower(), (name, owner, row))
        if held[:2] == (name, owner):
            return True
        self._checks.refuse(row, f"its peer name {name} is {held[2]}'s already ({held[0]})")
        return False
