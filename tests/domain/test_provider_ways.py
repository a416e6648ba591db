"""How a provider is reached: its addresses, its gates, and the gate that a presented number forces."""

from typing import Any

import pytest

from dialplane_service.domain.kinds import Direction, Protocol, SipDriver
from dialplane_service.domain.trace import DropReason
from tests.domain.asking import SISTER, answer, candidates, dial, dial_strings, drop_reasons, query
from tests.domain.world import address, article_world, gate

# Addresses


@pytest.mark.parametrize(
    ("changes", "driver", "expected"),
    [
        ({"port": 5080}, SipDriver.SIP, "SIP/sip.zadarma.com:5080/74957777777"),
        ({"port": 5080}, SipDriver.PJSIP, "PJSIP/74957777777@sip.zadarma.com"),
        (
            {"domainname": None, "ipaddress": "192.0.2.7"},
            SipDriver.SIP,
            "SIP/192.0.2.7/74957777777",
        ),
        (
            {"domainname": None, "ipaddress": "2001:db8::7", "port": 5060},
            SipDriver.SIP,
            "SIP/[2001:db8::7]:5060/74957777777",
        ),
        ({"proto": Protocol.IAX2}, SipDriver.PJSIP, "IAX2/sip.zadarma.com/74957777777"),
        ({"proto": Protocol.H323}, SipDriver.SIP, "OOH323/sip.zadarma.com/74957777777"),
        ({"direction": Direction.IN_OUT}, SipDriver.SIP, "SIP/sip.zadarma.com/74957777777"),
    ],
)
def test_an_address_is_dialled_by_its_name_else_by_itself(
    changes: dict[str, Any], driver: SipDriver, expected: str
) -> None:
    world = article_world()
    world.change("servers", 1, sip_driver=driver)
    world.change("addresses", 7, **changes)
    assert candidates(world, query("n"))["providers_ips#7"].dial_string == expected


def test_the_article_on_pjsip() -> None:
    world = article_world()
    world.change("servers", 1, sip_driver=SipDriver.PJSIP)
    assert set(dial_strings(world, query("n"))) == {
        "PJSIP/74957777777@sip.zadarma.com",
        "PJSIP/74957777777@westcall",
        "PJSIP/001110174957777777@sbc.voxbeam.com",
        "PJSIP/999274957777777@sip.voicebuy.com",
        "PJSIP/+74957777777@sip.n1.ipport.net",
    }


def test_each_address_of_a_provider_is_a_route() -> None:
    world = article_world()
    world.addresses[90] = address(90, 3, None, "sip2.zadarma.com", "OUT")
    routes = [item.route_id for item in answer(world, query("n")).candidates]
    assert routes[:3] == ["g8.A", "a7.A", "a90.A"]


# Gates


def test_one_route_per_dial_peer_however_many_numbers_it_has() -> None:
    gates = [row for row in candidates(article_world(), query("n")) if row.startswith("gates")]
    assert gates == ["gates#8"]


def test_gates_are_in_the_order_of_their_ids_whatever_peers_they_share() -> None:
    world = article_world()
    world.gates[5] = gate(5, 279, 1, "other", "74951815000")
    world.gates[6] = gate(6, 280, 1, "third", "74951815001")
    world.gates[10] = gate(10, 280, 1, "other", "74951815001")
    routes = [item.route_id for item in answer(world, query("n")).candidates if item.rank]
    assert routes[:3] == ["g5.A", "g6.A", "g8.A"]


def test_gates_here_come_before_gates_elsewhere_and_the_presented_numbers_before_others() -> None:
    world = article_world()
    world.change("gates", 8, serverid=2)
    world.gates[7] = gate(7, 280, 2, "elsewhere", "74951815001")
    world.gates[10] = gate(10, 280, 1, "here", "74951815001")
    routes = [
        item.route_id
        for item in answer(world, query("n", account="acme")).candidates
        if item.provider == "Westcall"
    ]
    # 9 and 10 are here; of those elsewhere, 8 is that of acme's own number 74951815000
    assert routes == ["g9.A", "g10.A", "g8.A", "g7.A"]


