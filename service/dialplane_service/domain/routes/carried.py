"""A route that a sister server chose: dialled here as it is, without routing again."""

from dialplane_service.domain.decision_data import DecisionData
from dialplane_service.domain.records import Gate, Provider, Server
from dialplane_service.domain.route_ids import MemberId, ProviderRouteId, RowId, parse
from dialplane_service.domain.routes.caller_id import presented_as_sent
from dialplane_service.domain.routes.context import RouteContext
from dialplane_service.domain.routes.dialling import at_gate
from dialplane_service.domain.routes.emergency_routes import emergency_route
from dialplane_service.domain.routes.on_net import endpoint_route, ring_all_route
from dialplane_service.domain.routes.option import RouteOption, dropped
from dialplane_service.domain.routes.provider_terms import (
    number_for_provider,
    provider_refusal,
    tier_prefix,
)
from dialplane_service.domain.routes.ways import IGNORE_FORWARDING
from dialplane_service.domain.trace import DropReason


def can_dial_here(data: DecisionData, server: Server, route_id: str) -> bool:
    """Whether a carried route names something that this server itself dials.

    That is its own device, a group with a device here, its own gate, an emergency route over its gate.
    """
    route = parse(route_id)
    if isinstance(route, ProviderRouteId):
        gate = data.gate.get(route.row) if route.letter == "g" else None
        target = route.configured_target
        known = target is None or target in data.target
        return known and gate is not None and gate.enabled and gate.serverid == server.id
    if isinstance(route, MemberId):
        return _is_here(data, server, route.endpoint)
    if not isinstance(route, RowId):
        return False
    if route.letter == "e":
        return _is_here(data, server, route.row)
    if route.letter == "r":
        members = data.group_members.get(route.row, ())
        known = route.row in data.ring_group
        return known and any(_is_here(data, server, member.endpoint_id) for member in members)
    if route.letter == "m":
        row = data.emergency_route.get(route.row)
        gate = data.gate.get(row.gate_id) if row is not None and row.gate_id is not None else None
        return gate is not None and gate.serverid == server.id
    return False


def carried_route(context: RouteContext, route_id: str) -> RouteOption:
    """The route itself. A provider sees the caller as the sister server decided and sent it."""
    route = parse(route_id)
    if not can_dial_here(context.data, context.server, route_id):
        detail = "the carried route names nothing that this server can dial"
        return dropped(route_id, "", DropReason.TARGET_UNKNOWN, detail)
    if isinstance(route, MemberId):
        return endpoint_route(context, route.endpoint, route_id)
    if isinstance(route, ProviderRouteId):
        return _gate(context, route)
    if route is None:
        raise AssertionError("can_dial_here lets no other id through")
    if route.letter == "e":
        return endpoint_route(context, route.row)
    if route.letter == "r":
        return ring_all_route(context, context.data.ring_group[route.row], here_only=True)
    shown = presented_as_sent(context).number
    return emergency_route(context, context.data.emergency_route[route.row], shown)


def _gate(context: RouteContext, route: ProviderRouteId) -> RouteOption:
    gate = context.data.gate[route.row]
    row = f"gates#{gate.id}"
    provider = _provider_of(context.data, gate)
    if provider is None:
        detail = "the gate's number or provider no longer exists"
        return dropped(str(route), row, DropReason.NO_GATE, detail)
    prefix = "" if route.tier is None else tier_prefix(provider, route.tier)
    if (refusal := provider_refusal(provider, route.tier, prefix)) is not None:
        return dropped(str(route), row, *refusal)._replace(provider=provider.providername)
    number = context.dialled
    if route.configured_target is not None:
        number = context.data.target[route.configured_target].number or number
    return RouteOption(
        str(route),
        row,
        at_gate(context, gate, number_for_provider(provider, prefix or "", number)),
        presented_as_sent(context),
        dial_options=IGNORE_FORWARDING,
        ring_timeout_s=provider.ring_timeout_s,
        provider=provider.providername,
        provider_id=provider.id,
        tier=route.tier,
        priority=provider.priority,
    )


def _provider_of(data: DecisionData, gate: Gate) -> Provider | None:
    number = data.number.get(gate.numbers_pool_id)
    return data.provider.get(number.provider_id) if number is not None else None


def _is_here(data: DecisionData, server: Server, endpoint_id: int) -> bool:
    endpoint = data.endpoint.get(endpoint_id)
    return endpoint is not None and endpoint.enabled and endpoint.server_id == server.id
