"""Plans: how strategies are written, and what quality does and does not change."""

from decimal import Decimal

import pytest

from dialplane_service.domain.ranking import quality
from dialplane_service.domain.ranking.plan import LeastCost, Priority, Quality, WeightedShare
from dialplane_service.domain.ranking.plan_text import PlanError, read_strategies
from dialplane_service.domain.ranking.quality import QualityFigure, QualityFigures, shortfall

TARGETS = Quality(100, Decimal(40), 60, 4000)


def test_strategies_are_read_in_their_order() -> None:
    text = """[{"least_cost": {"within_percent": "2"}}, {"quality": {"minimum_sample": 50,
    "asr_percent": 40.5, "acd_s": 60, "pdd_ms": 4000}}, {"priority": {}}, {"weighted_share": {}},
    {"least_cost": {"within_percent": 0.1}}]"""
    assert read_strategies(text) == (
        LeastCost(Decimal(2)),
        Quality(50, Decimal("40.5"), 60, 4000),
        Priority(),
        WeightedShare(),
        LeastCost(Decimal("0.1")),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("{}", "list"),
        ("[]", "list"),
        ('["priority"]', "strategy 1"),
        ('[{"priority": {}}, {"cheapest": {}}]', "strategy 2: 'cheapest' is none of"),
        ('[{"priority": {"up": 1}}]', "no fields"),
        ('[{"priority": null}]', "no fields"),
        ('[{"least_cost": {"within_percent": "NaN"}}]', "must be 0 or more"),
        ('[{"least_cost": {"within_percent": NaN}}]', "is not a number"),
        ('[{"least_cost": {"within_percent": -1}}]', "must be 0 or more"),
        ('[{"least_cost": {"within_percent": true}}]', "is not a number"),
        ('[{"least_cost": {"within_percent": "two"}}]', "is not a number"),
        ('[{"quality": {"asr_percent": 0}}]', "above 0"),
        ('[{"quality": {"acd_s": 0}}]', "whole number"),
        ('[{"quality": {"pdd_ms": 1.5}}]', "whole number"),
        ('[{"quality": {"minimum_sample": true}}]', "whole number"),
    ],
)
def test_what_cannot_be_understood_is_refused(text: str, message: str) -> None:
    with pytest.raises(PlanError, match=message):
        read_strategies(text)


def figure(prefix: str, attempts: int, answered: int, talk_s: int = 10**6) -> QualityFigure:
    return QualityFigure(1, prefix, attempts, answered, talk_s * 1000, 0, attempts)


def test_below_the_minimum_sample_nothing_is_held_against_a_provider() -> None:
    assert QualityFigures([figure("", 99, 0)]).penalty(TARGETS, 1, "79161234567") == 0
    assert QualityFigures([figure("", 100, 0)]).penalty(TARGETS, 1, "79161234567") > 0
    assert QualityFigures().penalty(TARGETS, 1, "79161234567") == 0


def test_the_longest_prefix_with_a_sample_large_enough_counts() -> None:
    figures = QualityFigures([figure("7", 100, 10), figure("7916", 99, 0), figure("79", 100, 20)])
    assert figures.penalty(TARGETS, 1, "79161234567") == 500_000
    assert figures.penalty(TARGETS, 1, "78121234567") == 750_000
    assert figures.penalty(TARGETS, 1, "49301234567") == 0


def test_who_meets_every_target_is_not_told_apart_from_who_excels() -> None:
    good, better = (QualityFigures([figure("", 100, answered)]) for answered in (40, 90))
    assert good.penalty(TARGETS, 1, "7") == better.penalty(TARGETS, 1, "7") == 0


def test_delay_and_short_calls_count_too() -> None:
    slow = QualityFigures([QualityFigure(1, "", 100, 100, 10**9, 100 * 6000, 100)])
    short = QualityFigures([QualityFigure(1, "", 100, 100, 100 * 30_000, 0, 100)])
    assert slow.penalty(TARGETS, 1, "7") == short.penalty(TARGETS, 1, "7") == 500_000


def test_a_delay_is_the_mean_of_the_attempts_that_have_one() -> None:
    few, many = (
        QualityFigures([QualityFigure(1, "", 300, 300, 10**9, rang * 6000, rang)])
        for rang in (99, 100)
    )
    assert few.penalty(TARGETS, 1, "7") == 0
    assert many.penalty(TARGETS, 1, "7") == 500_000


def test_only_what_is_asked_for_is_worked_out_and_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """All figures at once would hold up the calls beside the first one after every measurement."""
    worked_out: list[str] = []

    def noted(figure: QualityFigure, targets: Quality) -> int:
        worked_out.append(figure.prefix)
        return shortfall(figure, targets)

    monkeypatch.setattr(quality, "shortfall", noted)
    figures = QualityFigures([figure(str(number), 100, 10) for number in range(100, 200)])
    for _ in range(3):
        assert figures.penalty(TARGETS, 1, "150") == figures.penalty(TARGETS, 1, "151") == 750_000
    assert worked_out == ["150", "151"]
