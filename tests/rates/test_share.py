"""Weighted shares: fair over many calls, the same for one call."""

from collections import Counter
from itertools import permutations

import pytest

from dialplane_service.domain.ranking.share import waiting_time

CALLS = 30_000
CRITICAL = {1: 10.83, 2: 13.82, 3: 16.27, 5: 20.52}
"""Chi-squared by degrees of freedom: exceeded by chance once in a thousand."""


def order(call_id: str, weights: dict[int, int]) -> tuple[int, ...]:
    return tuple(sorted(weights, key=lambda key: waiting_time(call_id, key, weights[key])))


def chi_squared(counts: Counter[object], expected: dict[object, float]) -> float:
    return sum((counts[key] - CALLS * part) ** 2 / (CALLS * part) for key, part in expected.items())


@pytest.mark.parametrize(
    "weights", [{3: 1, 8: 2}, {1: 1, 2: 1, 3: 1, 4: 1}, {1: 70, 2: 20, 3: 10}, {5: 1, 6: 999}]
)
def test_first_places_go_by_weight(weights: dict[int, int]) -> None:
    firsts = Counter(order(f"call-{call}", weights)[0] for call in range(CALLS))
    total = sum(weights.values())
    expected = {key: weight / total for key, weight in weights.items()}
    assert chi_squared(firsts, expected) < CRITICAL[len(weights) - 1]


def test_later_places_go_by_weight_among_those_that_are_left() -> None:
    weights = {1: 1, 2: 2, 3: 3}
    orders = Counter(order(f"call-{call}", weights) for call in range(CALLS))
    expected: dict[object, float] = {}
    for places in permutations(weights):
        left, chance = 6, 1.0
        for key in places:
            chance *= weights[key] / left
            left -= weights[key]
        expected[places] = chance
    assert chi_squared(orders, expected) < CRITICAL[5]


def test_who_drops_out_changes_nothing_for_the_others() -> None:
    weights = {1: 1, 2: 5, 3: 3, 4: 2}
    for call in range(200):
        left = {key: weight for key, weight in weights.items() if key != 2}
        expected = tuple(key for key in order(f"c{call}", weights) if key != 2)
        assert order(f"c{call}", left) == expected


def test_the_lot_is_the_same_on_every_machine() -> None:
    lots = [waiting_time("call", key, 2) for key in (1, 2)]
    assert lots == [45560551702528, 240445053468672]


def test_weight_zero_comes_after_any_other() -> None:
    assert all(order(f"c{call}", {1: 0, 2: 1})[0] == 2 for call in range(1000))
