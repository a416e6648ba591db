"""The rate that priced an attempt, as its deck has it. Rates never change; decks that nobody needs may go."""

from typing import Final

from dialplane_service.domain.trace import RatePrice
from dialplane_service.mariadb.connection import Connection, execute

_DECK_SHIFT: Final = 24
"""A rate's id begins with its deck's."""

# Rates are found by prefix, not by id: this reads one deck, which takes a second where it has millions.
_RATE: Final = """
SELECT rate_decks.deckname, currency.iso, rates.prefix, rates.destination, rates.price_per_minute,
  rates.connect_fee, rates.first_increment_s, rates.next_increment_s, rates.minimum_s
FROM rates JOIN rate_decks ON rate_decks.id = rates.deck_id
JOIN currency ON currency.id = rate_decks.currency_id
WHERE rates.deck_id = %s AND rates.id = %s
"""


async def recorded_rate(connection: Connection, rate_id: int) -> RatePrice | None:
    """The rate of an id; ``None``: its deck is gone."""
    for row in await execute(connection, _RATE, (rate_id >> _DECK_SHIFT, rate_id)):
        deck, currency, prefix, destination, price, fee, first, following, minimum = row
        return RatePrice(
            deck, currency, rate_id, prefix, destination, price, fee, first, following, minimum
        )
    return None
