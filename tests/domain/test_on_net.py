"""Routes to our own devices, groups, servers and places in the dialplan."""

from dataclasses import replace
from typing import Any

import pytest

from dialplane_service.domain.answers import LocationTarget
from dialplane_service.domain.kinds import LocationKind, Protocol, RingStrategy, SipDriver
from dialplane_service.domain.numbers import Number, NumberKind
from dialplane_service.domain.records import RingGroupMember
from dialplane_service.domain.routes.carried import carried_route
from dialplane_service.domain.trace import DropReason
from tests.domain.asking import (
    HERE,
    SISTER,
    answer,
    caller,
    context,
    dial,
    dial_strings,
    drop_reasons,
    query,
)
from tests.domain.world import World, article_world

DID = "74951815000"
EXTENSION = Number(NumberKind.EXTENSION, "201")


def _group(strategy: RingStrategy = RingStrategy.ALL, *members: int) -> World:
    world = article_world()
    world.change("ring_groups", 1, strategy=strategy, ring_timeout_s=20)
    world.extra["ring_group_members"] = tuple(
        RingGroupMember(1, place, member) for place, member in enumerate(members or (1, 3, 2), 1)
    )
    return world


@pytest.mark.parametrize(
    ("driver", "proto", "expected"),
    [
        (SipDriver.SIP, Protocol.SIP, "SIP/acme-101"),
        (SipDriver.PJSIP, Protocol.SIP, "PJSIP/acme-101"),
        (SipDriver.PJSIP, Protocol.IAX2, "IAX2/acme-101"),
    ],
)
def test_a_device_here_rings_by_its_name(driver: SipDriver, proto: Protocol, expected: str) -> None:
    world = article_world()
    world.change("servers", 1, sip_driver=driver)
    world.change("endpoints", 1, proto=proto, ring_timeout_s=15)
    found = dial(world, query("e1", called=DID))
    assert (found.dial_string, found.route_id, found.via_server) == (expected, "e1", "")
    assert (found.ring_timeout_s, found.provider, found.tier) == (15, "", None)
    assert found.dial_options == ""


def test_a_device_elsewhere_rings_over_its_servers_forward_path_with_the_route_id() -> None:
    found = dial(article_world(), query("e3", called=EXTENSION))
    assert found.dial_string == "IAX2/msm@msm/201"
    assert (found.route_id, found.via_server, found.sent_number) == ("e3", SISTER, "201")


@pytest.mark.parametrize(
    ("table", "row_id", "changes", "target", "reason"),
    [
        ("endpoints", 1, {"enabled": False}, "e1", DropReason.TARGET_DISABLED),
        ("endpoints", 1, {"endpointname": "a&b"}, "e1", DropReason.DIAL_STRING_INVALID),
        ("endpoints", 1, {"server_id": 99}, "e1", DropReason.SERVER_UNREACHABLE),
        ("endpoints", 1, {}, "e99", DropReason.TARGET_UNKNOWN),
        ("servers", 2, {"enabled": False}, "e3", DropReason.SERVER_UNREACHABLE),
        ("servers", 2, {"iax2": None}, "e3", DropReason.SERVER_UNREACHABLE),
        ("ring_groups", 1, {"enabled": False}, "r1", DropReason.TARGET_DISABLED),
        ("ring_groups", 1, {}, "r99", DropReason.TARGET_UNKNOWN),
        ("servers", 2, {"iax2": None}, "s2", DropReason.SERVER_UNREACHABLE),
        ("servers", 1, {}, "s1", DropReason.SERVER_UNREACHABLE),
        ("servers", 1, {}, "s99", DropReason.SERVER_UNREACHABLE),
        ("targets", 1, {}, "t1", DropReason.TARGET_UNKNOWN),
        ("targets", 1, {}, "t99", DropReason.TARGET_UNKNOWN),
        ("targets", 4, {"number": None}, "t4", DropReason.TARGET_UNKNOWN),
        ("targets", 1, {}, "l99", DropReason.TARGET_UNKNOWN),
        ("targets", 1, {}, "m1", DropReason.TARGET_UNKNOWN),
        ("targets", 1, {}, "nonsense", DropReason.TARGET_UNKNOWN),
        ("targets", 1, {}, "g8.A", DropReason.TARGET_UNKNOWN),
        ("targets", 1, {}, "r1.e1", DropReason.TARGET_UNKNOWN),
    ],
)
def test_a_target_that_cannot_ring_is_dropped_with_its_reason(
    table: str, row_id: int, changes: dict[str, Any], target: str, reason: DropReason
) -> None:
    world = article_world()
    world.change(table, row_id, **changes)
    asked = query(target, called=DID)
    assert set(drop_reasons(world, asked).values()) == {reason}
    assert dial_strings(world, asked) == []


