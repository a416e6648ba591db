"""Which routes take a place at a provider or a gate that carries only so many calls."""

from dialplane_service.domain import route_ids
from dialplane_service.domain.capacity import NO_LIMITS, Limits, Place
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
    gate = context.data.gate.get(parsed.row) if parsed.letter == "g" else None
    of_provider = Limits(provider.most_channels, provider.most_calls_per_second)
    of_gate = Limits(gate.most_channels, gate.most_calls_per_second) if gate else NO_LIMITS
    if of_provider == of_gate == NO_LIMITS:
        return None
    if f"{route_ids.CARRIED}{route_id}" in context.query.target_ids:
        return None
    return Place(provider.id, gate.id if gate else None, of_provider, of_gate)
