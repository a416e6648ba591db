"""Everything that a decision reads, as of one data version, with the indexes it is read by."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from dialplane_service.domain.addresses import Address, Network, inside, is_host, network
from dialplane_service.domain.ranking.plan import RoutingPlan
from dialplane_service.domain.ranking.quality import QualityFigure, QualityFigures
from dialplane_service.domain.rates.exchange import DEFAULT_BASE_CURRENCY, ExchangeRates
from dialplane_service.domain.rates.records import Deck, ExchangeRate, HoursRow, StepRow
from dialplane_service.domain.records import (
    Account,
    BarredDestination,
    CallerIdRule,
    Client,
    ClientTarget,
    ConfiguredTarget,
    EmergencyRoute,
    Endpoint,
    FinalAnswer,
    Gate,
    Location,
    PoolNumber,
    Provider,
    RingGroup,
    RingGroupMember,
    Server,
    TrunkAddress,
    TrustedProxy,
)

Row = TypeVar("Row")
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class DecisionRows:
    """The rows themselves: what MariaDB gave under ``version`` and what the last good file keeps.

    ``base_currency``: what the exchange rates and the plans' highest prices are in. It stays with
    them: rows that were kept under another base currency still mean what they meant.
    """

    version: int
    loaded_at: datetime
    base_currency: str = DEFAULT_BASE_CURRENCY
    providers: tuple[Provider, ...] = ()
    addresses: tuple[TrunkAddress, ...] = ()
    servers: tuple[Server, ...] = ()
    trusted_proxies: tuple[TrustedProxy, ...] = ()
    numbers: tuple[PoolNumber, ...] = ()
    gates: tuple[Gate, ...] = ()
    accounts: tuple[Account, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    ring_groups: tuple[RingGroup, ...] = ()
    ring_group_members: tuple[RingGroupMember, ...] = ()
    locations: tuple[Location, ...] = ()
    targets: tuple[ConfiguredTarget, ...] = ()
    clients: tuple[Client, ...] = ()
    client_targets: tuple[ClientTarget, ...] = ()
    emergency_routes: tuple[EmergencyRoute, ...] = ()
    barred_destinations: tuple[BarredDestination, ...] = ()
    final_answers: tuple[FinalAnswer, ...] = ()
    routing_plans: tuple[RoutingPlan, ...] = ()
    exchange_rates: tuple[ExchangeRate, ...] = ()
    quality_figures: tuple[QualityFigure, ...] = ()
    caller_id_rules: tuple[CallerIdRule, ...] = ()
    rate_decks: tuple[Deck, ...] = ()
    rate_hours: tuple[HoursRow, ...] = ()
    rate_steps: tuple[StepRow, ...] = ()


def _by(rows: Iterable[Row], key: Callable[[Row], Key]) -> dict[Key, Row]:
    return {key(row): row for row in rows}


def _groups(rows: Iterable[Row], key: Callable[[Row], Key]) -> dict[Key, tuple[Row, ...]]:
    groups: defaultdict[Key, list[Row]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return {name: tuple(members) for name, members in groups.items()}


def _is_limited(row: Provider | Gate) -> bool:
    return row.most_channels is not None or row.most_calls_per_second is not None


@dataclass(frozen=True, slots=True, init=False)
class DecisionData:
    """``DecisionRows`` with indexes. Building costs time and memory in proportion to the rows; each look-up is O(1)."""

    rows: DecisionRows
    version: int
    provider: dict[int, Provider] = field(repr=False)
    providers_by_priority: tuple[Provider, ...] = field(repr=False)
    address: dict[int, TrunkAddress] = field(repr=False)
    provider_addresses: dict[int, tuple[TrunkAddress, ...]] = field(repr=False)
    provider_in_networks: dict[int, tuple[Network, ...]] = field(repr=False)
    providers_at_address: dict[Address, tuple[int, ...]] = field(repr=False)
    providers_in_network: tuple[tuple[Network, int], ...] = field(repr=False)
    server: dict[int, Server] = field(repr=False)
    server_by_name: dict[str, Server] = field(repr=False)
    servers_by_address: dict[str, tuple[Server, ...]] = field(repr=False)
    trusted_proxy_networks: dict[int, tuple[Network, ...]] = field(repr=False)
    number: dict[int, PoolNumber] = field(repr=False)
    number_by_digits: dict[str, PoolNumber] = field(repr=False)
    account_numbers: dict[int, tuple[PoolNumber, ...]] = field(repr=False)
    gate: dict[int, Gate] = field(repr=False)
    provider_gates: dict[int, tuple[Gate, ...]] = field(repr=False)
    number_gates: dict[int, tuple[Gate, ...]] = field(repr=False)
    account: dict[int, Account] = field(repr=False)
    account_by_name: dict[str, Account] = field(repr=False)
    endpoint: dict[int, Endpoint] = field(repr=False)
    endpoint_by_name: dict[tuple[int, str], Endpoint] = field(repr=False)
    endpoint_by_extension: dict[tuple[int, str], Endpoint] = field(repr=False)
    ring_group: dict[int, RingGroup] = field(repr=False)
    group_members: dict[int, tuple[RingGroupMember, ...]] = field(repr=False)
    location: dict[int, Location] = field(repr=False)
    location_by_feature_code: dict[tuple[int | None, str], Location] = field(repr=False)
    target: dict[int, ConfiguredTarget] = field(repr=False)
    client_by_number: dict[tuple[int, str], Client] = field(repr=False)
    client_targets: dict[int, tuple[ClientTarget, ...]] = field(repr=False)
    emergency_route: dict[int, EmergencyRoute] = field(repr=False)
    emergency_routes: dict[tuple[str, str], tuple[EmergencyRoute, ...]] = field(repr=False)
    barred: dict[tuple[int | None, str], bool] = field(repr=False)
    final_answers: dict[int, tuple[FinalAnswer, ...]] = field(repr=False)
    plan: dict[int, RoutingPlan] = field(repr=False)
    exchange: ExchangeRates = field(repr=False)
    quality: QualityFigures = field(repr=False)
    caller_id_rules: dict[tuple[str | None, str | None], CallerIdRule] = field(repr=False)
    has_limits: bool = field(repr=False)

    def __init__(self, rows: DecisionRows) -> None:
        numbers = _by(rows.numbers, lambda row: row.id)
        known_gates = [gate for gate in rows.gates if gate.numbers_pool_id in numbers]
        in_networks = {
            provider_id: tuple(
                network(row.ipaddress, row.prefix_length)
                for row in addresses
                if row.direction.takes_in and row.ipaddress is not None
            )
            for provider_id, addresses in _groups(
                rows.addresses, lambda row: row.provider_id
            ).items()
        }
        in_pairs = [(net, key) for key, networks in in_networks.items() for net in networks]
        indexes: dict[str, object] = {
            "rows": rows,
            "version": rows.version,
            "provider": _by(rows.providers, lambda row: row.id),
            "providers_by_priority": tuple(
                sorted(rows.providers, key=lambda row: (row.priority, row.id))
            ),
            "address": _by(rows.addresses, lambda row: row.id),
            "provider_addresses": _groups(rows.addresses, lambda row: row.provider_id),
            "provider_in_networks": in_networks,
            "providers_at_address": {
                peer: tuple(provider_id for _, provider_id in pairs)
                for peer, pairs in _groups(
                    (pair for pair in in_pairs if is_host(pair[0])),
                    lambda pair: pair[0].network_address,
                ).items()
            },
            "providers_in_network": tuple(pair for pair in in_pairs if not is_host(pair[0])),
            "server": _by(rows.servers, lambda row: row.id),
            "server_by_name": _by(rows.servers, lambda row: row.servername),
            "servers_by_address": _groups(
                (row for row in rows.servers if row.ipaddress is not None),
                lambda row: row.ipaddress or "",
            ),
            "trusted_proxy_networks": {
                server_id: tuple(network(row.ipaddress, row.prefix_length) for row in proxies)
                for server_id, proxies in _groups(
                    rows.trusted_proxies, lambda row: row.server_id
                ).items()
            },
            "number": numbers,
            "number_by_digits": _by(rows.numbers, lambda row: row.number),
            "account_numbers": _groups(
                sorted(
                    (row for row in rows.numbers if row.account_id is not None),
                    key=lambda row: row.id,
                ),
                lambda row: row.account_id or 0,
            ),
            "gate": _by(rows.gates, lambda row: row.id),
            "provider_gates": _groups(
                known_gates, lambda row: numbers[row.numbers_pool_id].provider_id
            ),
            "number_gates": _groups(rows.gates, lambda row: row.numbers_pool_id),
            "account": _by(rows.accounts, lambda row: row.id),
            "account_by_name": _by(rows.accounts, lambda row: row.accountname),
            "endpoint": _by(rows.endpoints, lambda row: row.id),
            "endpoint_by_name": _by(rows.endpoints, lambda row: (row.server_id, row.endpointname)),
            "endpoint_by_extension": _by(
                (row for row in rows.endpoints if row.extension),
                lambda row: (row.account_id, row.extension or ""),
            ),
            "ring_group": _by(rows.ring_groups, lambda row: row.id),
            "group_members": _groups(
                sorted(rows.ring_group_members, key=lambda row: (row.ring_group_id, row.position)),
                lambda row: row.ring_group_id,
            ),
            "location": _by(rows.locations, lambda row: row.id),
            "location_by_feature_code": _by(
                (row for row in rows.locations if row.feature_code),
                lambda row: (row.account_id, row.feature_code or ""),
            ),
            "target": _by(rows.targets, lambda row: row.id),
            "client_by_number": _by(rows.clients, lambda row: (row.account_id, row.number)),
            "client_targets": _groups(
                sorted(rows.client_targets, key=lambda row: (row.client_id, row.position)),
                lambda row: row.client_id,
            ),
            "emergency_route": _by(rows.emergency_routes, lambda row: row.id),
            "emergency_routes": _groups(
                sorted(rows.emergency_routes, key=lambda row: (row.position, row.id)),
                lambda row: (row.country, row.number),
            ),
            "barred": {
                (row.account_id, row.prefix): row.barred for row in rows.barred_destinations
            },
            "final_answers": _groups(rows.final_answers, lambda row: row.provider_id),
            "plan": _by(rows.routing_plans, lambda row: row.id),
            "exchange": ExchangeRates(rows.base_currency, rows.exchange_rates),
            "quality": QualityFigures(rows.quality_figures),
            # SQL lets a pair with "anywhere" be there twice: then the rule that forbids counts.
            "caller_id_rules": _by(
                sorted(rows.caller_id_rules, key=lambda row: (row.rule, row.id)),
                lambda row: (row.caller_country, row.called_country),
            ),
            "has_limits": any(map(_is_limited, rows.providers))
            or any(map(_is_limited, rows.gates)),
        }
        for name, value in indexes.items():
            object.__setattr__(self, name, value)

    def providers_sending_from(self, peer: Address) -> list[int]:
        """The ids of the providers that have the peer as an IN address, in order."""
        found = set(self.providers_at_address.get(peer, ()))
        found.update(
            provider_id for net, provider_id in self.providers_in_network if inside(peer, (net,))
        )
        return sorted(found)
