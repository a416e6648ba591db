"""A small operator, in memory: the article's providers, numbers and gates, and two accounts.

``World`` is changed row by row in a test; ``data()`` gives the decision data.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from dialplane_service.domain.decision_data import DecisionData, DecisionRows
from dialplane_service.domain.kinds import (
    CallerIdFormat,
    Direction,
    LocationKind,
    NumberFormat,
    Protocol,
    ReachedBy,
    RingStrategy,
    SipDriver,
    TargetKind,
    Tier,
    Transport,
)
from dialplane_service.domain.records import (
    Account,
    BarredDestination,
    Client,
    ClientTarget,
    ConfiguredTarget,
    EmergencyRoute,
    Endpoint,
    Gate,
    Location,
    PoolNumber,
    Provider,
    RingGroup,
    RingGroupMember,
    Server,
    TrunkAddress,
)

LOADED_AT = datetime(2026, 1, 1, tzinfo=UTC)
ACME, VISITOR = 1, 2


def provider(row_id: int, name: str, priority: int, **changes: Any) -> Provider:
    """A provider without prefixes that carries calls over addresses and lets no number through."""
    row = Provider(
        id=row_id,
        providername=name,
        enabled=True,
        country="RU",
        currency="RUB",
        noncli_prefix=None,
        cli_prefix=None,
        premcli_prefix=None,
        cli_allowed=False,
        dynamic_calls=False,
        append_plus=False,
        dynamic_calls_caller_id=None,
        carries_outgoing=True,
        reached_by=ReachedBy.ADDRESS,
        priority=priority,
        number_format_in=NumberFormat.E164,
        number_format_out=NumberFormat.E164,
        caller_id_format=CallerIdFormat.E164,
        ring_timeout_s=None,
        strip_prefix=None,
        add_prefix=None,
    )
    return replace(row, **changes)


def address(row_id: int, provider_id: int, ip: str | None, domain: str, way: str) -> TrunkAddress:
    """A SIP address."""
    return TrunkAddress(
        row_id, provider_id, ip, None, domain, Direction(way), Protocol.SIP, None, Transport.UDP
    )


def server(row_id: int, name: str, ip: str, peer: str) -> Server:
    """A server in Russia that the others reach over IAX2."""
    return Server(
        row_id,
        name,
        True,
        "RU",
        ip,
        f"SIP/{ip}",
        f"IAX2/{peer}@{peer}",
        Protocol.IAX2,
        SipDriver.SIP,
    )


def number(
    row_id: int, digits: str, provider_id: int, server_id: int, **changes: Any
) -> PoolNumber:
    """A number of acme that is on, both ways, and rings its group."""
    row = PoolNumber(
        row_id, digits, provider_id, server_id, True, Direction.IN_OUT, False, False, ACME, 2
    )
    return replace(row, **changes)


def gate(row_id: int, pool_id: int, server_id: int, name: str, digits: str) -> Gate:
    """A SIP gate that lets the caller ID through."""
    return Gate(row_id, pool_id, server_id, name, digits, True, Protocol.SIP, True)


def endpoint(row_id: int, server_id: int, extension: str, **changes: Any) -> Endpoint:
    """A device of acme."""
    name = f"acme-{extension}"
    row = Endpoint(row_id, ACME, server_id, name, extension, True, Protocol.SIP, None, None)
    return replace(row, **changes)


@dataclass
class World:
    """The rows, by id where they have one."""

    providers: dict[int, Provider] = field(default_factory=dict)
    addresses: dict[int, TrunkAddress] = field(default_factory=dict)
    servers: dict[int, Server] = field(default_factory=dict)
    numbers: dict[int, PoolNumber] = field(default_factory=dict)
    gates: dict[int, Gate] = field(default_factory=dict)
    accounts: dict[int, Account] = field(default_factory=dict)
    endpoints: dict[int, Endpoint] = field(default_factory=dict)
    ring_groups: dict[int, RingGroup] = field(default_factory=dict)
    targets: dict[int, ConfiguredTarget] = field(default_factory=dict)
    extra: dict[str, tuple[Any, ...]] = field(default_factory=dict)

    def change(self, table: str, row_id: int, **changes: Any) -> None:
        """Change columns of one row."""
        rows = getattr(self, table)
        rows[row_id] = replace(rows[row_id], **changes)

    def data(self) -> DecisionData:
        """The decision data of the rows as they are now."""
        tables = {
            name: tuple(getattr(self, name).values())
            for name in self.__dataclass_fields__
            if name != "extra"
        }
        return DecisionData(DecisionRows(version=7, loaded_at=LOADED_AT, **tables, **self.extra))


def article_world() -> World:
    """The article's rows with its faults mended, and what calls need besides."""
    world = World()
    prefixes = {"cli_allowed": True, "dynamic_calls": True, "append_plus": True}
    voxbeam = prefixes | {
        "noncli_prefix": "0011103",
        "cli_prefix": "0011101",
        "premcli_prefix": "0011102",
    }
    voicebuy = prefixes | {"noncli_prefix": "9991", "cli_prefix": "9992", "premcli_prefix": "9993"}
    westcall = {
        "cli_allowed": True,
        "dynamic_calls_caller_id": "74951815283",
        "reached_by": ReachedBy.GATE,
    }
    for row in (
        provider(3, "Zadarma", 20),
        provider(4, "Multitel", 60, carries_outgoing=False, append_plus=True, country="US"),
        provider(7, "Westcall", 10, **westcall),
        provider(8, "Voxbeam", 40, **voxbeam, country="US"),
        provider(11, "Voicebuy", 50, **voicebuy, country="GB"),
        provider(16, "IPport", 30, append_plus=True),
    ):
        world.providers[row.id] = row
    for ip in (
        address(1, 8, None, "sbc.voxbeam.com", "OUT"),
        address(2, 8, "95.211.119.240", "95.211.119.240", "IN"),
        address(7, 3, None, "sip.zadarma.com", "OUT"),
        address(16, 3, "185.45.152.129", "proxy-1.fr.zadarma.com", "IN"),
        address(31, 16, "89.208.190.8", "89.208.190.8", "IN"),
        address(34, 16, "89.208.190.2", "sip.n1.ipport.net", "OUT"),
        address(35, 11, "178.77.95.57", "sip.voicebuy.com", "OUT"),
        address(42, 4, "209.124.34.104", "209.124.34.104", "OUT"),
        address(44, 7, "195.94.225.2", "195.94.225.2", "IN/OUT"),
        address(51, 4, "209.124.34.105", "209.124.34.105", "IN"),
    ):
        world.addresses[ip.id] = ip
    undefined = server(0, "undefined", "", "undefined")
    world.servers[0] = replace(undefined, ipaddress=None, country=None, iax2=None, sip=None)
    world.servers[1] = server(1, "asterisk-macomnet", "212.5.126.1", "macomnet")
    world.servers[2] = server(2, "asterisk-msm", "89.208.16.1", "msm")
    world.servers[5] = server(5, "asterisk-corbina", "83.102.161.1", "corbina")
    for did in (
        number(125, "37167859001", 4, 1, direction=Direction.IN, virtualflag=True),
        number(278, "4971122954000", 4, 1, direction=Direction.IN, enabled=False),
        number(279, "74951815000", 7, 1),
        number(280, "74951815001", 7, 1, account_id=None, target_id=None),
        number(515, "74957952301", 16, 1),
        number(516, "74957952302", 16, 2),
        number(529, "442038070121", 11, 1, direction=Direction.IN, account_id=None, target_id=None),
    ):
        world.numbers[did.id] = did
    for row in (
        gate(1, 516, 1, "sip_peer_msm_2302", "74957952302"),
        gate(2, 515, 1, "sip_peer_msm_2301", "74957952301"),
        gate(8, 279, 1, "westcall", "74951815000"),
        gate(9, 280, 1, "westcall", "74951815001"),
    ):
        world.gates[row.id] = row
    world.accounts[ACME] = Account(ACME, "acme", True, "RU", "Europe/Moscow", Tier.CLI, None)
    world.accounts[VISITOR] = Account(
        VISITOR, "visitor", True, "RU", "Europe/Moscow", Tier.CLI, None
    )
    for device in (endpoint(1, 1, "101"), endpoint(2, 1, "102"), endpoint(3, 2, "201")):
        world.endpoints[device.id] = device
    world.ring_groups[1] = RingGroup(1, ACME, "sales", True, RingStrategy.ALL, None)
    world.targets[1] = ConfiguredTarget(1, ACME, TargetKind.ENDPOINT, 1, None, None, None)
    world.targets[2] = ConfiguredTarget(2, ACME, TargetKind.RING_GROUP, None, 1, None, None)
    world.targets[3] = ConfiguredTarget(3, ACME, TargetKind.LOCATION, None, None, 1, None)
    world.targets[4] = ConfiguredTarget(
        4, ACME, TargetKind.EXTERNAL, None, None, None, "79161234567"
    )
    world.extra = {
        "ring_group_members": (RingGroupMember(1, 1, 1), RingGroupMember(1, 2, 2)),
        "locations": (
            Location(1, None, "voicemail", LocationKind.VOICEMAIL, "voicemail", "s", 1, "*97"),
        ),
        "clients": (Client(1, ACME, "79031112233", "Best client"),),
        "client_targets": (ClientTarget(1, 1, 1), ClientTarget(1, 2, 2)),
        "emergency_routes": (EmergencyRoute(1, "RU", "112", None, 1, 8, None, None),),
        "barred_destinations": (
            BarredDestination(1, None, "7809", True),
            BarredDestination(2, ACME, "78095551", False),
        ),
    }
    return world
