"""The numbers that routing is tuned with."""

from dataclasses import dataclass
from typing import Final

LONGEST_RING_S: Final = 120
"""The contract's longest ringing of one attempt."""


@dataclass(frozen=True, slots=True)
class RoutingSettings:
    """Times in seconds.

    ``ringing_budget_s``: all attempts of a call together. ``ring_timeout_s``: one attempt, where
    neither provider, endpoint nor group says otherwise. ``shortest_ring_s``: with less of the budget
    left, another attempt is not worth making.
    """

    ringing_budget_s: int = 120
    ring_timeout_s: int = 60
    shortest_ring_s: int = 5
