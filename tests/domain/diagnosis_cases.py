"""Faults of the decision data, one at a time: what makes each, its code, its row and how bad it is."""

from collections.abc import Callable
from dataclasses import replace

from dialplane_service.domain.diagnosis.emergency_numbers import known_numbers
from dialplane_service.domain.findings import Severity
from dialplane_service.domain.kinds import (
    LocationKind,
    NumberFormat,
    Protocol,
    ReachedBy,
    RingStrategy,
    TargetKind,
    Tier,
)
from dialplane_service.domain.records import (
    Account,
    BarredDestination,
    Client,
    ClientTarget,
    ConfiguredTarget,
    EmergencyRoute,
    Location,
    RingGroup,
    TrustedProxy,
)
from tests.domain.world import ACME, VISITOR, World, address, article_world, endpoint

NOTICE, WARNING, ERROR = Severity.NOTICE, Severity.WARNING, Severity.ERROR
Change = Callable[[World], object]


def sound_world() -> World:
    """The article's world with all that an operator would mend, mended."""
    world = article_world()
    world.addresses[36] = address(36, 11, "178.77.95.57", "178.77.95.57", "IN")
    for did in (280, 529):
        world.change("numbers", did, account_id=ACME, target_id=2)
    world.change("endpoints", 1, extension="201")
    world.change("endpoints", 2, extension="202")
    world.change("endpoints", 3, extension="203")
    world.change("providers", 7, dynamic_calls_caller_id="74951815000")
    for row_id in (8, 11):
        world.change("providers", row_id, append_plus=False)
    world.change("gates", 1, serverid=2)
    for server_id in (1, 2, 5):
        world.change("servers", server_id, protocol=Protocol.SIP)
    world.extra["emergency_routes"] = tuple(
        EmergencyRoute(10 * server + index, "RU", digits, server, 1, gate_id, None, None)
        for server, gate_id in ((1, 8), (2, 1))
        for index, digits in enumerate(known_numbers("RU"))
    )
    return world


def change(table: str, row_id: int, **columns: object) -> Change:
    return lambda world: world.change(table, row_id, **columns)


def add(table: str, *rows: object) -> Change:
    return lambda world: world.extra.update({table: world.extra.get(table, ()) + rows})


def put(table: str, row: object) -> Change:
    def apply(world: World) -> None:
        getattr(world, table)[row.id] = row  # type: ignore[attr-defined]

    return apply


def both(*changes: Change) -> Change:
    def apply(world: World) -> None:
        for one in changes:
            one(world)

    return apply


def emergency_over(**columns: object) -> Change:
    def apply(world: World) -> None:
        first, *rest = world.extra["emergency_routes"]
        world.extra["emergency_routes"] = (replace(first, **columns), *rest)

    return apply


def external(digits: str) -> Change:
    row = ConfiguredTarget(9, ACME, TargetKind.EXTERNAL, None, None, None, digits)
    return put("targets", row)


