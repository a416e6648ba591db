"""What is asked of the domain, already checked for form and free of the wire's types."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dialplane_service.domain.addresses import Address
from dialplane_service.domain.events import DialStatus
from dialplane_service.domain.kinds import Tier
from dialplane_service.domain.numbers import Number


class Presentation(StrEnum):
    """Whether a caller's number may be shown (Q.951)."""

    ALLOWED = "ALLOWED"
    RESTRICTED = "RESTRICTED"
    UNAVAILABLE = "UNAVAILABLE"


@dataclass(frozen=True, slots=True)
class CallerAsReceived:
    """Who calls, as the channel says it: text that nothing has checked."""

    number: str = ""
    name: str = ""
    presentation: Presentation = Presentation.ALLOWED
    asserted_identity: str = ""
    diversion: str = ""


@dataclass(frozen=True, slots=True)
class FromProvider:
    """The call came from a provider's address."""

    peer_address: Address
    forwarded_address: Address | None = None


@dataclass(frozen=True, slots=True)
class FromSister:
    """The call was carried here by another server of ours."""

    peer_address: Address
    route_id: str = ""
    account: str = ""


@dataclass(frozen=True, slots=True)
class FromEndpoint:
    """The call came from a user's device."""

    endpoint: str
    forwarding_endpoint: str = ""


Origin = FromProvider | FromSister | FromEndpoint


@dataclass(frozen=True, slots=True)
class CallQuery:
    """What kind of call is this? ``decided_at`` unset: now. ``call_id`` empty: none is carried."""

    server: str
    unique_id: str
    dialled: str
    caller: CallerAsReceived
    origin: Origin
    call_id: str = ""
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AttemptOutcome:
    """How an attempt ended; ``None``: not known."""

    dial_status: DialStatus | None = None
    q850_cause: int | None = None
    sip_status: int | None = None


@dataclass(frozen=True, slots=True)
class DialQuery:
    """What is to be dialled next? ``tier`` unset: the account's default; ``account`` empty: owns no number.

    ``explain``: the answer accounts for every candidate, not only for those up to the chosen one.
    ``calling_unique_id``: the channel that dials; empty: not known.
    """

    call_id: str
    decided_at: datetime
    server: str
    account: str
    called: Number
    target_ids: tuple[str, ...]
    caller: CallerAsReceived
    tier: Tier | None = None
    attempt: int = 1
    tried_route_ids: tuple[str, ...] = ()
    last_outcome: AttemptOutcome | None = None
    ringing_spent_ms: int = 0
    endpoint: str = ""
    simulate: bool = False
    explain: bool = False
    calling_unique_id: str = ""
