"""Which rule of ``caller_id_rules`` decides."""

from itertools import combinations

import pytest

from dialplane_service.domain.caller_id.law import forbids, substitution_rule
from tests.caller_id.asking import rules

PAIRS = ("RU_GB", "RU_any", "any_GB", "any_any")
"""For a call from RU to GB, the closest first."""


@pytest.mark.parametrize(
    "present", [chosen for count in range(len(PAIRS) + 1) for chosen in combinations(PAIRS, count)]
)
def test_the_closest_pair_decides(present: tuple[str, ...]) -> None:
    others = {"FR_FR": "ALLOWED", "FR_any": "ALLOWED", "any_FR": "ALLOWED", "GB_RU": "ALLOWED"}
    known = rules(**others, **dict.fromkeys(present, "FORBIDDEN"))
    found = substitution_rule(known, "RU", "GB")
    expected = next((pair for pair in PAIRS if pair in present), None)
    if expected is None:
        assert found is None
    else:
        assert found is not None
        assert f"{found.caller_country or 'any'}_{found.called_country or 'any'}" == expected


@pytest.mark.parametrize(
    ("caller", "called", "expected"),
    [("RU", None, "RU_any"), (None, "GB", "any_GB"), (None, None, "any_any")],
)
def test_an_unknown_country_is_met_by_any_alone(
    caller: str | None, called: str | None, expected: str
) -> None:
    known = rules(RU_GB="FORBIDDEN", RU_any="ALLOWED", any_GB="ALLOWED", any_any="ALLOWED")
    found = substitution_rule(known, caller, called)
    assert found is not None
    assert f"{found.caller_country or 'any'}_{found.called_country or 'any'}" == expected


def test_without_a_rule_substitution_is_allowed_and_a_closer_one_may_allow_it_again() -> None:
    known = rules(RU_any="FORBIDDEN", RU_GB="ALLOWED")
    assert not forbids(substitution_rule(known, "RU", "GB"))
    assert forbids(substitution_rule(known, "RU", "DE"))
    assert not forbids(substitution_rule(known, "DE", "RU"))
