"""Exact amounts as whole numbers of a tiny unit: what arrays can hold and comparison never rounds.

| what | unit | why |
|---|---|---|
| price, connect fee | 10⁻⁸ of the deck's currency | SQL's ``DECIMAL(18,8)`` |
| cost | 1/60 of that | prices are per minute, calls are charged by the second |
| exchange rate | 10⁻¹² of the base currency per unit | SQL's ``DECIMAL(24,12)`` |
| base cost | 1/60 · 10⁻²⁰ of the base currency | a cost times an exchange rate |
"""

from decimal import Decimal
from fractions import Fraction
from typing import Final

PRICE_SCALE: Final = 10**8
"""Price units in one unit of currency."""
EXCHANGE_SCALE: Final = 10**12
"""Exchange units in one unit of base currency."""
COST_SCALE: Final = 60 * PRICE_SCALE
"""Cost units in one unit of the deck's currency."""
BASE_COST_SCALE: Final = COST_SCALE * EXCHANGE_SCALE
"""Base cost units in one unit of base currency."""
HIGHEST_PRICE: Final = 10**18 - 1
"""The highest price or fee in price units: what ``DECIMAL(18,8)`` holds."""


def scaled(amount: Decimal, scale: int) -> int:
    """The amount in units of 1/``scale``.

    Raises:
        ValueError: it is not finite, or finer than the unit; nothing is rounded on the way in.

    """
    if not amount.is_finite():
        raise ValueError(f"{amount} is no amount")
    units = Fraction(amount) * scale
    if units.denominator != 1:
        raise ValueError(f"{amount} is finer than 1/{scale}")
    return units.numerator


def shown(units: int, scale: int) -> Decimal:
    """The amount for people and the wire: eight decimals, half to even. The one place that rounds."""
    eighths, left = divmod(abs(units) * PRICE_SCALE, scale)
    eighths += 2 * left > scale or (2 * left == scale and eighths % 2 == 1)
    whole, fraction = divmod(eighths, PRICE_SCALE)
    # From text: arithmetic on Decimal would round to the thread's context.
    return Decimal(f"{'-' if units < 0 and eighths else ''}{whole}.{fraction:08d}")
