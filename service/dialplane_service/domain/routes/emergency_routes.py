"""Routes to an emergency service: its own, in configured order, never by cost or with a prefix."""

from dataclasses import replace

from dialplane_service.domain.emergency import emergency_country, emergency_rows
from dialplane_service.domain.records import EmergencyRoute
from dialplane_service.domain.routes import dial_strings
from dialplane_service.domain.routes.caller_id import wanted_number
from dialplane_service.domain.routes.context import RouteContext
from dialplane_service.domain.routes.option import RouteOption
from dialplane_service.domain.routes.provider_routes import peer_name
from dialplane_service.domain.trace import DropReason


def emergency_routes(context: RouteContext) -> list[RouteOption]:
    """Every route configured for the emergency number that was dialled, in order."""
    number = context.query.called.digits
    country = emergency_country(context.data, context.server, context.account, number)
    if country is None:
        return []
    rows = emergency_rows(context.data, context.server, country, number)
    return [emergency_route(context, row) for row in rows]


def emergency_route(context: RouteContext, row: EmergencyRoute) -> RouteOption:
    """One emergency route. The caller's number is always shown: the service must call back."""
    number = row.dial_number or row.number
    shown = wanted_number(context)
    option = RouteOption(f"m{row.id}", f"emergency_routes#{row.id}", sent_number=number)
    caller = replace(option.caller, number=shown, asserted_identity=shown)
    option = replace(option, caller=caller)
    if row.gate_id is not None:
        return _by_gate(context, option, row.gate_id, number)
    address = context.data.address.get(row.providers_ips_id or 0)
    peer = peer_name(address) if address is not None else None
    if address is None or peer is None:
        detail = "the route's address no longer exists or names no peer"
        return replace(option, drop_reason=DropReason.NO_ADDRESS, detail=detail)
    driver = context.server.sip_driver
    text = dial_strings.number_at_peer(address.proto, driver, peer, number, address.port)
    return replace(option, dial_string=text, provider=_provider(context, address.provider_id))


def _by_gate(context: RouteContext, option: RouteOption, gate_id: int, number: str) -> RouteOption:
    gate = context.data.gate.get(gate_id)
    if gate is None:
        detail = "the route's gate no longer exists"
        return replace(option, drop_reason=DropReason.NO_GATE, detail=detail)
    pool_number = context.data.number.get(gate.numbers_pool_id)
    if pool_number is not None:
        option = replace(option, provider=_provider(context, pool_number.provider_id))
    asking = context.server
    if gate.serverid == asking.id:
        peer = gate.gatename
        text = dial_strings.number_at_peer(gate.proto, asking.sip_driver, peer, number)
        return replace(option, dial_string=text)
    other = context.data.server.get(gate.serverid)
    path = dial_strings.number_at_server(asking, other, context.dialled) if other else None
    if other is None or path is None:
        detail = "the server that holds the gate has no forward path"
        return replace(option, drop_reason=DropReason.SERVER_UNREACHABLE, detail=detail)
    return replace(option, dial_string=path, via_server=other.servername)


def _provider(context: RouteContext, provider_id: int) -> str:
    provider = context.data.provider.get(provider_id)
    return provider.providername if provider is not None else ""
