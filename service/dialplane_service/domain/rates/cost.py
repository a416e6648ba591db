"""What a call of so many seconds costs, exactly.

A call of no seconds costs nothing: it was not answered. Any other is charged as if it lasted at
least the minimum and the first increment; what goes beyond is rounded up to whole next increments.
From a step's second on, the step's price and increment take over, counted from that second. An
increment never reaches past the second where the next step begins: a longer call never costs less
for it.
"""

from collections.abc import Sequence

from dialplane_service.domain.rates.records import Rate, RateStep


def charged_seconds(rate: Rate, seconds: int) -> int:
    """The seconds that a call is charged for by a rate without steps; ``seconds`` ≥ 1."""
    first = rate.first_increment_s
    lasting = max(seconds, rate.minimum_s)
    if lasting <= first:
        return first
    following = rate.next_increment_s
    return first - (first - lasting) // following * following


def cost(rate: Rate, steps: Sequence[RateStep], seconds: int) -> int:
    """The cost of a call in cost units (``amounts.py``) of the deck's currency; ``seconds`` ≥ 0.

    ``steps`` rise in ``from_s``, which is at least 1; empty: one price for the whole call.
    """
    if seconds <= 0:
        return 0
    if not steps:
        charged = charged_seconds(rate, seconds)
        return rate.connect_fee * 60 + rate.price_per_minute * charged
    lasting = max(seconds, rate.minimum_s, rate.first_increment_s)
    total = rate.connect_fee * 60
    total += rate.price_per_minute * min(charged_seconds(rate, seconds), steps[0].from_s)
    for step, end in zip(steps, [*(later.from_s for later in steps[1:]), None], strict=True):
        beyond = lasting - step.from_s
        if beyond <= 0:
            break
        charged = -(-beyond // step.increment_s) * step.increment_s
        if end is not None:
            charged = min(charged, end - step.from_s)
        total += step.price_per_minute * charged
    return total


def dearest_minute(rate: Rate, steps: Sequence[RateStep]) -> int:
    """The highest price of a minute that a call can reach, in price units."""
    return max(rate.price_per_minute, *(step.price_per_minute for step in steps), 0)
