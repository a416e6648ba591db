"""Ids of targets and routes: short, of a fixed alphabet, made of row ids."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialplane_service.domain.kinds import Tier
from dialplane_service.domain.route_ids import MemberId, ProviderRouteId, RowId, parse, target_of

MOST = 4_294_967_295  # INT UNSIGNED


@pytest.mark.parametrize("letter", list("erltsm"))
def test_an_id_names_one_row_of_a_table(letter: str) -> None:
    assert parse(f"{letter}17") == RowId(letter, 17)
    assert parse(f"{letter}0") == RowId(letter, 0)


def test_a_member_of_a_group_is_named_by_both() -> None:
    assert parse("r3.e17") == MemberId(3, 17)


@pytest.mark.parametrize(
    "route",
    [
        ProviderRouteId(letter, row, tier, target)
        for letter in "ag"
        for row in (0, 8, MOST)
        for tier in (None, *Tier)
        for target in (None, 5, MOST)
    ],
)
def test_a_provider_route_is_read_back_from_its_text(route: ProviderRouteId) -> None:
    text = str(route)
    assert parse(text) == route
    assert re.fullmatch(r"[A-Za-z0-9._-]{1,32}", f"c.{text}")


def test_each_tier_has_a_letter_of_its_own() -> None:
    texts = {str(ProviderRouteId("a", 1, tier, None)) for tier in (None, *Tier)}
    assert texts == {"a1.A", "a1.N", "a1.C", "a1.P"}


@pytest.mark.parametrize(
    "text",
    [
        *("", "n", "m", "echo", "e", "e01", "e-1", "x1", "e1 ", "e1\n", "e٣", "e12345678901"),
        *("a1", "a1.X", "g8.A.B", "t.a1.C", "r3.g4", "r3.e", "c.r3", "e1;e2"),
    ],
)
def test_anything_else_is_no_numbered_id(text: str) -> None:
    assert parse(text) is None


@given(st.text(max_size=40))
def test_no_text_breaks_the_reading(text: str) -> None:
    parsed = parse(text)
    assert parsed is None or re.fullmatch(r"[a-z0-9.A-Z]+", text)


@pytest.mark.parametrize(
    ("route_id", "target"),
    [
        ("g8.A", "n"),
        ("a1.C", "n"),
        ("t5.g8.A", "t5"),
        ("r3.e17", "r3"),
        ("r3", "r3"),
        ("e17", "e17"),
        ("m6", "m"),
        ("s2", "s2"),
        ("echo", "echo"),
        ("nonsense", "nonsense"),
    ],
)
def test_a_route_belongs_to_a_target(route_id: str, target: str) -> None:
    assert target_of(route_id) == target
