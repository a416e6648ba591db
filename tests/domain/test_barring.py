"""Destinations that an account may not call."""

import pytest

from dialplane_service.domain.barring import BarringRule, barring_rule
from dialplane_service.domain.records import BarredDestination
from tests.domain.world import ACME, VISITOR, article_world


def _rule(
    digits: str, account_id: int | None = ACME, **rows: tuple[BarredDestination, ...]
) -> BarringRule:
    world = article_world()
    world.extra.update(rows)
    data = world.data()
    return barring_rule(data, data.account[account_id] if account_id else None, digits)


@pytest.mark.parametrize(
    ("digits", "account_id", "expected"),
    [
        ("78095550000", ACME, BarringRule("7809", barred=True)),
        ("78095551000", ACME, BarringRule("78095551", barred=False)),
        ("78095551000", VISITOR, BarringRule("7809", barred=True)),
        ("78095551000", None, BarringRule("7809", barred=True)),
        ("7809", ACME, BarringRule("7809", barred=True)),
        ("780", ACME, BarringRule("", barred=False)),
        ("74957777777", ACME, BarringRule("", barred=False)),
        ("", ACME, BarringRule("", barred=False)),
    ],
)
def test_the_longest_prefix_decides_and_an_exception_is_the_accounts_alone(
    digits: str, account_id: int | None, expected: BarringRule
) -> None:
    assert _rule(digits, account_id) == expected


def test_of_two_equal_prefixes_the_accounts_own_decides() -> None:
    rows = (BarredDestination(1, None, "7809", True), BarredDestination(2, ACME, "7809", False))
    assert _rule("78090000000", barred_destinations=rows) == BarringRule("7809", barred=False)
    other = _rule("78090000000", VISITOR, barred_destinations=rows)
    assert other == BarringRule("7809", barred=True)


def test_a_longer_prefix_for_all_beats_the_accounts_shorter_one() -> None:
    rows = (BarredDestination(1, None, "78095", True), BarredDestination(2, ACME, "7809", False))
    assert _rule("78095000000", barred_destinations=rows) == BarringRule("78095", barred=True)


def test_the_empty_prefix_bars_everything_but_its_exceptions() -> None:
    rows = (BarredDestination(1, ACME, "", True), BarredDestination(2, ACME, "7495", False))
    assert _rule("442038070121", barred_destinations=rows).barred
    assert not _rule("74957777777", barred_destinations=rows).barred


def test_without_rules_everything_is_open() -> None:
    assert _rule("78095550000", barred_destinations=()) == BarringRule("", barred=False)
