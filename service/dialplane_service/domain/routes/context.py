"""What every route of one BuildDialString is made from."""

from dataclasses import dataclass

from dialplane_service.domain.decision_data import DecisionData
from dialplane_service.domain.queries import DialQuery
from dialplane_service.domain.records import Account, Endpoint, Server


@dataclass(frozen=True, slots=True)
class RouteContext:
    """The data, the asking server, who pays, who calls, and the question."""

    data: DecisionData
    server: Server
    account: Account | None
    endpoint: Endpoint | None
    query: DialQuery

    @property
    def dialled(self) -> str:
        """The digits first dialled; "0" where there are none, for a forward path must dial something."""
        return self.query.called.digits or "0"