def test_a_group_rings_devices_here_and_each_other_server_once() -> None:
    world = _group()
    world.endpoints[4] = replace(world.endpoints[3], id=4, endpointname="acme-202")
    world.extra["ring_group_members"] += (RingGroupMember(1, 4, 4),)
    found = dial(world, query("r1", called=DID))
    assert found.dial_string == f"SIP/acme-101&IAX2/msm@msm/{DID}&SIP/acme-102"
    assert (found.route_id, found.ring_timeout_s) == ("r1", 20)


def test_the_sister_rings_its_own_half_of_a_group_and_carries_nothing_back() -> None:
    world = _group()
    asked = query("c.r1", called=DID, server=SISTER)
    found = dial(world, asked)
    assert (found.dial_string, found.route_id) == ("SIP/acme-201", "r1")


def test_a_group_leaves_out_what_is_switched_off_gone_or_out_of_reach() -> None:
    world = _group(RingStrategy.ALL, 1, 2, 3, 99)
    world.change("endpoints", 1, enabled=False)
    world.change("servers", 2, enabled=False)
    assert dial(world, query("r1", called=DID)).dial_string == "SIP/acme-102"
    world.change("endpoints", 2, enabled=False)
    reasons = drop_reasons(world, query("r1", called=DID))
    assert reasons == {"ring_groups#1": DropReason.SERVER_UNREACHABLE}


def test_a_group_too_large_for_one_dial_is_dropped_and_says_so() -> None:
    world = _group(RingStrategy.ALL, *range(100, 200))
    for row in range(100, 200):
        world.endpoints[row] = replace(world.endpoints[1], id=row, endpointname=f"acme-{row}")
    found = answer(world, query("r1", called=DID)).candidates[0]
    assert found.drop_reason is DropReason.DIAL_STRING_INVALID
    assert found.detail == "the dial string is longer than 900 bytes"


def test_a_linear_group_rings_one_after_the_other_wherever_they_are() -> None:
    world = _group(RingStrategy.LINEAR)
    found = [
        (item.route_id, item.dial_string)
        for item in answer(world, query("r1", called=DID)).candidates
    ]
    assert found == [
        ("r1.e1", "SIP/acme-101"),
        ("r1.e3", f"IAX2/msm@msm/{DID}"),
        ("r1.e2", "SIP/acme-102"),
    ]
    assert dial_strings(world, query("c.r1.e3", called=DID, server=SISTER)) == ["SIP/acme-201"]


def test_an_empty_linear_group_has_no_route() -> None:
    world = article_world()
    world.change("ring_groups", 1, strategy=RingStrategy.LINEAR)
    world.extra["ring_group_members"] = ()
    assert answer(world, query("r1", called=DID)).candidates == ()


def test_a_number_of_another_server_is_carried_there_as_dialled() -> None:
    found = dial(article_world(), query("s2", called="74957952302", caller=caller("79031112233")))
    assert found.dial_string == "IAX2/msm@msm/74957952302"
    assert (found.route_id, found.via_server) == ("s2", SISTER)
    assert found.caller.number == "79031112233"


def test_a_call_without_digits_still_has_something_to_dial_over_a_forward_path() -> None:
    asked = query("e3", called=Number(NumberKind.ANONYMOUS, ""))
    assert dial(article_world(), asked).dial_string == "IAX2/msm@msm/0"


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("l1", LocationTarget("l1", "voicemail", LocationKind.VOICEMAIL, "voicemail", "s", 1)),
        (
            "echo",
            LocationTarget("echo", "echo_test", LocationKind.ECHO_TEST, "service", "echo_test", 1),
        ),
    ],
)
def test_a_place_in_the_dialplan_is_an_answer_of_its_own(
    target: str, expected: LocationTarget
) -> None:
    assert answer(article_world(), query(target, called=DID)).answer == expected


def test_a_route_that_names_nothing_here_is_dropped_when_it_is_dialled_too() -> None:
    """Between the classification and the attempt the device may have gone."""
    seen = context(article_world(), query("c.e3", called=DID, server=HERE))
    assert carried_route(seen, "e3").drop_reason is DropReason.TARGET_UNKNOWN
    assert carried_route(seen, "nonsense").drop_reason is DropReason.TARGET_UNKNOWN