def test_a_gate_of_another_server_is_reached_over_its_forward_path_with_the_route_id() -> None:
    world = article_world()
    for row in (8, 9):
        world.change("gates", row, serverid=2)
    found = dial(world, query("n"))
    assert found.dial_string == "IAX2/msm@msm/74957777777"
    assert found.route_id == "g8.A"
    assert found.via_server == SISTER
    assert found.provider == "Westcall"
    assert found.sent_number == "74957777777"


@pytest.mark.parametrize("changes", [{"enabled": False}, {"iax2": None}])
def test_a_gate_of_an_unreachable_server_is_dropped(changes: dict[str, Any]) -> None:
    world = article_world()
    world.change("servers", 2, **changes)
    for row in (8, 9):
        world.change("gates", row, serverid=2)
    assert drop_reasons(world, query("n"))["gates#8"] is DropReason.SERVER_UNREACHABLE


def test_a_gate_of_a_lost_server_is_dropped() -> None:
    world = article_world()
    for row in (8, 9):
        world.change("gates", row, serverid=99)
    assert drop_reasons(world, query("n"))["gates#8"] is DropReason.SERVER_UNREACHABLE


def test_a_switched_off_gate_is_no_way() -> None:
    world = article_world()
    world.change("gates", 8, enabled=False)
    assert "SIP/westcall/74957777777" in dial_strings(world, query("n"))
    world.change("gates", 9, enabled=False)
    assert drop_reasons(world, query("n"))["providers#7"] is DropReason.NO_GATE


@pytest.mark.parametrize(
    ("proto", "expected"),
    [(Protocol.IAX2, "IAX2/westcall/7"), (Protocol.H323, "OOH323/westcall/7")],
)
def test_a_gate_has_its_own_protocol(proto: Protocol, expected: str) -> None:
    world = article_world()
    world.change("gates", 8, proto=proto)
    assert dial(world, query("n")).dial_string.startswith(expected)


# Login and password: the presented number forces its gate


def test_presenting_a_number_that_has_a_gate_forces_that_gate() -> None:
    """IPport lets only its own number through; acme's is 74957952301, bound to gate 2."""
    found = candidates(article_world(), query("n", account="acme"))
    assert "providers_ips#34" not in found
    assert found["gates#2"].dial_string == "SIP/sip_peer_msm_2301/+74957777777"
    assert found["gates#2"].caller_number == "74957952301"


def test_a_forced_gate_may_be_on_the_other_server() -> None:
    """Gate 1 binds a number of server 2 to a gate on server 1: asked on server 2, it is carried."""
    world = article_world()
    asked = query("n", account="acme", server=SISTER)
    found = candidates(world, asked)["gates#2"]
    assert found.dial_string == "IAX2/macomnet@macomnet/74957777777"


def test_a_forced_gate_that_is_switched_off_stops_the_number_from_being_sent_another_way() -> None:
    world = article_world()
    world.change("gates", 2, enabled=False)
    assert drop_reasons(world, query("n", account="acme"))["providers#16"] is DropReason.NO_GATE


def test_a_number_without_a_gate_goes_by_address() -> None:
    world = article_world()
    del world.gates[2]
    found = candidates(world, query("n", account="acme"))
    assert found["providers_ips#34"].caller_number == "74957952301"


def test_a_trunk_that_lets_its_pool_through_is_not_forced_by_a_gate() -> None:
    world = article_world()
    world.change("providers", 16, cli_allowed=True)
    assert "providers_ips#34" in candidates(world, query("n", account="acme"))


def test_a_gate_that_does_not_carry_a_caller_id_presents_none() -> None:
    world = article_world()
    world.change("gates", 2, cid_support=False)
    found = candidates(world, query("n", account="acme"))["gates#2"]
    assert found.drop_reason is None
    assert found.caller_number == ""
