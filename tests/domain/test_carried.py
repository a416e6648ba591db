"""A route that a sister server chose, dialled on the server that holds its gate.

Every test walks both halves: what the first server answers is what the sister server gets.
"""

from dataclasses import replace
from typing import Any

import pytest

from dialplane_service.domain.answers import CarriedRouteTarget, Dial
from dialplane_service.domain.kinds import CallerIdFormat, RingStrategy, SipDriver, Tier
from dialplane_service.domain.numbers import Number, NumberKind
from dialplane_service.domain.queries import CallerAsReceived, DialQuery, Presentation
from dialplane_service.domain.records import EmergencyRoute, RingGroupMember
from dialplane_service.domain.trace import DropReason
from tests.domain.asking import (
    HERE,
    HERE_ADDRESS,
    SISTER,
    anonymous,
    dial,
    drop_reasons,
    from_sister,
    query,
)
from tests.domain.world import World, article_world

SUBJECT = "74957777777"


def _gates_elsewhere(**changes: Any) -> World:
    """Westcall's and Voxbeam's gates are on server 2."""
    world = article_world()
    for row in (8, 9):
        world.change("gates", row, serverid=2, **changes)
    return world


def _carry(world: World, first: Dial, asked: DialQuery) -> Dial:
    """What the sister server dials, asked with what the first server's leg brings it."""
    assert first.via_server == SISTER
    dialled = first.dial_string.rpartition("/")[2]
    found = from_sister(
        world,
        dialled,
        first.carried_route_id,
        asked.account,
        peer=HERE_ADDRESS,
        server=SISTER,
        caller_number=first.caller.number,
    )
    assert found.targets == (
        CarriedRouteTarget(f"c.{first.carried_route_id}", first.carried_route_id),
    )
    received = CallerAsReceived(first.caller.number, first.caller.name, first.caller.presentation)
    return dial(
        world,
        query(
            found.targets[0].target_id,
            called=found.called,
            server=SISTER,
            account=found.account,
            caller=received,
        ),
    )


def test_a_carried_gate_gets_what_the_number_and_provider_ask_for() -> None:
    world = _gates_elsewhere()
    asked = query("n", account="acme", endpoint="acme-101")
    found = _carry(world, dial(world, asked), asked)
    assert found.dial_string == f"SIP/westcall/{SUBJECT}"
    assert found.route_id == "g8.A"
    assert (found.provider, found.dial_options, found.via_server) == ("Westcall", "i", "")
    assert (found.caller.number, found.caller.asserted_identity) == ("74951815000",) * 2


def test_a_carried_tier_and_plus_are_added_by_the_server_that_dials() -> None:
    world = _gates_elsewhere()
    world.change("providers", 7, cli_prefix="0099", append_plus=True)
    asked = query("n", tier=Tier.CLI, account="acme")
    first = dial(world, asked)
    assert first.dial_string == f"IAX2/msm@msm/{SUBJECT}"
    found = _carry(world, first, asked)
    assert found.dial_string == f"SIP/westcall/0099{SUBJECT}"
    assert (found.route_id, found.tier) == ("g8.C", Tier.CLI)


def test_a_carried_gate_is_dialled_by_the_driver_of_its_own_server() -> None:
    world = _gates_elsewhere()
    world.change("servers", 2, sip_driver=SipDriver.PJSIP)
    asked = query("n")
    assert _carry(world, dial(world, asked), asked).dial_string == f"PJSIP/{SUBJECT}@westcall"


def test_the_providers_way_of_writing_the_caller_survives_the_way_there() -> None:
    world = _gates_elsewhere()
    world.change("providers", 7, caller_id_format=CallerIdFormat.PLUS_E164)
    asked = query("n", account="acme", endpoint="acme-101")
    assert _carry(world, dial(world, asked), asked).caller.number == "+74951815000"


def test_a_hidden_caller_is_still_hidden_and_still_known_to_the_provider() -> None:
    world = _gates_elsewhere()
    asked = query("n", account="acme", endpoint="acme-101", caller=anonymous())
    shown = _carry(world, dial(world, asked), asked).caller
    assert (shown.number, shown.presentation) == ("74951815000", Presentation.RESTRICTED)


def test_a_gate_without_caller_id_presents_none_over_the_other_server_either() -> None:
    world = _gates_elsewhere(cid_support=False)
    asked = query("n", account="acme", endpoint="acme-101")
    shown = _carry(world, dial(world, asked), asked).caller
    assert (shown.number, shown.asserted_identity) == ("", "")


def test_a_call_sent_on_is_carried_with_the_number_called_and_dials_the_targets_number() -> None:
    world = _gates_elsewhere()
    asked = query(
        "t4", called="74951815000", account="acme", caller=CallerAsReceived("79031112233")
    )
    first = dial(world, asked)
    assert (first.dial_string, first.route_id) == ("IAX2/msm@msm/74951815000", "t4.g8.A")
    assert _carry(world, first, asked).dial_string == "SIP/westcall/79161234567"


