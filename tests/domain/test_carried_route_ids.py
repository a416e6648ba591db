"""What a call that goes through another server of ours carries there."""

from dataclasses import replace

import pytest

from dialplane_service.domain.answers import Dial
from dialplane_service.domain.numbers import Number, NumberKind
from dialplane_service.domain.queries import CallerAsReceived, DialQuery
from dialplane_service.domain.records import RingGroupMember
from dialplane_service.domain.routes.context import RouteContext
from dialplane_service.domain.routes.next_step import next_step
from dialplane_service.domain.settings import RoutingSettings
from tests.domain.world import LOADED_AT, World, article_world


def first(world: World, target_id: str, server_id: int) -> Dial:
    """The first dial of a target, asked on a server."""
    data = world.data()
    number = Number(NumberKind.E164, "79161234567")
    query = DialQuery("c", LOADED_AT, "", "acme", number, (target_id,), CallerAsReceived())
    context = RouteContext(data, data.server[server_id], data.account_by_name["acme"], None, query)
    answer = next_step(context, RoutingSettings()).answer
    assert isinstance(answer, Dial)
    return answer


@pytest.mark.parametrize(
    ("target_id", "server_id", "carried", "via"),
    [
        ("e3", 1, "e3", "asterisk-msm"),
        ("e3", 2, "", ""),
        ("n", 2, "g8.A", "asterisk-macomnet"),
        ("n", 1, "", ""),
        ("s2", 1, "", "asterisk-msm"),
    ],
    ids=["device there", "device here", "gate there", "gate here", "number served there"],
)
def test_what_is_carried(target_id: str, server_id: int, carried: str, via: str) -> None:
    dial = first(article_world(), target_id, server_id)
    assert (dial.carried_route_id, dial.via_server) == (carried, via)


def test_a_group_with_a_device_elsewhere_is_carried_for_that_device() -> None:
    world = article_world()
    members = (*world.extra["ring_group_members"], RingGroupMember(1, 3, 3))
    world = replace(world, extra=world.extra | {"ring_group_members": members})
    dial = first(world, "r1", 1)
    assert dial.dial_string.endswith("&IAX2/msm@msm/79161234567")
    assert (dial.carried_route_id, dial.via_server) == ("r1", "asterisk-msm")
    there = first(world, "c.r1", 2)
    assert there.dial_string == "SIP/acme-201"
    assert there.carried_route_id == ""
