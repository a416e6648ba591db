"""Which routes take a place at a provider or a gate that carries only so many calls."""

from collections.abc import Iterable, Sequence

from dialplane_service.domain import route_ids
from dialplane_service.domain.capacity import NO_LIMITS, Limits, Place
from dialplane_service.domain.decision_data import DecisionData
from dialplane_service.domain.records import Gate
from dialplane_service.domain.routes.context import RouteContext
from dialplane_service.domain.routes.position import provider_of


def place_of(context: RouteContext, route_id: str) -> Place | None:
    """The place that a route takes; ``None``: it is on-net, unlimited, or counted elsewhere.

    A route that a sister server carried here was counted there. Emergency calls are never counted.
    """
    parsed = route_ids.parse(route_id) if context.data.has_limits else None
    if not isinstance(parsed, route_ids.ProviderRouteId):
        return None
    provider_id = provider_of(context.data, parsed)
    provider = context.data.provider.get(provider_id) if provider_id is not None else None
    if provider is None:
        return None
    peer = _same_peer(context.data, provider.id, parsed) if parsed.letter == "g" else ()
    of_provider = Limits(provider.most_channels, provider.most_calls_per_second)
    of_gate = Limits(
        _strictest(gate.most_channels for gate in peer),
        _strictest(gate.most_calls_per_second for gate in peer),
    )
    if of_provider == of_gate == NO_LIMITS:
        return None
    if f"{route_ids.CARRIED}{route_id}" in context.query.target_ids:
        return None
    first = min((gate.id for gate in peer), default=None)
    return Place(provider.id, first, of_provider, of_gate)


def _same_peer(
    data: DecisionData, provider_id: int, route: route_ids.ProviderRouteId
) -> Sequence[Gate]:
    """The gates that are the same dial peer: one per number that may be shown over it.

    What is counted is the peer, under the lowest of their ids.
    """
    used = data.gate[route.row]
    return [
        gate
        for gate in data.provider_gates.get(provider_id, ())
        if (gate.serverid, gate.gatename) == (used.serverid, used.gatename)
    ]


def _strictest(limits: Iterable[int | None]) -> int | None:
    return min((limit for limit in limits if limit is not None), default=None)