def test_a_device_of_the_other_server_rings_there() -> None:
    world = article_world()
    asked = query(
        "e3", called=Number(NumberKind.EXTENSION, "201"), account="acme", endpoint="acme-101"
    )
    found = _carry(world, dial(world, asked), asked)
    assert (found.dial_string, found.caller.number) == ("SIP/acme-201", "101")


def test_a_member_of_a_linear_group_rings_there() -> None:
    world = article_world()
    world.change("ring_groups", 1, strategy=RingStrategy.LINEAR)
    world.extra["ring_group_members"] = (RingGroupMember(1, 1, 3),)
    asked = query("r1", called="74951815000")
    found = _carry(world, dial(world, asked), asked)
    assert (found.dial_string, found.route_id) == ("SIP/acme-201", "r1.e3")


def test_both_halves_of_a_group_ring() -> None:
    world = article_world()
    world.extra["ring_group_members"] = (RingGroupMember(1, 1, 1), RingGroupMember(1, 2, 3))
    asked = query("r1", called="74951815000")
    first = dial(world, asked)
    assert first.dial_string == "SIP/acme-101&IAX2/msm@msm/74951815000"
    assert _carry(world, first, asked).dial_string == "SIP/acme-201"


def test_a_route_of_this_server_carries_nothing() -> None:
    assert dial(article_world(), query("n")).carried_route_id == ""
    assert dial(article_world(), query("r1", called="74951815000")).carried_route_id == ""


def test_an_emergency_call_over_the_other_servers_gate_shows_the_caller() -> None:
    world = _gates_elsewhere()
    asked = query(
        "m",
        called=Number(NumberKind.EMERGENCY, "112"),
        account="acme",
        endpoint="acme-101",
        caller=anonymous(),
    )
    world.change("endpoints", 1, caller_id="74951815000")
    found = _carry(world, dial(world, asked), asked)
    assert (found.dial_string, found.route_id) == ("SIP/westcall/112", "m1")
    assert (found.caller.number, found.caller.asserted_identity) == ("74951815000",) * 2
    assert found.caller.presentation is Presentation.ALLOWED


def test_a_number_served_by_the_other_server_is_classified_there() -> None:
    world = article_world()
    first = dial(world, query("s2", called="74957952302"))
    dialled = first.dial_string.rpartition("/")[2]
    assert first.carried_route_id == ""
    found = from_sister(world, dialled, peer=HERE_ADDRESS, server=SISTER)
    assert [target.target_id for target in found.targets] == ["r1"]


def _on_sister(route_id: str) -> DialQuery:
    return query(f"c.{route_id}", server=SISTER)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"enabled": False}, DropReason.PROVIDER_DISABLED),
        ({"carries_outgoing": False}, DropReason.CARRIES_NO_OUTGOING),
        ({"noncli_prefix": "1"}, DropReason.TIER_NOT_OFFERED),
    ],
)
def test_what_changed_on_the_way_is_respected(changes: dict[str, Any], reason: DropReason) -> None:
    world = _gates_elsewhere()
    world.change("providers", 7, **changes)
    assert drop_reasons(world, _on_sister("g8.C")) == {"gates#8": reason}


def test_a_gate_whose_number_or_provider_is_gone_is_dropped() -> None:
    world = _gates_elsewhere()
    del world.numbers[279]
    assert drop_reasons(world, _on_sister("g8.A")) == {"gates#8": DropReason.NO_GATE}
    world = _gates_elsewhere()
    del world.providers[7]
    assert drop_reasons(world, _on_sister("g8.A")) == {"gates#8": DropReason.NO_GATE}


@pytest.mark.parametrize("route_id", ["g2.A", "g99.A", "a1.C", "e1", "r9", "m1", "l1", "n", ""])
def test_what_this_server_cannot_dial_is_dropped(route_id: str) -> None:
    assert set(drop_reasons(article_world(), _on_sister(route_id)).values()) == {
        DropReason.TARGET_UNKNOWN
    }


def test_an_emergency_route_over_an_address_is_not_carried() -> None:
    world = article_world()
    world.extra["emergency_routes"] = (EmergencyRoute(1, "RU", "112", None, 1, None, 7, None),)
    assert set(drop_reasons(world, _on_sister("m1")).values()) == {DropReason.TARGET_UNKNOWN}


def test_the_first_server_dials_its_own_half_itself() -> None:
    world = article_world()
    world.endpoints[4] = replace(world.endpoints[3], id=4, server_id=5, endpointname="acme-5")
    world.extra["ring_group_members"] = tuple(RingGroupMember(1, row, row) for row in (1, 3, 4))
    halves = {
        server: dial(world, query("c.r1", called="74951815000", server=server)).dial_string
        for server in (HERE, SISTER, "asterisk-corbina")
    }
    assert halves == {
        HERE: "SIP/acme-101",
        SISTER: "SIP/acme-201",
        "asterisk-corbina": "SIP/acme-5",
    }
