"""Emergency calls: from every site, every number of its country must reach its service."""

from collections.abc import Iterator

from dialplane_service.domain.decision_data import DecisionData
from dialplane_service.domain.diagnosis.check import (
    Findings,
    error,
    notice,
    servers_in_use,
    warning,
)
from dialplane_service.domain.diagnosis.emergency_numbers import emergency_numbers
from dialplane_service.domain.emergency import emergency_rows
from dialplane_service.domain.forward_paths import forward_path
from dialplane_service.domain.records import EmergencyRoute, Gate, Server


def _subject(row: EmergencyRoute) -> str:
    return f"emergency_routes#{row.id}"


def _sites(data: DecisionData) -> list[Server]:
    """The servers that have phones."""
    occupied = {row.server_id for row in data.rows.endpoints if row.enabled}
    return [row for row in servers_in_use(data) if row.id in occupied]


def _sites_of(data: DecisionData, row: EmergencyRoute) -> list[Server]:
    """The sites whose calls take an emergency route."""
    visiting = {
        endpoint.server_id
        for endpoint in data.rows.endpoints
        if endpoint.enabled
        and (account := data.account.get(endpoint.account_id)) is not None
        and account.country == row.country
    }
    return [
        server
        for server in _sites(data)
        if row.server_id in (None, server.id)
        and (server.country == row.country or server.id in visiting)
    ]


def _missing(data: DecisionData, server: Server, country: str) -> list[str]:
    numbers = emergency_numbers(data, country)
    return [number for number in numbers if not emergency_rows(data, server, country, number)]


def number_without_route(data: DecisionData) -> Findings:
    """Emergency numbers of a site's country that get no answer there."""
    for server in _sites(data):
        if server.country is None:
            continue
        missing = _missing(data, server, server.country)
        if missing:
            yield error(
                "emergency_number_without_route",
                f"servers#{server.id}",
                f"Phones at {server.servername} cannot call {', '.join(missing)}: {server.country}"
                " has these emergency numbers and no emergency route serves them there.",
                "Add each to emergency_routes, over a gate or address of that site.",
            )


def visitor_number_without_route(data: DecisionData) -> Findings:
    """Emergency numbers that only the account's country has, dialled abroad."""
    pairs = {
        (endpoint.server_id, account.country): account
        for endpoint in data.rows.endpoints
        if endpoint.enabled and (account := data.account.get(endpoint.account_id)) is not None
    }
    for (server_id, country), account in sorted(pairs.items()):
        server = data.server.get(server_id)
        if server is None or server.country == country:
            continue
        local = set(emergency_numbers(data, server.country)) if server.country else set()
        missing = [number for number in _missing(data, server, country) if number not in local]
        if missing:
            yield warning(
                "emergency_number_of_account_without_route",
                f"accounts#{account.id}",
                f"Phones of {account.accountname} at {server.servername} cannot call"
                f" {', '.join(missing)}, the emergency numbers of {country}: they lead nowhere there.",
                f"Add them to emergency_routes for country {country} and this server, with the"
                " site's own emergency number as dial_number.",
            )


def over_another_server(data: DecisionData) -> Findings:
    """Emergency calls that leave from another site, or from none."""
    for row, gate, server in _routes_by_gate(data):
        if gate.serverid == server.id:
            continue
        holder = data.server.get(gate.serverid)
        if holder is None or forward_path(holder) is None:
            yield error(
                "emergency_route_unreachable",
                _subject(row),
                f"{row.number} from {server.servername} goes over gate {gate.gatename} of another"
                " server that has no forward path: the call does not get there.",
                "Use a gate of that site, or give the gate's server a forward path.",
            )
        else:
            yield warning(
                "emergency_route_over_another_server",
                _subject(row),
                f"{row.number} from {server.servername} goes over gate {gate.gatename} at"
                f" {holder.servername}: it fails with the link between them, and the service may"
                " take the caller to be where the gate is.",
                "Add a route with an earlier position over a gate or address of the site itself.",
            )


def without_peer(data: DecisionData) -> Findings:
    """Emergency routes that name nothing to dial."""
    for row in data.rows.emergency_routes:
        address = data.address.get(row.providers_ips_id or 0)
        if row.gate_id is not None and row.gate_id in data.gate:
            continue
        if address is not None and (address.domainname or address.ipaddress):
            continue
        yield error(
            "emergency_route_without_peer",
            _subject(row),
            f"The route of {row.number} in {row.country} names no gate and no address that can be"
            " dialled.",
            "Set gate_id or providers_ips_id to one that exists.",
        )


def switched_off(data: DecisionData) -> Findings:
    """Emergency routes over what is switched off: they are dialled all the same."""
    for row in data.rows.emergency_routes:
        gate = data.gate.get(row.gate_id or 0)
        provider_id = _provider_id(data, row, gate)
        provider = data.provider.get(provider_id) if provider_id is not None else None
        off = []
        if gate is not None and not gate.enabled:
            off.append(f"gate {gate.gatename}")
        if provider is not None and not provider.enabled:
            off.append(f"provider {provider.providername}")
        if off:
            yield warning(
                "emergency_route_switched_off",
                _subject(row),
                f"{row.number} goes over {' and '.join(off)}, which is switched off: it is dialled"
                " all the same, and may not get through.",
                "Lead the route over something that is in use.",
            )


def serves_nobody(data: DecisionData) -> Findings:
    """Emergency routes of a country that no site and no account is in."""
    for row in data.rows.emergency_routes:
        if not _sites_of(data, row):
            place = data.server[row.server_id].servername if row.server_id in data.server else ""
            where = f"for {place}" if place else f"for servers of {row.country}"
            yield notice(
                "emergency_route_serves_nobody",
                _subject(row),
                f"The route of {row.number} is {where}, where no phone of {row.country} is.",
                "Check country and server_id; nothing needs to be done if phones are still to come.",
            )


def _routes_by_gate(data: DecisionData) -> Iterator[tuple[EmergencyRoute, Gate, Server]]:
    for row in data.rows.emergency_routes:
        gate = data.gate.get(row.gate_id or 0)
        if gate is not None:
            for server in _sites_of(data, row):
                yield row, gate, server


def _provider_id(data: DecisionData, row: EmergencyRoute, gate: Gate | None) -> int | None:
    if gate is not None:
        number = data.number.get(gate.numbers_pool_id)
        return number.provider_id if number is not None else None
    address = data.address.get(row.providers_ips_id or 0)
    return address.provider_id if address is not None else None
