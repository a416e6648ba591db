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
    PREFIX_BLOCKED = "PREFIX_BLOCKED"
    DIAL_STRING_INVALID = "DIAL_STRING_INVALID"


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
