"""What changes from one rate deck to another: both are compared where they are, in MariaDB.

Rates are compared by the cost of a call of ``COMPARED_S`` seconds, as ``domain/rates/cost.py`` has it,
in the deck's currency times 60: whole numbers of the price's own unit, so nothing is rounded.
"""

from typing import Final

from dialplane_service.domain.rate_decks import (
    COMPARED_S,
    LARGEST_CHANGES,
    DeckChanges,
    PriceChange,
)
from dialplane_service.domain.rates.amounts import COST_SCALE, PRICE_SCALE, scaled, shown
from dialplane_service.mariadb.connection import Connection, execute

_TERMS: Final = (
    "price_per_minute",
    "connect_fee",
    "minimum_s",
    "first_increment_s",
    "next_increment_s",
    "destination",
    "steps_id",
    "blocked",
)
_PAIRED: Final = """
FROM rates AS later
LEFT JOIN rates AS earlier ON earlier.deck_id = %s AND earlier.prefix = later.prefix
  AND earlier.hours_id = later.hours_id
WHERE later.deck_id = %s
"""


def _cost(rate: str) -> str:
    """The cost of a call, times 60."""
    first, following = f"{rate}.first_increment_s", f"{rate}.next_increment_s"
    lasting = f"GREATEST({COMPARED_S}, {rate}.minimum_s, {first})"
    # The columns are unsigned; no difference below is less than zero.
    charged = f"({first} + ({lasting} - {first} + {following} - 1) DIV {following} * {following})"
    steps = f"FROM rate_steps AS step WHERE step.steps_id = {rate}.steps_id"
    later_step = (
        "(SELECT MIN(next_step.from_s) FROM rate_steps AS next_step"
        " WHERE next_step.steps_id = step.steps_id AND next_step.from_s > step.from_s)"
    )
    in_step = (
        f"({lasting} - step.from_s + step.increment_s - 1) DIV step.increment_s * step.increment_s"
    )
    return f"""
    ({rate}.connect_fee * 60 + IF({rate}.steps_id = 0, {rate}.price_per_minute * {charged},
      {rate}.price_per_minute * LEAST({charged}, (SELECT MIN(step.from_s) {steps}))
      + IFNULL((
        SELECT SUM(step.price_per_minute
          * LEAST({in_step}, IFNULL({later_step} - step.from_s, {in_step})))
        {steps} AND step.from_s < {lasting}), 0)))
    """


_EARLIER: Final = _cost("earlier")
_LATER: Final = _cost("later")
_ALIKE: Final = " AND ".join(f"later.{name} = earlier.{name}" for name in _TERMS)
_NEWS: Final = """
  WHEN later.blocked AND NOT IFNULL(earlier.blocked, 0) THEN 'blocked'
  WHEN earlier.prefix IS NULL THEN 'new'
"""
_COUNTS: Final = f"""
SELECT CASE {_NEWS}
  WHEN {_ALIKE} THEN 'unchanged'
  WHEN later.blocked OR earlier.blocked THEN 'otherwise'
  WHEN {_LATER} > {_EARLIER} THEN 'dearer'
  WHEN {_LATER} < {_EARLIER} THEN 'cheaper'
  ELSE 'otherwise' END AS kind, COUNT(*)
{_PAIRED} GROUP BY kind
"""
_COUNTS_WITHOUT_PRICES: Final = f"""
SELECT CASE {_NEWS} ELSE 'not_compared' END AS kind, COUNT(*) {_PAIRED} GROUP BY kind
"""
_GONE: Final = """
SELECT COUNT(*) FROM rates AS earlier
LEFT JOIN rates AS later ON later.deck_id = %s AND later.prefix = earlier.prefix
  AND later.hours_id = earlier.hours_id
WHERE earlier.deck_id = %s AND later.prefix IS NULL
"""
_LARGEST: Final = f"""
SELECT pair.prefix, pair.destination, pair.old, pair.new, pair.old_cost, pair.new_cost
FROM (
  SELECT later.prefix, later.hours_id, later.destination, earlier.price_per_minute AS old,
    later.price_per_minute AS new, {_EARLIER} AS old_cost, {_LATER} AS new_cost
  {_PAIRED} AND NOT later.blocked AND NOT earlier.blocked AND NOT ({_ALIKE})) AS pair
WHERE pair.old_cost <> pair.new_cost
ORDER BY LEAST(pair.old_cost, pair.new_cost) = 0 DESC,
  GREATEST(pair.old_cost, pair.new_cost) / NULLIF(LEAST(pair.old_cost, pair.new_cost), 0) DESC,
  pair.prefix, pair.hours_id
LIMIT {LARGEST_CHANGES}
"""  # noqa: S608 - only constants
_ALL_NEW: Final = "SELECT COUNT(*), IFNULL(SUM(blocked), 0) FROM rates WHERE deck_id = %s"
_SAME_CURRENCY: Final = (
    "SELECT COUNT(DISTINCT currency_id) < 2 FROM rate_decks WHERE id IN (%s, %s)"
)


async def deck_changes(connection: Connection, old_deck_id: int, new_deck_id: int) -> DeckChanges:
    """Compare two decks; ``old_deck_id`` 0: with nothing."""
    if not old_deck_id:
        ((count, blocked),) = await execute(connection, _ALL_NEW, (new_deck_id,))
        return DeckChanges(new=int(count - blocked), blocked=int(blocked))
    decks = (old_deck_id, new_deck_id)
    ((comparable,),) = await execute(connection, _SAME_CURRENCY, decks)
    # An exchange rate of today says nothing of what a price list changed: prices in two currencies
    # are left alone.
    statement = _COUNTS if comparable else _COUNTS_WITHOUT_PRICES
    counts = {kind: int(count) for kind, count in await execute(connection, statement, decks)}
    ((gone,),) = await execute(connection, _GONE, (new_deck_id, old_deck_id))
    largest = await execute(connection, _LARGEST, decks) if comparable else []
    return DeckChanges(
        **counts,
        gone=int(gone),
        largest=tuple(
            PriceChange(
                *row[:4],
                *(shown(scaled(cost, PRICE_SCALE), COST_SCALE) for cost in row[4:]),
            )
            for row in largest
        ),
    )
