"""BuildDialString with limited providers: one question, only where it is needed, and none that waits."""

from dataclasses import replace
from typing import Any

import pytest

from dialplane_service.application.build_dial_string import BuildDialString
from dialplane_service.domain.answers import Dial, DialAnswer
from dialplane_service.domain.capacity import LEASE_S, Limits, Place, PlacesWanted
from dialplane_service.domain.events import DialStatus
from dialplane_service.domain.queries import AttemptOutcome, DialQuery
from dialplane_service.domain.rates.no_rates import NoRates
from tests.domain.asking import NOW, SETTINGS, Source, next_query, query
from tests.domain.world import World, address, article_world
from tests.fakes.admission import FakeAdmission

FAILED = AttemptOutcome(DialStatus.CHANUNAVAIL)


@pytest.fixture
def world() -> World:
    """Westcall, which is tried first, carries one call."""
    world = article_world()
    world.change("providers", 7, most_channels=1)
    return world


@pytest.fixture
def admission() -> FakeAdmission:
    return FakeAdmission()


def asking(call_id: str = "call-1", **changes: Any) -> DialQuery:
    changes = {"explain": False, "calling_unique_id": f"{call_id}.channel", **changes}
    return replace(query("n"), call_id=call_id, **changes)


async def ask(world: World, admission: FakeAdmission | None, asked: DialQuery) -> DialAnswer:
    source = Source(world.data())
    return await BuildDialString(source, Source(NoRates()), SETTINGS, admission)(asked)


async def route(world: World, admission: FakeAdmission | None, asked: DialQuery) -> str:
    found = (await ask(world, admission, asked)).answer
    assert isinstance(found, Dial)
    return found.route_id


async def test_it_asks_once_and_says_who_asks(world: World, admission: FakeAdmission) -> None:
    assert await route(world, admission, asking()) == "g8.A"
    assert admission.asked == [
        PlacesWanted("call-1", 1, "call-1.channel", 1, NOW, (Place(7, 8, Limits(1)),), LEASE_S)
    ]


async def test_who_is_full_is_passed_over(world: World, admission: FakeAdmission) -> None:
    assert await route(world, admission, asking()) == "g8.A"
    assert await route(world, admission, asking("call-2")) == "a7.A"
    assert await route(world, admission, asking()) == "g8.A", "asked again it says the same"
    admission.release("call-1", 1, "call-1.channel", 1)
    assert await route(world, admission, asking("call-3")) == "g8.A"


async def test_without_limits_nobody_is_asked(admission: FakeAdmission) -> None:
    assert await route(article_world(), admission, asking()) == "g8.A"
    second = next_query(asking(), "g8.A", FAILED)
    assert await route(article_world(), admission, second) == "a7.A"
    assert admission.asked == []


async def test_two_addresses_of_a_provider_are_one_place(admission: FakeAdmission) -> None:
    world = article_world()
    world.change("providers", 7, enabled=False)
    world.change("providers", 3, most_channels=1)
    world.addresses[70] = address(70, 3, None, "sip2.zadarma.com", "OUT")
    assert await route(world, admission, asking()) == "a7.A"
    assert admission.asked[0].places == (Place(3, None, Limits(1)),)
    assert await route(world, admission, asking("call-2")) == "a34.A"


async def test_while_nobody_can_say_nobody_is_full(world: World, admission: FakeAdmission) -> None:
    await route(world, admission, asking())
    admission.away = True
    assert await route(world, admission, asking("call-2")) == "g8.A"
    assert await route(world, None, asking("call-2")) == "g8.A"


async def test_an_attempt_that_made_no_channel_gives_its_place_back(
    world: World, admission: FakeAdmission
) -> None:
    first = asking()
    await route(world, admission, first)
    second = next_query(first, "g8.A", FAILED)
    assert await route(world, admission, second) == "a7.A"
    assert admission.asked[-1].places == ()
    assert await route(world, admission, asking("call-2")) == "g8.A"


@pytest.mark.parametrize("explain", [True, False])
async def test_a_persons_question_takes_nothing(
    world: World, admission: FakeAdmission, explain: bool
) -> None:
    asked = asking(simulate=True, explain=explain)
    assert await route(world, admission, asked) == "g8.A"
    assert await route(world, admission, next_query(asked, "g8.A", FAILED)) == "a7.A"
    assert admission.asked == []


async def test_a_call_that_is_to_be_explained_takes_its_place(
    world: World, admission: FakeAdmission
) -> None:
    await ask(world, admission, asking("call-1", explain=True))
    found = await ask(world, admission, asking("call-2", explain=True))
    assert isinstance(found.answer, Dial)
    assert found.answer.route_id == "a7.A"
    said = {row.route_id: (row.drop_reason, row.detail) for row in found.candidates}
    assert said["g8.A"] == ("CAPACITY_EXCEEDED", "1 of the provider's 1 channels are in use")
    assert said["a7.A"][0] is None
