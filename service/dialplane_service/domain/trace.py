"""How a decision came about, as data."""

from dataclasses import dataclass
from decimal import Decimal
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
    CAPACITY_EXCEEDED = "CAPACITY_EXCEEDED"
    CALL_RATE_EXCEEDED = "CALL_RATE_EXCEEDED"
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


class RatePrice(NamedTuple):
    """What a rate deck says of a number. Amounts are rounded for showing (``rates/amounts.py``).

    Without a rate the deck alone is known: ``rate_id`` 0. ``None``: not known, or blocked.
    ``price_per_minute`` and ``connect_fee`` in the deck's ``currency``, what begins with another word
    in the base currency. ``expected_cost`` of a call of the plan's duration, all steps included.
    """

    deck: str
    currency: str
    rate_id: int = 0
    prefix: str = ""
    destination: str = ""
    price_per_minute: Decimal | None = None
    connect_fee: Decimal | None = None
    first_increment_s: int = 0
    next_increment_s: int = 0
    minimum_s: int = 0
    converted_price_per_minute: Decimal | None = None
    expected_cost: Decimal | None = None


class Candidate(NamedTuple):
    """One route that was considered; ``rank`` 0: dropped for ``drop_reason``. ``price`` unset: no deck.

    ``expected_margin``: what is left of the account's own expected price, in the base currency.
    """

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
    price: RatePrice | None = None
    expected_margin: Decimal | None = None


class OwnPrice(NamedTuple):
    """What the account itself pays for calls to a number: ``price.expected_cost`` is what it is charged."""

    number: str
    price: RatePrice


@dataclass(frozen=True, slots=True)
class Basis:
    """By what the candidates were ranked. ``planname`` empty: the default plan.

    ``strategies`` and ``demands`` in words. ``rate_table_version``: the data version that the rates are
    of, 0: there are none. ``expected_duration_s`` of a call, in seconds.
    """

    planname: str
    strategies: tuple[str, ...]
    demands: tuple[str, ...]
    expected_duration_s: int
    base_currency: str
    rate_table_version: int
    own_prices: tuple[OwnPrice, ...]
