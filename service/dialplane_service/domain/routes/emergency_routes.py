"""Routes to an emergency service: its own, in configured order, never by cost or with a prefix."""

from dialplane_service.domain.answers import PresentedCaller
from dialplane_service.domain.emergency import emergency_country, emergency_rows
from dialplane_service.domain.queries import Presentation
from dialplane_service.domain.records import EmergencyRoute
from dialplane_service.domain.routes.caller_id import wanted_number
from dialplane_service.domain.routes.context import RouteContext
from dialplane_service.domain.routes.dialling import at_address, at_gate
from dialplane_service.domain.routes.option import Reached, RouteOption
from dialplane_service.domain.settings import LONGEST_RING_S
from dialplane_service.domain.trace import DropReason


def emergency_routes(context: RouteContext) -> list[RouteOption]:
    """Every route configured for the emergency number that was dialled, in order.

    Each rings as long as the contract allows: help that is slow to answer is still help.
    """
    number = context.query.called.digits
    country = emergency_country(context.data, context.server, context.account, number)
    if country is None:
        return []
    rows = emergency_rows(context.data, context.server, country, number)
    shown = wanted_number(context)
    return [emergency_route(context, row, shown) for row in rows]


def emergency_route(context: RouteContext, row: EmergencyRoute, shown: str) -> RouteOption:
    """One emergency route. The caller's number is always shown: the service must call back."""
    provider_id, reached = _reached(context, row)
    provider = context.data.provider.get(provider_id) if provider_id is not None else None
    return RouteOption(
        f"m{row.id}",
        f"emergency_routes#{row.id}",
        reached,
        PresentedCaller(shown, "", shown, "", Presentation.ALLOWED),
        ring_timeout_s=LONGEST_RING_S,
        provider=provider.providername if provider is not None else "",
    )


def _reached(context: RouteContext, row: EmergencyRoute) -> tuple[int | None, Reached]:
    """The provider that carries it, and how. Nothing that is switched off stands in the way."""
    data, number = context.data, row.dial_number or row.number
    if row.gate_id is None:
        address = data.address.get(row.providers_ips_id or 0)
        if address is None:
            detail = "the route's address no longer exists"
            return None, Reached(drop_reason=DropReason.NO_ADDRESS, detail=detail)
        return address.provider_id, at_address(context, address, number)
    gate = data.gate.get(row.gate_id)
    if gate is None:
        detail = "the route's gate no longer exists"
        return None, Reached(drop_reason=DropReason.NO_GATE, detail=detail)
    pool_number = data.number.get(gate.numbers_pool_id)
    provider_id = pool_number.provider_id if pool_number is not None else None
    return provider_id, at_gate(context, gate, number)