PLACE = Location(9, None, "tune", LocationKind.FEATURE, "features", "s", 1, "*45")
BRITISH = Account(7, "british", True, "GB", "Europe/London", Tier.CLI, None)
CASES: list[tuple[str, str, Severity, Change]] = [
    (
        "emergency_number_without_route",
        "servers#1",
        ERROR,
        lambda world: world.extra.update(emergency_routes=()),
    ),
    (
        "emergency_number_of_account_without_route",
        "accounts#7",
        WARNING,
        both(
            put("accounts", BRITISH),
            put("endpoints", endpoint(70, 1, "301", account_id=7, caller_id="74951815000")),
        ),
    ),
    (
        "emergency_route_without_peer",
        "emergency_routes#10",
        ERROR,
        emergency_over(gate_id=None, providers_ips_id=999),
    ),
    (
        "emergency_route_over_another_server",
        "servers#1",
        WARNING,
        emergency_over(gate_id=1),
    ),
    (
        "emergency_number_unreachable",
        "servers#1",
        ERROR,
        both(emergency_over(gate_id=1), change("servers", 2, sip=None)),
    ),
    (
        "emergency_route_switched_off",
        "emergency_routes#10",
        WARNING,
        change("gates", 8, enabled=False),
    ),
    (
        "emergency_route_serves_nobody",
        "emergency_routes#99",
        NOTICE,
        add("emergency_routes", EmergencyRoute(99, "LV", "112", None, 1, 8, None, None)),
    ),
    ("no_server", "servers", ERROR, lambda world: world.servers.clear()),
    ("server_without_forward_path", "servers#2", WARNING, change("servers", 2, sip="SIP/a b")),
    ("server_without_address", "servers#5", WARNING, change("servers", 5, ipaddress=None)),
    ("servers_share_address", "servers#5", WARNING, change("servers", 5, ipaddress="89.208.16.1")),
    ("server_without_country", "servers#1", WARNING, change("servers", 1, country=None)),
    ("country_unknown", "accounts#1", WARNING, change("accounts", ACME, country="UK")),
    ("iax2_rsa_limits", "servers#5", NOTICE, change("servers", 5, protocol=Protocol.IAX2)),
    ("no_outgoing_provider", "providers", ERROR, lambda world: world.providers.clear()),
    (
        "provider_without_in_address",
        "providers#11",
        WARNING,
        lambda world: world.addresses.pop(36),
    ),
    ("provider_without_out_address", "providers#8", WARNING, lambda world: world.addresses.pop(1)),
    (
        "provider_without_gate",
        "providers#8",
        WARNING,
        change("providers", 8, reached_by=ReachedBy.GATE),
    ),
    (
        "provider_without_caller_id",
        "providers#8",
        WARNING,
        change("providers", 8, dynamic_calls=False),
    ),
    (
        "provider_default_caller_id_invalid",
        "providers#7",
        WARNING,
        change("providers", 7, dynamic_calls_caller_id="0495"),
    ),
    (
        "provider_default_caller_id_not_in_pool",
        "providers#7",
        NOTICE,
        change("providers", 7, dynamic_calls_caller_id="74951815283"),
    ),
    (
        "provider_dynamic_calls_ignored",
        "providers#16",
        NOTICE,
        change("providers", 16, dynamic_calls=True),
    ),
    (
        "provider_plus_never_written",
        "providers#8",
        NOTICE,
        change("providers", 8, append_plus=True),
    ),
    (
        "provider_plus_never_written",
        "providers#16",
        NOTICE,
        change("providers", 16, number_format_out=NumberFormat.NATIONAL),
    ),
    (
        "provider_plus_never_written",
        "providers#16",
        NOTICE,
        change("providers", 16, add_prefix="*9"),
    ),
    (
        "account_tier_not_sold",
        "accounts#1",
        ERROR,
        both(
            change("accounts", ACME, default_tier=Tier.PREMIUM_CLI),
            lambda world: [
                world.change("providers", row, cli_prefix="1", premcli_prefix=None)
                for row in world.providers
            ],
        ),
    ),
    ("address_unparsable", "servers#5", WARNING, change("servers", 5, ipaddress="83.102.161.256")),
    (
        "address_unparsable",
        "providers_ips#42",
        WARNING,
        change("addresses", 42, prefix_length=33),
    ),
    ("address_is_this_host", "servers#5", WARNING, change("servers", 5, ipaddress="127.0.0.1")),
    (
        "address_is_this_host",
        "server_trusted_proxies#1",
        WARNING,
        add("trusted_proxies", TrustedProxy(1, 1, "127.0.0.1", None)),
    ),
    ("network_very_wide", "providers_ips#2", WARNING, change("addresses", 2, prefix_length=8)),
    (
        "in_address_without_ipaddress",
        "providers_ips#2",
        WARNING,
        change("addresses", 2, ipaddress=None),
    ),
    (
        "out_address_without_peer",
        "providers_ips#7",
        WARNING,
        change("addresses", 7, domainname=None),
    ),
    (
        "in_networks_overlap",
        "providers_ips#2",
        WARNING,
        change("addresses", 51, ipaddress="95.211.119.0", prefix_length=24),
    ),
    (
        "server_inside_provider_network",
        "servers#1",
        WARNING,
        change("addresses", 2, ipaddress="212.5.126.0", prefix_length=24),
    ),
    ("number_not_e164", "numbers_pool#279", WARNING, change("numbers", 279, number="0951815000")),
    ("number_on_unusable_server", "numbers_pool#279", WARNING, change("numbers", 279, server_id=0)),
    ("number_on_unusable_server", "numbers_pool#516", WARNING, change("servers", 2, enabled=False)),
    ("number_without_account", "numbers_pool#279", NOTICE, change("numbers", 279, account_id=None)),
    (
        "number_of_disabled_account",
        "numbers_pool#279",
        NOTICE,
        change("accounts", ACME, enabled=False),
    ),
    (
        "number_without_destination",
        "numbers_pool#279",
        WARNING,
        change("numbers", 279, target_id=None),
    ),
    (
        "number_destination_unusable",
        "numbers_pool#279",
        WARNING,
        both(change("numbers", 279, target_id=1), change("endpoints", 1, enabled=False)),
    ),
    (
        "number_leads_to_another_account",
        "numbers_pool#279",
        ERROR,
        change("numbers", 279, account_id=VISITOR),
    ),
    ("number_in_echo_test", "numbers_pool#279", NOTICE, change("numbers", 279, echotest=True)),
    ("gate_on_unusable_server", "gates#1", WARNING, change("gates", 1, serverid=0)),
    ("gate_on_another_server", "gates#1", NOTICE, change("gates", 1, serverid=1)),
    ("gate_number_differs", "gates#8", WARNING, change("gates", 8, gatenumber="74951815009")),
    ("gate_never_used", "gates#8", NOTICE, change("providers", 7, reached_by=ReachedBy.ADDRESS)),
    ("caller_id_not_own", "accounts#1", WARNING, change("accounts", ACME, caller_id="74950000000")),
    ("caller_id_not_own", "endpoints#3", WARNING, change("endpoints", 3, caller_id="74950000000")),
    (
        "account_without_number",
        "accounts#2",
        WARNING,
        put("endpoints", endpoint(70, 1, "301", account_id=VISITOR)),
    ),
    ("endpoint_on_unusable_server", "endpoints#3", WARNING, change("endpoints", 3, server_id=9)),
    ("endpoint_without_account", "endpoints#3", WARNING, change("endpoints", 3, account_id=9)),
    (
        "target_of_another_account",
        "targets#1",
        ERROR,
        change("targets", 1, account_id=VISITOR),
    ),
    ("target_number_not_e164", "targets#9", WARNING, external("112")),
    ("target_number_is_own", "targets#9", WARNING, external("74951815000")),
    (
        "group_rings_nobody",
        "ring_groups#9",
        WARNING,
        put("ring_groups", RingGroup(9, ACME, "empty", True, RingStrategy.ALL, None)),
    ),
    (
        "group_member_of_another_account",
        "ring_groups#1",
        ERROR,
        change("endpoints", 2, account_id=VISITOR),
    ),
    ("group_too_large", "ring_groups#1", WARNING, change("endpoints", 1, endpointname="x" * 900)),
    (
        "client_without_target",
        "clients#9",
        NOTICE,
        add("clients", Client(9, ACME, "79031112299", "New")),
    ),
    (
        "client_leads_to_another_account",
        "clients#9",
        ERROR,
        both(
            add("clients", Client(9, VISITOR, "79031112299", "New")),
            add("client_targets", ClientTarget(9, 1, 1)),
        ),
    ),
    (
        "client_number_not_e164",
        "clients#9",
        WARNING,
        add("clients", Client(9, ACME, "0903111", "New")),
    ),
    (
        "location_name_odd",
        "dialplan_locations#9",
        WARNING,
        add("locations", replace(PLACE, context="a,b")),
    ),
    (
        "extension_hidden_by_emergency_number",
        "endpoints#1",
        WARNING,
        change("endpoints", 1, extension="101"),
    ),
    ("extension_hides_numbers", "endpoints#1", NOTICE, change("endpoints", 1, extension="7654321")),
    (
        "feature_code_cannot_be_dialled",
        "dialplan_locations#9",
        WARNING,
        add("locations", replace(PLACE, feature_code="112")),
    ),
    (
        "feature_without_code",
        "dialplan_locations#9",
        NOTICE,
        add("locations", replace(PLACE, feature_code=None)),
    ),
    (
        "barring_rule_of_no_account",
        "barred_destinations#9",
        NOTICE,
        add("barred_destinations", BarredDestination(9, 77, "7809", True)),
    ),
    (
        "barring_exception_from_nothing",
        "barred_destinations#9",
        NOTICE,
        add("barred_destinations", BarredDestination(9, ACME, "4420", False)),
    ),
]
