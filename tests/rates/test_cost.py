"""What a call costs: the formula, its array form and the increment-by-increment account agree."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialplane_service.domain.rates.amounts import (
    COST_SCALE,
    HIGHEST_PRICE,
    PRICE_SCALE,
    scaled,
    shown,
)
from dialplane_service.domain.rates.columns import RATE_TYPE, Matches, costs
from dialplane_service.domain.rates.cost import cost
from dialplane_service.domain.rates.records import Rate, RateRow, RateStep
from tests.rates.oracle import call_cost

SECONDS = st.integers(0, 2**16 - 1)
PRICE = st.one_of(st.integers(0, 10**9), st.integers(0, HIGHEST_PRICE))
CALL = st.one_of(st.integers(0, 400), st.integers(0, 10**6))
RATES = st.builds(
    Rate,
    price_per_minute=PRICE,
    connect_fee=PRICE,
    id=st.just(1),
    steps_id=st.just(0),
    destination_at=st.just(0),
    first_increment_s=st.one_of(st.integers(1, 90), SECONDS.filter(bool)),
    next_increment_s=st.one_of(st.integers(1, 90), SECONDS.filter(bool)),
    minimum_s=st.one_of(st.integers(0, 90), SECONDS),
    blocked=st.just(0),
    prefix_length=st.just(1),
)


@st.composite
def step_lists(draw: st.DrawFn) -> tuple[RateStep, ...]:
    seconds = sorted(draw(st.sets(st.integers(1, 500), max_size=3)))
    return tuple(RateStep(at, draw(PRICE), draw(st.integers(1, 90))) for at in seconds)


def rate(price: str, first: int, following: int, minimum: int = 0, fee: str = "0") -> Rate:
    amounts = (scaled(Decimal(price), PRICE_SCALE), scaled(Decimal(fee), PRICE_SCALE))
    return Rate(*amounts, 1, 0, 0, first, following, minimum, 0, 1)


def as_row(terms: Rate) -> RateRow:
    return RateRow(
        "7", 0, 1, "", terms.price_per_minute, terms.connect_fee, terms.first_increment_s,
        terms.next_increment_s, terms.minimum_s, 0, 0,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("terms", "seconds", "expected"),
    [
        (rate("0.06", 1, 1), 0, "0"),
        (rate("0.06", 1, 1), 1, "0.001"),
        (rate("0.06", 1, 1), 61, "0.061"),
        (rate("0.06", 60, 1), 1, "0.06"),
        (rate("0.06", 60, 1), 61, "0.061"),
        (rate("0.06", 60, 60), 60, "0.06"),
        (rate("0.06", 60, 60), 61, "0.12"),
        (rate("0.06", 30, 6), 31, "0.036"),
        (rate("0.06", 1, 1, minimum=20), 5, "0.02"),
        (rate("0.06", 1, 1, fee="0.01"), 60, "0.07"),
        (rate("0.06", 1, 1, fee="0.01"), 0, "0"),
    ],
)
def test_a_call_is_charged_by_its_increments(terms: Rate, seconds: int, expected: str) -> None:
    assert Fraction(cost(terms, (), seconds), COST_SCALE) == Fraction(expected)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(80, "0.09"), (90, "0.09"), (91, "0.091"), (150, "0.15")],
)
def test_an_increment_ends_where_the_next_step_begins(seconds: int, expected: str) -> None:
    steps = (RateStep(90, scaled(Decimal("0.06"), PRICE_SCALE), 1),)
    assert Fraction(cost(rate("0.06", 60, 60), steps, seconds), COST_SCALE) == Fraction(expected)


@settings(deadline=None)  # a busy machine is not what is tested
@given(RATES, step_lists(), st.integers(0, 1000), st.integers(0, 300), st.integers(1, 300))
def test_the_formula_is_the_account_of_every_increment(
    terms: Rate, steps: tuple[RateStep, ...], seconds: int, minimum: int, first: int
) -> None:
    # Short calls: the account goes through them increment by increment.
    terms = terms._replace(minimum_s=minimum, first_increment_s=first)
    found = Fraction(cost(terms, steps, seconds), COST_SCALE)
    assert found == call_cost(as_row(terms), steps, seconds)


@settings(deadline=None)  # a busy machine is not what is tested
@given(RATES, step_lists(), CALL)
def test_a_longer_call_never_costs_less(
    terms: Rate, steps: tuple[RateStep, ...], seconds: int
) -> None:
    assert cost(terms, steps, seconds) <= cost(terms, steps, seconds + 1)


@settings(deadline=None)  # a busy machine is not what is tested
@given(st.lists(RATES, min_size=1, max_size=5), CALL)
def test_the_columns_say_what_the_formula_says(rows: list[Rate], seconds: int) -> None:
    highest = max(max(row.price_per_minute, row.connect_fee) for row in rows)
    matches = Matches(np.array(rows, RATE_TYPE), {}, highest)
    assert costs(matches, seconds) == [cost(row, (), seconds) for row in rows]


@settings(deadline=None)  # a busy machine is not what is tested
@given(st.integers(-(10**40), 10**40))
def test_amounts_are_rounded_once_half_to_even(units: int) -> None:
    found = shown(units, COST_SCALE)
    exact = Fraction(units, COST_SCALE)
    assert found.as_tuple().exponent == -8
    assert abs(Fraction(found) - exact) <= Fraction(1, 2 * PRICE_SCALE)
    if abs(Fraction(found) - exact) == Fraction(1, 2 * PRICE_SCALE):
        assert int(Fraction(found) * PRICE_SCALE) % 2 == 0


@pytest.mark.parametrize("text", ["NaN", "Infinity", "0.000000001"])
def test_what_is_no_amount_or_too_fine_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"no amount|finer"):
        scaled(Decimal(text), PRICE_SCALE)
