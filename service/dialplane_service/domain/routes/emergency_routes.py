"""Routes to an emergency service: its own, in configured order, never by cost or with a prefix."""

from dataclasses import replace

from dialplane_service.domain.emergency import emergency_country, emergency_rows
from dialplane_service.domain.records import EmergencyRoute
from dialplane_service.domain.routes.caller_id import wanted_number
from dialplane_service.domain.routes.context import RouteContext
from dialplane_service.domain.routes.dialling import at_address, at_gate
from dialplane_service.domain.routes.option import RouteOption
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
    if row.gate_id is None:
        address = context.data.address.get(row.providers_ips_id or 0)
        if address is None:
            detail = "the route's address no longer exists"
            return replace(option, drop_reason=DropReason.NO_ADDRESS, detail=detail)
        option = replace(option, provider=_provider(context, address.provider_id))
        return at_address(option, context, address, number)
    gate = context.data.gate.get(row.gate_id)
    if gate is None:
        detail = "the route's gate no longer exists"
        return replace(option, drop_reason=DropReason.NO_GATE, detail=detail)
    pool_number = context.data.number.get(gate.numbers_pool_id)
    if pool_number is not None:
        option = replace(option, provider=_provider(context, pool_number.provider_id))
    return at_gate(option, context, gate, number)


def _provider(context: RouteContext, provider_id: int) -> str:
    provider = context.data.provider.get(provider_id)
    return provider.providername if provider is not None else ""
