"""Which answers of an attempt end the search."""

import pytest

from dialplane_service.domain.events import DialStatus
from dialplane_service.domain.queries import AttemptOutcome
from dialplane_service.domain.records import FinalAnswer
from dialplane_service.domain.routes.final_answers import is_final
from tests.domain.world import article_world

FINAL = {486, 600, 603, 607, 410, 484}


@pytest.mark.parametrize("sip_status", range(300, 700))
def test_only_the_called_partys_own_word_is_final(sip_status: int) -> None:
    """404, 403 and no answer included, everything else may be one provider's trouble."""
    outcome = AttemptOutcome(sip_status=sip_status)
    assert is_final(article_world().data(), 7, outcome) is (sip_status in FINAL)


@pytest.mark.parametrize("cause", range(1, 128))
def test_without_a_sip_status_the_cause_decides(cause: int) -> None:
    """Busy, number changed and invalid format. Not 21: Asterisk maps both 403 and 603 to it."""
    outcome = AttemptOutcome(q850_cause=cause)
    assert is_final(article_world().data(), 7, outcome) is (cause in {17, 22, 28})


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (AttemptOutcome(DialStatus.BUSY), True),
        (AttemptOutcome(DialStatus.BUSY, 17), True),
        (AttemptOutcome(DialStatus.BUSY, 17, 486), True),
        (AttemptOutcome(DialStatus.CONGESTION, 17, 503), False),
        (AttemptOutcome(DialStatus.CONGESTION, 21, 403), False),
        (AttemptOutcome(DialStatus.CONGESTION, 21, 603), True),
        (AttemptOutcome(DialStatus.BUSY, 34), False),
        (AttemptOutcome(DialStatus.NO_ANSWER), False),
        (AttemptOutcome(DialStatus.CHANUNAVAIL), False),
        (AttemptOutcome(), False),
    ],
)
def test_the_status_counts_before_the_cause_and_the_cause_before_dials_word(
    outcome: AttemptOutcome, expected: bool
) -> None:
    assert is_final(article_world().data(), None, outcome) is expected


@pytest.mark.parametrize(
    ("provider_id", "outcome", "expected"),
    [
        (7, AttemptOutcome(sip_status=403), True),
        (7, AttemptOutcome(sip_status=486), False),
        (7, AttemptOutcome(q850_cause=17), True),
        (7, AttemptOutcome(q850_cause=1), True),
        (7, AttemptOutcome(q850_cause=1, sip_status=404), False),
        (7, AttemptOutcome(q850_cause=1, sip_status=403), True),
        (7, AttemptOutcome(sip_status=600), True),
        (16, AttemptOutcome(sip_status=403), False),
        (16, AttemptOutcome(sip_status=486), True),
        (None, AttemptOutcome(sip_status=403), False),
    ],
)
def test_a_provider_makes_exceptions_for_itself(
    provider_id: int | None, outcome: AttemptOutcome, expected: bool
) -> None:
    world = article_world()
    world.extra["final_answers"] = (
        FinalAnswer(1, 7, 403, None, True),
        FinalAnswer(2, 7, 486, None, False),
        FinalAnswer(3, 7, None, 1, True),
    )
    assert is_final(world.data(), provider_id, outcome) is expected


def test_a_provider_that_calls_congestion_busy_can_be_excepted() -> None:
    world = article_world()
    world.extra["final_answers"] = (FinalAnswer(1, 7, None, 17, False),)
    assert not is_final(world.data(), 7, AttemptOutcome(DialStatus.BUSY))
