"""Who might carry legs, as of one rate table: drawn up once for all legs of a kind."""

from collections.abc import Callable, Hashable, Iterable
from datetime import datetime
from typing import Final

from dialplane_service.domain.ranking.field import Field
from dialplane_service.domain.ranking.offers import Bidder, Conditions, Prices
from dialplane_service.domain.ranking.plan import RoutingPlan

_MOST_FIELDS: Final = 256


class Market:
    """The prices of one rate table, and the fields drawn up by them. A leg's prices are never kept."""

    __slots__ = ("_fields", "_of", "prices")

    def __init__(self, prices: Prices) -> None:
        self.prices = prices
        self._of: object = None
        self._fields: dict[Hashable, Field] = {}

    def field(
        self,
        data: object,
        kind: Hashable,
        bidders: Callable[[], Iterable[Bidder]],
        plan: RoutingPlan,
        conditions: Conditions,
        instant: datetime,
    ) -> Field:
        """The field for a plan and conditions, of the decks that hold at an instant.

        ``bidders`` come from ``data``, which never change; ``kind`` says which of them, where it is not
        said by plan and conditions. Other data, or too many fields, and all are forgotten.
        """
        if data is not self._of:
            self._fields.clear()
            self._of = data
        in_force = self.prices.in_force(instant)
        key = (in_force, plan.id, conditions, kind)
        found = self._fields.get(key)
        if found is None:
            if len(self._fields) >= _MOST_FIELDS:
                self._fields.clear()
            found = self._fields[key] = Field(bidders(), plan, in_force, conditions)
        return found
