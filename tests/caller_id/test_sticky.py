"""The number that a called party sees is always the same."""

from collections import Counter

import pytest

from dialplane_service.domain.caller_id.sticky import sticky_order
from tests.domain.world import number

CALLED = [f"7916{rest:07}" for rest in range(6000)]
NUMBERS = [number(row_id, f"7495181{row_id:04}", 7, 1) for row_id in range(1, 7)]
CHI_SQUARED_5 = 20.52
"""Five degrees of freedom: exceeded by chance once in a thousand."""


def test_the_order_of_the_rows_changes_nothing() -> None:
    for called in CALLED[:200]:
        assert sticky_order(called, NUMBERS) == sticky_order(called, NUMBERS[::-1])


def test_it_is_the_same_on_every_machine() -> None:
    assert [row.id for row in sticky_order("79161234567", NUMBERS)] == [2, 5, 6, 1, 4, 3]


@pytest.mark.parametrize("place", range(len(NUMBERS)))
def test_a_number_that_is_added_takes_only_its_own_called_parties(place: int) -> None:
    added = NUMBERS[place]
    before = [row for row in NUMBERS if row is not added]
    moved = 0
    for called in CALLED:
        first, was = sticky_order(called, NUMBERS)[0], sticky_order(called, before)[0]
        assert first in (was, added)
        moved += first is added
    assert 0.8 < moved * len(NUMBERS) / len(CALLED) < 1.2


def test_called_parties_are_shared_out_evenly() -> None:
    firsts = Counter(sticky_order(called, NUMBERS)[0].id for called in CALLED)
    expected = len(CALLED) / len(NUMBERS)
    assert sum((count - expected) ** 2 / expected for count in firsts.values()) < CHI_SQUARED_5
    assert len(firsts) == len(NUMBERS)
