"""Whose route an attempt took."""

from typing import Final

from dialplane_service.domain import route_ids
from dialplane_service.domain.route_ids import ProviderRouteId, RowId
from dialplane_service.mariadb.connection import Connection, execute

_ADDRESS: Final = """
SELECT providers.providername FROM providers_ips
JOIN providers ON providers.id = providers_ips.provider_id WHERE providers_ips.id = %s
"""
_GATE: Final = """
SELECT providers.providername FROM gates
JOIN numbers_pool ON numbers_pool.id = gates.numbers_pool_id
JOIN providers ON providers.id = numbers_pool.provider_id WHERE gates.id = %s
"""
_EMERGENCY: Final = "SELECT gate_id, providers_ips_id FROM emergency_routes WHERE id = %s"


async def route_provider(connection: Connection, route_id: str) -> str:
    """The name of the provider that a route goes over; empty: on-net, or its row is gone."""
    route = route_ids.parse(route_id.removeprefix(route_ids.CARRIED))
    if isinstance(route, ProviderRouteId):
        return await _name(connection, _GATE if route.letter == "g" else _ADDRESS, route.row)
    if isinstance(route, RowId) and route.letter == route_ids.EMERGENCY:
        for gate_id, address_id in await execute(connection, _EMERGENCY, (route.row,)):
            gate = gate_id is not None
            return await _name(connection, *((_GATE, gate_id) if gate else (_ADDRESS, address_id)))
    return ""


async def _name(connection: Connection, question: str, row_id: int) -> str:
    rows = await execute(connection, question, (row_id,))
    return str(rows[0][0]) if rows else ""
