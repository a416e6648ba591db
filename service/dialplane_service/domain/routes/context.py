"""What every route of one BuildDialString is made from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from dialplane_service.domain.decision_data import DecisionData
from dialplane_service.domain.queries import DialQuery
from dialplane_service.domain.ranking.market import Market
from dialplane_service.domain.ranking.plan import RoutingPlan
from dialplane_service.domain.rates.no_rates import NoRates
from dialplane_service.domain.records import Account, Endpoint, Server
from dialplane_service.domain.trace import Refusal

_DEFAULT_PLAN: Final = RoutingPlan()


@dataclass(frozen=True, slots=True)
class RouteContext:
    """The data, the asking server, who pays, who calls, the question, and what providers charge.

    ``full``: by route id, which routes have no room, and why.
    """

    data: DecisionData
    server: Server
    account: Account | None
    endpoint: Endpoint | None
    query: DialQuery
    market: Market = field(default_factory=lambda: Market(NoRates()))
    full: Mapping[str, Refusal] = field(default_factory=dict)

    @property
    def dialled(self) -> str:
        """The digits first dialled; "0" where there are none, for a forward path must dial something."""
        return self.query.called.digits or "0"

    @property
    def plan(self) -> RoutingPlan:
        """The account's routing plan."""
        if self.account is None or self.account.routing_plan_id is None:
            return _DEFAULT_PLAN
        return self.data.plan[self.account.routing_plan_id]
