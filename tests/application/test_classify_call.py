"""ClassifyCall: what the use case adds to the rules."""

import re
from datetime import UTC, datetime

import pytest

from dialplane_service.application.classify_call import ClassifyCall
from dialplane_service.application.errors import NoDecisionDataError, UnknownServerError
from dialplane_service.domain.addresses import address
from dialplane_service.domain.answers import CallClass
from dialplane_service.domain.decision_data import DecisionData
from dialplane_service.domain.kinds import Tier
from dialplane_service.domain.queries import CallerAsReceived, CallQuery, FromProvider
from tests.domain.asking import (
    HERE,
    NOW,
    SISTER,
    WESTCALL_ADDRESS,
    Source,
    StoppedClock,
    classify,
    from_endpoint,
    from_provider,
    from_sister,
)
from tests.domain.world import article_world

DID = "74951815000"
PROVIDER = FromProvider(address(WESTCALL_ADDRESS))


class Empty:
    """Nothing has been loaded yet."""

    def current(self) -> DecisionData:
        raise NoDecisionDataError


@pytest.mark.parametrize("name", ["nobody", "", "undefined", "ASTERISK-MACOMNET"])
def test_an_unknown_server_is_an_error_and_the_articles_undefined_one_too(name: str) -> None:
    with pytest.raises(UnknownServerError, match="unknown server"):
        classify(article_world(), DID, PROVIDER, server=name)


def test_a_server_that_is_switched_off_is_answered_while_it_runs() -> None:
    """Switched off, it is not reached and not believed; its own users are not cut off."""
    world = article_world()
    world.change("servers", 1, enabled=False)
    assert from_endpoint(world, "84957777777").call_class is CallClass.OUTGOING


def test_without_decision_data_there_is_no_decision() -> None:
    call = CallQuery(HERE, "1.1", DID, CallerAsReceived(), PROVIDER)
    with pytest.raises(NoDecisionDataError):
        ClassifyCall(Empty(), StoppedClock())(call)


def test_it_fixes_the_instant_the_data_version_and_the_call_id() -> None:
    found = from_provider(article_world(), DID)
    assert found.decided_at == NOW
    assert found.data_version == 7
    assert (found.account, found.tier) == ("acme", Tier.CLI)


def test_it_decides_as_of_a_given_instant() -> None:
    instant = datetime(2027, 1, 1, tzinfo=UTC)
    found = from_provider(article_world(), DID, decided_at=instant)
    assert found.decided_at == instant


def test_a_repeated_question_gets_the_same_answer() -> None:
    world = article_world()
    assert from_provider(world, DID) == from_provider(world, DID)


def test_a_call_id_is_made_of_server_and_channel() -> None:
    world = article_world()
    ids = {
        ClassifyCall(Source(world.data()), StoppedClock())(
            CallQuery(server, channel, DID, CallerAsReceived(), PROVIDER)
        ).call_id
        for server in (HERE, SISTER)
        for channel in ("1700000000.1", "1700000000.2")
    }
    assert len(ids) == 4
    assert all(re.fullmatch(r"[0-9a-f]{32}", call_id) for call_id in ids)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (from_sister(article_world(), DID, call_id="c-1"), True),
        (from_endpoint(article_world(), "201", call_id="c-1"), True),
        (from_provider(article_world(), DID, call_id="c-1"), False),
    ],
    ids=["sister", "endpoint", "provider"],
)
def test_a_carried_call_id_is_believed_from_our_own_only(found: object, expected: bool) -> None:
    assert (getattr(found, "call_id", "") == "c-1") is expected


def test_a_refused_call_has_its_ids_too() -> None:
    found = from_provider(article_world(), "not a number")
    assert found.refusal is not None
    assert len(found.call_id) == 32
    assert (found.account, found.tier) == ("", None)
