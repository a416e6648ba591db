"""BuildDialString: what the use case adds to the rules."""

import pytest

from dialplane_service.application.errors import UnknownAccountError, UnknownServerError
from dialplane_service.domain.answers import Dial, NoMoreRoutes, NoRouteReason
from dialplane_service.domain.numbers import Number, NumberKind
from tests.domain.asking import HERE, SISTER, build, query
from tests.domain.world import article_world, endpoint


async def test_it_answers_with_the_next_thing_to_dial() -> None:
    found = await build(article_world(), query("n"))
    assert isinstance(found.answer, Dial)
    assert found.answer.dial_string == "SIP/westcall/74957777777"
    assert found.data_version == 7


@pytest.mark.parametrize("name", ["nobody", "", "undefined"])
async def test_an_unknown_server_is_an_error(name: str) -> None:
    with pytest.raises(UnknownServerError):
        await build(article_world(), query("n", server=name))


async def test_an_unknown_account_is_an_error_and_none_is_not() -> None:
    with pytest.raises(UnknownAccountError, match="nobody"):
        await build(article_world(), query("n", account="nobody"))
    assert isinstance((await build(article_world(), query("n"))).answer, Dial)


async def test_a_device_is_looked_up_on_the_asking_server() -> None:
    world = article_world()
    world.change("endpoints", 1, caller_id="74950000001")
    world.endpoints[9] = endpoint(9, 2, "109", endpointname="acme-101", caller_id="74950000009")
    world.change("providers", 7, dynamic_calls=True)
    presented = {}
    for server in (HERE, SISTER):
        asked = query("n", account="acme", endpoint="acme-101", server=server)
        found = (await build(world, asked)).answer
        assert isinstance(found, Dial)
        presented[server] = found.caller.number
    assert presented == {HERE: "74950000001", SISTER: "74950000009"}


async def test_a_persons_question_needs_neither_server_nor_target() -> None:
    found = await build(article_world(), query(server="", simulate=True))
    assert isinstance(found.answer, Dial)
    assert found.answer.dial_string == "SIP/westcall/74957777777"


async def test_the_first_server_is_the_lowest_that_is_switched_on() -> None:
    world = article_world()
    world.change("servers", 1, enabled=False)
    found = await build(world, query("e3", server="", simulate=True))
    assert isinstance(found.answer, Dial)
    assert found.answer.dial_string == "SIP/acme-201"  # a device of server 2, dialled by its name
    for row in (2, 5):
        world.change("servers", row, enabled=False)
    with pytest.raises(UnknownServerError):
        await build(world, query(server="", simulate=True))


async def test_a_persons_question_about_an_emergency_number_is_never_routed_by_cost() -> None:
    called = Number(NumberKind.EMERGENCY, "112")
    found = await build(article_world(), query(called=called, simulate=True))
    assert isinstance(found.answer, Dial)
    assert found.answer.route_id == "m1"
    unserved = Number(NumberKind.EMERGENCY, "01")
    found = await build(article_world(), query(called=unserved, simulate=True))
    assert isinstance(found.answer, NoMoreRoutes)
    assert found.answer.reason is NoRouteReason.NO_EMERGENCY_ROUTE


async def test_a_persons_question_about_given_targets_is_about_those() -> None:
    found = await build(article_world(), query("e1", simulate=True))
    assert isinstance(found.answer, Dial)
    assert found.answer.dial_string == "SIP/acme-101"


async def test_a_call_without_targets_is_not_routed() -> None:
    found = await build(article_world(), query())
    assert isinstance(found.answer, NoMoreRoutes)
