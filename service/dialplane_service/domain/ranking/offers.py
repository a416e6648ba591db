"""What is asked of prices, who bids, and what a bid looks like."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from dialplane_service.domain.kinds import Tier
from dialplane_service.domain.rates.columns import Matches
from dialplane_service.domain.rates.in_force import DecksInForce
from dialplane_service.domain.rates.records import Deck, Rate, RateStep
from dialplane_service.domain.trace import Refusal


class Prices(Protocol):
    """Where rates are found, as of one data version. The port ``RateTable`` is one; reading it never waits."""

    version: int

    def in_force(self, instant: datetime) -> DecksInForce:
        """The decks that hold at an instant; the same object for as long as the same decks hold."""
        ...

    def matches(self, digits: str, instant: datetime, deck_ids: tuple[int, ...]) -> Matches:
        """For each deck the rate that prices a number at an instant.

        The longest prefix of the number among the deck's rates whose hours hold; of several with that
        prefix the one with hours of its own, of several such the one whose hours are the fewest minutes
        of a week, of equals the first by spec and zone. A blocked rate is a match like any other.
        NO_RATE: no prefix fits; OUTSIDE_HOURS: some do, none at this time.
        """
        ...

    def steps(self, steps_id: int) -> Sequence[RateStep]:
        """The later steps of rates with this ``steps_id``, rising in ``from_s``."""
        ...

    def destination(self, rate: Rate) -> str:
        """The name of a rate's destination."""
        ...


class Bidder(NamedTuple):
    """A provider as it stands before any price; ``refusal`` set: it cannot carry legs of the tier anyway.

    ``tier`` unset: it carries them in the tier that was asked for.
    """

    provider_id: int
    priority: int
    refusal: Refusal | None = None
    tier: Tier | None = None


@dataclass(frozen=True, slots=True)
class Leg:
    """What is to be priced: a call to E.164 ``digits`` of ``seconds``, at the prices of ``decided_at``."""

    call_id: str
    digits: str
    decided_at: datetime
    seconds: int


class Quote(NamedTuple):
    """A bidder with its price. ``refusal`` set: not eligible. Without both: eligible without a price.

    ``cost`` of the whole call in base cost units, ``exchange`` in exchange units of base currency for
    one unit of the deck's.
    """

    bidder: Bidder
    refusal: Refusal | None
    cost: int | None = None
    exchange: int | None = None
    deck: Deck | None = None
    rate: Rate | None = None


class Sale(NamedTuple):
    """What the account pays for the leg. ``cost`` in base cost units; unset: no exchange rate is known."""

    deck: Deck
    rate: Rate
    cost: int | None
    exchange: int | None


class Conditions(NamedTuple):
    """For whom a field is drawn up: legs of a tier, of accounts with a selling tariff (``None``: none)."""

    tier: Tier
    tariff_id: int | None = None
