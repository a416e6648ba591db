"""The rows that decisions are made from, one frozen class per table, fields named as its columns.

Identifiers are the row ids of MariaDB. Countries are ISO 3166-1 alpha-2, currencies ISO 4217.
Numbers are E.164 digits without "+". Addresses are text that ``ipaddress`` parses, IPv4 in dotted form.
"""

from dataclasses import dataclass
from typing import Final

from dialplane_service.domain.kinds import (
    CallerIdFormat,
    Direction,
    LocationKind,
    NumberFormat,
    Protocol,
    ReachedBy,
    RingStrategy,
    SipDriver,
    SubstitutionRule,
    TargetKind,
    Tier,
    Transport,
)

UNDEFINED_SERVER_ID: Final = 0
"""The article's server 0, "undefined": it may own rows but never asks and is never reached."""


@dataclass(frozen=True, slots=True)
class Provider:
    """An upstream operator (table ``providers``).

    ``strip_prefix`` comes off the front of a number as ``number_format_out`` writes it, and
    ``add_prefix`` is put in front of what is left. ``most_channels`` calls of ours at the same time,
    ``most_calls_per_second`` within any second; unset: any number.
    """

    id: int
    providername: str
    enabled: bool
    country: str
    currency: str
    noncli_prefix: str | None
    cli_prefix: str | None
    premcli_prefix: str | None
    cli_allowed: bool
    dynamic_calls: bool
    append_plus: bool
    dynamic_calls_caller_id: str | None
    carries_outgoing: bool
    reached_by: ReachedBy
    priority: int
    number_format_in: NumberFormat
    number_format_out: NumberFormat
    caller_id_format: CallerIdFormat
    ring_timeout_s: int | None
    strip_prefix: str | None
    add_prefix: str | None
    most_channels: int | None = None
    most_calls_per_second: int | None = None


@dataclass(frozen=True, slots=True)
class TrunkAddress:
    """An address of a provider (table ``providers_ips``)."""

    id: int
    provider_id: int
    ipaddress: str | None
    prefix_length: int | None
    domainname: str | None
    direction: Direction
    proto: Protocol
    port: int | None
    transport: Transport


@dataclass(frozen=True, slots=True)
class Server:
    """An Asterisk host (table ``servers``)."""

    id: int
    servername: str
    enabled: bool
    country: str | None
    ipaddress: str | None
    sip: str | None
    iax2: str | None
    protocol: Protocol
    sip_driver: SipDriver


@dataclass(frozen=True, slots=True)
class TrustedProxy:
    """A session border controller whose header a server believes (table ``server_trusted_proxies``)."""

    id: int
    server_id: int
    ipaddress: str
    prefix_length: int | None


@dataclass(frozen=True, slots=True)
class PoolNumber:
    """A rented DID (table ``numbers_pool``)."""

    id: int
    number: str
    provider_id: int
    server_id: int
    enabled: bool
    direction: Direction
    virtualflag: bool
    echotest: bool
    account_id: int | None
    target_id: int | None


@dataclass(frozen=True, slots=True)
class Gate:
    """A named dial peer on one server (table ``gates``). Its limits are as a provider's."""

    id: int
    numbers_pool_id: int
    serverid: int
    gatename: str
    gatenumber: str
    cid_support: bool
    proto: Protocol
    enabled: bool
    most_channels: int | None = None
    most_calls_per_second: int | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """Who pays; a tenant (table ``accounts``).

    ``tariff_id`` unset: nothing is charged. ``routing_plan_id`` unset: the default ``RoutingPlan``.
    """

    id: int
    accountname: str
    enabled: bool
    country: str
    timezone: str
    default_tier: Tier
    caller_id: str | None
    tariff_id: int | None = None
    routing_plan_id: int | None = None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A user's device (table ``endpoints``)."""

    id: int
    account_id: int
    server_id: int
    endpointname: str
    extension: str | None
    enabled: bool
    proto: Protocol
    caller_id: str | None
    ring_timeout_s: int | None


@dataclass(frozen=True, slots=True)
class RingGroup:
    """Devices that ring together or in turn (table ``ring_groups``)."""

    id: int
    account_id: int
    groupname: str
    enabled: bool
    strategy: RingStrategy
    ring_timeout_s: int | None


@dataclass(frozen=True, slots=True)
class RingGroupMember:
    """A device of a ring group (table ``ring_group_members``)."""

    ring_group_id: int
    position: int
    endpoint_id: int


@dataclass(frozen=True, slots=True)
class Location:
    """A place in the dialplan that calls may be sent to (table ``dialplan_locations``)."""

    id: int
    account_id: int | None
    locationname: str
    kind: LocationKind
    context: str
    extension: str
    priority: int
    feature_code: str | None


@dataclass(frozen=True, slots=True)
class ConfiguredTarget:
    """Where a number or a client leads (table ``targets``); the column of its kind is set."""

    id: int
    account_id: int
    kind: TargetKind
    endpoint_id: int | None
    ring_group_id: int | None
    location_id: int | None
    number: str | None


@dataclass(frozen=True, slots=True)
class Client:
    """A known caller of an account (table ``clients``)."""

    id: int
    account_id: int
    number: str
    clientname: str


@dataclass(frozen=True, slots=True)
class ClientTarget:
    """One of a client's ordered targets (table ``client_targets``)."""

    client_id: int
    position: int
    target_id: int


@dataclass(frozen=True, slots=True)
class EmergencyRoute:
    """How an emergency number of a country is reached (table ``emergency_routes``).

    ``server_id`` unset: from every server of the country. ``dial_number`` unset: the number itself.
    """

    id: int
    country: str
    number: str
    server_id: int | None
    position: int
    gate_id: int | None
    providers_ips_id: int | None
    dial_number: str | None


@dataclass(frozen=True, slots=True)
class BarredDestination:
    """A prefix that may not, or may all the same, be called (table ``barred_destinations``).

    The longest prefix decides; of two equal ones the account's own. ``account_id`` unset: all accounts.
    """

    id: int
    account_id: int | None
    prefix: str
    barred: bool


@dataclass(frozen=True, slots=True)
class FinalAnswer:
    """A provider's exception to which answers end the search (table ``final_answers``).

    Exactly one of ``sip_status`` and ``q850_cause`` is set.
    """

    id: int
    provider_id: int
    sip_status: int | None
    q850_cause: int | None
    is_final: bool


@dataclass(frozen=True, slots=True)
class CallerIdRule:
    """What the law says of calls from one country to another (table ``caller_id_rules``).

    ``caller_country`` unset: from anywhere; ``called_country`` unset: to anywhere.
    """

    id: int
    caller_country: str | None
    called_country: str | None
    rule: SubstitutionRule
