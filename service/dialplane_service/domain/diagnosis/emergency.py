"""Emergency calls: from every site, every number of its country must reach its service."""

from collections import defaultdict
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


def _countries(data: DecisionData) -> dict[int, set[str]]:
    """By site, the countries whose emergency numbers are known there: the site's, the accounts'."""
    countries = {row.id: {row.country} if row.country else set() for row in _sites(data)}
    for endpoint in data.rows.endpoints:
        account = data.account.get(endpoint.account_id)
        if endpoint.enabled and account is not None and endpoint.server_id in countries:
            countries[endpoint.server_id].add(account.country)
    return countries


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


def unreachable(data: DecisionData) -> Findings:
    """Emergency numbers of which no route can be dialled from a site."""
    countries = _countries(data)
    for server in _sites(data):
        dead = [
            number
            for number, rows in _served(data, server, countries[server.id])
            if all(_leaves_from(data, row, server) is None for row in rows)
        ]
        if dead:
            yield error(
                "emergency_number_unreachable",
                f"servers#{server.id}",
                f"Phones at {server.servername} cannot call {', '.join(dead)}: the routes name"
                " gates and addresses that cannot be reached from there.",
                "Lead them over a gate or address of that site, or give the gate's server a forward"
                " path.",
            )


def over_another_server(data: DecisionData) -> Findings:
    """Emergency calls that leave from another site first."""
    countries = _countries(data)
    for server in _sites(data):
        carried: defaultdict[str, list[str]] = defaultdict(list)
        for number, rows in _served(data, server, countries[server.id]):
            places = (_leaves_from(data, row, server) for row in rows)
            first = next((place for place in places if place is not None), server)
            if first.id != server.id:
                carried[first.servername].append(number)
        for name, numbers in carried.items():
            yield warning(
                "emergency_route_over_another_server",
                f"servers#{server.id}",
                f"{', '.join(numbers)} from {server.servername} go over {name}: they fail with the"
                " link between the two, and the service may take the caller to be there.",
                "Add routes with an earlier position over a gate or address of the site itself.",
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
    countries = _countries(data)
    for row in data.rows.emergency_routes:
        sites = countries if row.server_id is None else {row.server_id} & countries.keys()
        if not any(row.country in countries[server_id] for server_id in sites):
            place = data.server[row.server_id].servername if row.server_id in data.server else ""
            where = f"for {place}" if place else f"for servers of {row.country}"
            yield notice(
                "emergency_route_serves_nobody",
                _subject(row),
                f"The route of {row.number} is {where}, where no phone of {row.country} is.",
                "Check country and server_id; nothing needs to be done if phones are still to come.",
            )


def _served(
    data: DecisionData, server: Server, countries: set[str]
) -> Iterator[tuple[str, tuple[EmergencyRoute, ...]]]:
    """Each emergency number that has routes from a site, with the routes in their order."""
    for country, number in sorted(data.emergency_routes):
        rows = emergency_rows(data, server, country, number)
        if rows and country in countries:
            yield number, rows


def _leaves_from(data: DecisionData, row: EmergencyRoute, server: Server) -> Server | None:
    """The server whose gate or line a route uses, asked on ``server``; ``None``: it cannot be dialled."""
    if row.gate_id is None:
        address = data.address.get(row.providers_ips_id or 0)
        named = address is not None and (address.domainname or address.ipaddress)
        return server if named else None
    gate = data.gate.get(row.gate_id)
    holder = data.server.get(gate.serverid) if gate is not None else None
    if holder is None or holder.id == server.id:
        return holder
    return holder if forward_path(holder) is not None else None


def _provider_id(data: DecisionData, row: EmergencyRoute, gate: Gate | None) -> int | None:
    if gate is not None:
        number = data.number.get(gate.numbers_pool_id)
        return number.provider_id if number is not None else None
    address = data.address.get(row.providers_ips_id or 0)
    return address.provider_id if address is not None else None
