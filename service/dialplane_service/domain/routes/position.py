"""How far a call has come: which of its targets is being tried, and whether that one's search has ended."""

from dataclasses import dataclass

from dialplane_service.domain import route_ids
from dialplane_service.domain.decision_data import DecisionData
from dialplane_service.domain.queries import AttemptOutcome
from dialplane_service.domain.routes.context import RouteContext
from dialplane_service.domain.routes.final_answers import is_final


@dataclass(frozen=True, slots=True)
class Position:
    """The index of the target being tried; ``given_up``: nothing more of it is to be tried."""

    target: int
    given_up: bool

    def has_passed(self, target: int) -> bool:
        """Whether a target's turn is over."""
        return target < self.target or (target == self.target and self.given_up)


def position(context: RouteContext) -> Position:
    """Where the route tried last leaves the call.

    A final answer ends no search for an emergency service, nor for a group that rings in turn: the next
    member may be free.
    """
    query = context.query
    if not query.tried_route_ids:
        return Position(0, given_up=False)
    last = query.tried_route_ids[-1]
    target = _target_of(query.target_ids, last)
    if is_emergency(context) or isinstance(route_ids.parse(last), route_ids.MemberId):
        return Position(target, given_up=False)
    outcome = query.last_outcome or AttemptOutcome()
    provider = provider_of(context.data, route_ids.parse(last))
    return Position(target, is_final(context.data, provider, outcome))


def is_emergency(context: RouteContext) -> bool:
    """Whether an emergency service is called."""
    return route_ids.EMERGENCY in context.query.target_ids


def _target_of(target_ids: tuple[str, ...], route_id: str) -> int:
    """The index of the target that a tried route belongs to; of a route that belongs to none, the first."""
    names = (route_ids.target_of(route_id), f"{route_ids.CARRIED}{route_id}")
    return next((index for index, name in enumerate(target_ids) if name in names), 0)


def provider_of(data: DecisionData, route: object) -> int | None:
    """The id of the provider that a parsed route id goes over; ``None``: over none, or it is gone."""
    if not isinstance(route, route_ids.ProviderRouteId):
        return None
    if route.letter == "a":
        address = data.address.get(route.row)
        return address.provider_id if address is not None else None
    gate = data.gate.get(route.row)
    number = data.number.get(gate.numbers_pool_id) if gate is not None else None
    return number.provider_id if number is not None else None
