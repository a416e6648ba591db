"""Rates of many decks side by side, in columns: what a whole line-up costs is computed at once.

Amounts stay whole numbers. Where 64 bits might not hold a cost, the same arithmetic runs on Python's own
unbounded ones, only slower.
"""

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dialplane_service.domain.rates.records import Rate
from dialplane_service.domain.trace import DropReason

RATE_TYPE: Final = np.dtype(
    list(
        zip(
            Rate._fields,
            ("<i8", "<i8", "<i8", "<u4", "<u4", "<u2", "<u2", "<u2", "u1", "u1"),
            strict=True,
        )
    )
)
"""A ``Rate`` as an array's element, 40 bytes."""
_LONGEST_INCREMENT: Final = 2**16 - 1
_MOST: Final = 2**63 - 1


class Matches(NamedTuple):
    """One rate per deck that was asked. ``missing``: by place, why a deck has none; its rate means nothing.

    ``highest``: no price or fee among them is higher, in price units.
    """

    rates: NDArray[np.void]
    missing: dict[int, DropReason]
    highest: int

    def rate(self, place: int) -> Rate | None:
        """The rate of one deck; ``None``: it has none."""
        return None if place in self.missing else Rate._make(self.rates[place].item())


def no_matches(decks: int) -> Matches:
    """What a number gets that no prefix fits."""
    rates = np.zeros(decks, RATE_TYPE)
    rates["next_increment_s"] = 1  # it is divided by, although the result means nothing
    return Matches(rates, dict.fromkeys(range(decks), DropReason.NO_RATE), 0)


def costs(matches: Matches, seconds: int) -> list[int]:
    """What ``cost.cost`` says of each rate as if it had no steps; ``seconds`` ≥ 0."""
    rates = matches.rates
    if seconds <= 0:
        return [0] * len(rates)
    first = rates["first_increment_s"].astype(np.int64)
    following = rates["next_increment_s"].astype(np.int64)
    charged: NDArray[Any] = np.maximum(rates["minimum_s"], np.int64(seconds))
    charged -= first
    np.maximum(charged, 0, out=charged)
    charged += following - 1
    charged //= following
    charged *= following
    charged += first
    price, fee = rates["price_per_minute"], rates["connect_fee"]
    if matches.highest * (max(seconds, _LONGEST_INCREMENT) + 2 * _LONGEST_INCREMENT + 60) > _MOST:
        price, fee = price.astype(np.object_), fee.astype(np.object_)
    total: list[int] = (price * charged + fee * 60).tolist()
    return total
