"""The rate table of an operator who has no deck, or none compiled yet: every provider goes without a price."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from dialplane_service.domain.rates.columns import Matches, no_matches
from dialplane_service.domain.rates.in_force import DecksInForce
from dialplane_service.domain.rates.records import Rate, RateStep

_NO_DECKS: Final = DecksInForce((), frozenset())


class NoRates:
    """Prices without any deck: port ``RateTable`` too."""

    version = 0

    def in_force(self, instant: datetime) -> DecksInForce:  # noqa: ARG002 - the port's
        """No deck."""
        return _NO_DECKS

    def matches(self, digits: str, instant: datetime, deck_ids: tuple[int, ...]) -> Matches:  # noqa: ARG002
        """No rate."""
        return no_matches(len(deck_ids))

    def steps(self, steps_id: int) -> Sequence[RateStep]:  # noqa: ARG002
        """No steps."""
        return ()

    def destination(self, rate: Rate) -> str:  # noqa: ARG002
        """No name."""
        return ""
