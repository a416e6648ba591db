"""Exchange at the rate of an instant."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from dialplane_service.domain.rates.amounts import EXCHANGE_SCALE
from dialplane_service.domain.rates.records import ExchangeRate

DEFAULT_BASE_CURRENCY: Final = "EUR"
"""What prices are compared in where nothing else is configured."""


class ExchangeRates:
    """Dated rates into one base currency. Immutable; a look-up costs the logarithm of a currency's dates."""

    __slots__ = ("_dated", "base")

    def __init__(self, base: str, rows: Iterable[ExchangeRate] = ()) -> None:
        """Index the rows, at most one per currency and instant; the base currency's own are ignored."""
        self.base = base
        dated: defaultdict[str, list[tuple[datetime, int]]] = defaultdict(list)
        for row in sorted(rows, key=lambda row: row.valid_from):
            dated[row.currency].append((row.valid_from, row.rate))
        self._dated = {
            currency: ([since for since, _ in rates], [rate for _, rate in rates])
            for currency, rates in dated.items()
        }

    def at(self, currency: str, instant: datetime) -> int | None:
        """Exchange units of base currency for one unit; ``None``: none is known, so nothing may be assumed."""
        if currency == self.base:
            return EXCHANGE_SCALE
        since, rates = self._dated.get(currency, ((), ()))
        index = bisect_right(since, instant) - 1
        if index < 0 or rates[index] <= 0:
            return None
        return rates[index]
