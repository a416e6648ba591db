"""What a price list says, and what is wrong with it."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple


class Field(StrEnum):
    """What a column of a price list may hold."""

    CODE = "code"
    COUNTRY_CODE = "country_code"
    DESTINATION = "destination"
    PRICE = "price"
    CONNECT_FEE = "connect_fee"
    INTERVAL = "interval"
    FIRST_INCREMENT = "first_increment_s"
    NEXT_INCREMENT = "next_increment_s"
    MINIMUM = "minimum_s"
    EFFECTIVE = "effective"
    ENDS = "ends"
    STATUS = "status"
    BLOCKED = "blocked"
    CURRENCY = "currency"
    HOURS = "hours"
    TIMEZONE = "timezone"
    STEPS = "steps"


class Fault(StrEnum):
    """Why a row cannot be loaded."""

    NO_CODE = "NO_CODE"
    NOT_A_CODE = "NOT_A_CODE"
    CODE_TOO_LONG = "CODE_TOO_LONG"
    AMBIGUOUS_CODE = "AMBIGUOUS_CODE"
    BAD_RANGE = "BAD_RANGE"
    TOO_MANY_CODES = "TOO_MANY_CODES"
    NO_PRICE = "NO_PRICE"
    FREE = "FREE"
    NOT_A_NUMBER = "NOT_A_NUMBER"
    NEGATIVE = "NEGATIVE"
    TOO_HIGH = "TOO_HIGH"
    TOO_FINE = "TOO_FINE"
    BAD_INTERVAL = "BAD_INTERVAL"
    BAD_DATE = "BAD_DATE"
    LATER_THAN_THE_DECK = "LATER_THAN_THE_DECK"
    ENDS_BEFORE_THE_DECK = "ENDS_BEFORE_THE_DECK"
    UNKNOWN_STATUS = "UNKNOWN_STATUS"
    WRONG_CURRENCY = "WRONG_CURRENCY"
    BAD_HOURS = "BAD_HOURS"
    BAD_STEPS = "BAD_STEPS"
    FORMULA = "FORMULA"
    DUPLICATE_PREFIX = "DUPLICATE_PREFIX"
    OVERLAPPING_DATES = "OVERLAPPING_DATES"
    WRONG_WIDTH = "WRONG_WIDTH"
    ROWS_IN_A_CELL = "ROWS_IN_A_CELL"


class RowError(Exception):
    """One row cannot be loaded. ``line`` counts from 1 as a spreadsheet or an editor shows it."""

    def __init__(self, fault: Fault, detail: str, line: int = 0, column: str = "") -> None:
        super().__init__(detail)
        self.fault = fault
        self.detail = detail
        self.line = line
        self.column = column

    def __str__(self) -> str:
        where = f", {self.column}" if self.column else ""
        return f"line {self.line}{where}: {self.detail} ({self.fault})"


class SheetError(Exception):
    """The file as a whole cannot be read as a price list."""


class HoursText(NamedTuple):
    """When a rate holds, as it is written: IANA zone and days with times."""

    timezone: str
    spec: str


class StepText(NamedTuple):
    """From second ``from_s`` of a call on, another price per minute and increment in seconds."""

    from_s: int
    price_per_minute: Decimal
    increment_s: int


class Terms(NamedTuple):
    """What many rates of a list have in common. Seconds, and amounts in the deck's currency."""

    connect_fee: Decimal = Decimal(0)
    first_increment_s: int = 60
    next_increment_s: int = 60
    minimum_s: int = 0
    blocked: bool = False
    hours: HoursText | None = None
    steps: tuple[StepText, ...] = ()


class SheetRate(NamedTuple):
    """One rate of a list: a prefix of E.164 digits and its price per minute."""

    prefix: str
    destination: str
    price_per_minute: Decimal
    terms: Terms


def costs_nothing(price_per_minute: Decimal, terms: Terms) -> bool:
    """Whether a call is carried and costs nothing, however long it is."""
    return not (
        price_per_minute
        or terms.blocked
        or terms.connect_fee
        or any(step.price_per_minute for step in terms.steps)
    )


@dataclass(slots=True)
class Sheet:
    """A list that was read: its rates by prefix, the prefixes that it only takes away, and its bad rows.

    ``effective``: when it takes over; ``None``: at once.
    """

    rates: list[SheetRate] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    row_count: int = 0
    effective: datetime | None = None
