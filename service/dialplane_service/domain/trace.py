"""How a decision came about, as data."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from dialplane_service.domain.kinds import Tier


class DropReason(StrEnum):
    """Why a candidate is not used. The words are those of the proto enum without its prefix."""

    PROVIDER_DISABLED = "PROVIDER_DISABLED"
    CARRIES_NO_OUTGOING = "CARRIES_NO_OUTGOING"
    TIER_NOT_OFFERED = "TIER_NOT_OFFERED"
    NO_GATE = "NO_GATE"
    NO_ADDRESS = "NO_ADDRESS"
    SERVER_UNREACHABLE = "SERVER_UNREACHABLE"
    ALREADY_TRIED = "ALREADY_TRIED"
    FINAL_ANSWER = "FINAL_ANSWER"
    TARGET_DISABLED = "TARGET_DISABLED"
    TARGET_UNKNOWN = "TARGET_UNKNOWN"
    CALLER_ID_NOT_ALLOWED = "CALLER_ID_NOT_ALLOWED"
    NO_RATE_DECK = "NO_RATE_DECK"
    NO_RATE = "NO_RATE"
    PREFIX_BLOCKED = "PREFIX_BLOCKED"
    OUTSIDE_HOURS = "OUTSIDE_HOURS"
    NO_EXCHANGE_RATE = "NO_EXCHANGE_RATE"
    MARGIN_TOO_LOW = "MARGIN_TOO_LOW"
    TIER_NOT_ALLOWED = "TIER_NOT_ALLOWED"
    PRICE_TOO_HIGH = "PRICE_TOO_HIGH"
    DIAL_STRING_INVALID = "DIAL_STRING_INVALID"


Refusal = tuple[DropReason, str]
"""Why a candidate may not be used, and the sentence that says so."""


@dataclass(frozen=True, slots=True)
class Step:
    """One rule that was looked at, what it found, and the row it found ("table#id")."""

    rule: str
    finding: str
    row: str = ""


class Candidate(NamedTuple):
    """One route that was considered; ``rank`` 0: dropped for ``drop_reason``."""

    route_id: str
    provider: str
    tier: Tier | None
    dial_string: str
    rank: int
    drop_reason: DropReason | None
    detail: str
    row: str
    caller_number: str
    priority: int
