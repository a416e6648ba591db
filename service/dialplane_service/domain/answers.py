"""What the domain answers, free of the wire's types."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from dialplane_service.domain.kinds import LocationKind, Tier
from dialplane_service.domain.numbers import Number
from dialplane_service.domain.queries import Presentation
from dialplane_service.domain.trace import Basis, Candidate, Step


class CallClass(StrEnum):
    """What kind of call it is. The words are those of the proto enum without its prefix."""

    INCOMING = "INCOMING"
    INCOMING_CLIENT = "INCOMING_CLIENT"
    ECHO_TEST = "ECHO_TEST"
    FORWARD = "FORWARD"
    CARRIED_ROUTE = "CARRIED_ROUTE"
    INTERNAL = "INTERNAL"
    ON_NET = "ON_NET"
    EMERGENCY = "EMERGENCY"
    FEATURE = "FEATURE"
    OUTGOING = "OUTGOING"


class RefusalReason(StrEnum):
    """Why a call is refused. The words are those of the proto enum without its prefix."""

    IMPOSSIBLE_NUMBER = "IMPOSSIBLE_NUMBER"
    UNKNOWN_NUMBER = "UNKNOWN_NUMBER"
    NUMBER_DISABLED = "NUMBER_DISABLED"
    NUMBER_OUT_ONLY = "NUMBER_OUT_ONLY"
    PEER_ADDRESS_UNKNOWN = "PEER_ADDRESS_UNKNOWN"
    NO_DESTINATION = "NO_DESTINATION"
    UNKNOWN_ENDPOINT = "UNKNOWN_ENDPOINT"
    ENDPOINT_DISABLED = "ENDPOINT_DISABLED"
    ACCOUNT_DISABLED = "ACCOUNT_DISABLED"
    DESTINATION_BARRED = "DESTINATION_BARRED"
    UNKNOWN_EXTENSION = "UNKNOWN_EXTENSION"
    SISTER_ADDRESS_UNKNOWN = "SISTER_ADDRESS_UNKNOWN"
    SISTER_CALL_ID_MISSING = "SISTER_CALL_ID_MISSING"
    SECOND_HOP = "SECOND_HOP"
    CARRIED_ROUTE_UNKNOWN = "CARRIED_ROUTE_UNKNOWN"
    SERVER_UNREACHABLE = "SERVER_UNREACHABLE"


@dataclass(frozen=True, slots=True)
class Refusal:
    """The service's "no" to a call, with the cause to hang up with."""

    reason: RefusalReason
    q850_cause: int
    sip_status: int
    detail: str


@dataclass(frozen=True, slots=True)
class EndpointTarget:
    """A user's device."""

    target_id: str
    endpoint: str
    extension: str
    server: str


@dataclass(frozen=True, slots=True)
class RingGroupTarget:
    """Several devices that ring together or in turn."""

    target_id: str
    name: str


@dataclass(frozen=True, slots=True)
class ExternalNumberTarget:
    """A number outside."""

    target_id: str
    number: Number


@dataclass(frozen=True, slots=True)
class ServerTarget:
    """Another server of ours, with the path there."""

    target_id: str
    server: str
    forward_path: str


@dataclass(frozen=True, slots=True)
class EchoTestTarget:
    """Echo test."""

    target_id: str


@dataclass(frozen=True, slots=True)
class LocationTarget:
    """A place in the dialplan, from the allow-list. Of kind QUEUE: the queue ``name``."""

    target_id: str
    name: str
    kind: LocationKind
    context: str
    extension: str
    priority: int


@dataclass(frozen=True, slots=True)
class CarriedRouteTarget:
    """A route that a sister server chose."""

    target_id: str
    route_id: str


@dataclass(frozen=True, slots=True)
class EmergencyTarget:
    """An emergency service of a country."""

    target_id: str
    number: str
    country: str


Target = (
    EndpointTarget
    | RingGroupTarget
    | ExternalNumberTarget
    | ServerTarget
    | EchoTestTarget
    | LocationTarget
    | CarriedRouteTarget
    | EmergencyTarget
)


@dataclass(frozen=True, slots=True)
class Classification:
    """What a call is and where it goes: targets, or a refusal and no target."""

    call_id: str
    decided_at: datetime
    data_version: int
    call_class: CallClass | None
    called: Number | None
    caller: Number
    account: str
    targets: tuple[Target, ...]
    refusal: Refusal | None
    tier: Tier | None
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class PresentedCaller:
    """What the next leg shows of the caller; empty text is not sent."""

    number: str
    name: str
    asserted_identity: str
    diversion: str
    presentation: Presentation


class Money(NamedTuple):
    """An exact amount of a currency (ISO 4217)."""

    currency: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Dial:
    """Dial this route. ``ring_timeout_s`` seconds of ringing; ``longest_duration_s`` 0: no limit.

    ``rate_id``: the row of ``rates`` that priced it; 0: none. ``price_per_minute``: what the account
    pays; unset: nothing is charged, or nobody knows.
    """

    dial_string: str
    route_id: str
    caller: PresentedCaller
    dial_options: str
    ring_timeout_s: int
    provider: str
    tier: Tier | None
    sent_number: str
    via_server: str
    carried_route_id: str
    longest_duration_s: int = 0
    rate_id: int = 0
    price_per_minute: Money | None = None


class NoRouteReason(StrEnum):
    """Why nothing is left to dial. The words are those of the proto enum without its prefix."""

    NO_ELIGIBLE_ROUTE = "NO_ELIGIBLE_ROUTE"
    ROUTES_EXHAUSTED = "ROUTES_EXHAUSTED"
    ATTEMPTS_EXHAUSTED = "ATTEMPTS_EXHAUSTED"
    FINAL_ANSWER = "FINAL_ANSWER"
    CALLER_GONE = "CALLER_GONE"
    ANSWERED = "ANSWERED"
    RINGING_BUDGET_SPENT = "RINGING_BUDGET_SPENT"
    NO_EMERGENCY_ROUTE = "NO_EMERGENCY_ROUTE"


@dataclass(frozen=True, slots=True)
class NoMoreRoutes:
    """Nothing is left to dial."""

    reason: NoRouteReason
    q850_cause: int
    sip_status: int
    detail: str


@dataclass(frozen=True, slots=True)
class DialAnswer:
    """The next step of the call; where it was asked to explain, with every candidate that was considered."""

    answer: Dial | LocationTarget | NoMoreRoutes
    data_version: int
    candidates: tuple[Candidate, ...] = ()
    basis: Basis | None = None
