"""A call that another server of ours carried here. The asking server is number 1."""

import pytest

from dialplane_service.domain.answers import CallClass, CarriedRouteTarget, RefusalReason
from dialplane_service.domain.numbers import ANONYMOUS, Number, NumberKind
from dialplane_service.domain.records import RingGroupMember
from tests.domain.asking import (
    HERE_ADDRESS,
    SISTER,
    SISTER_ADDRESS,
    WESTCALL_ADDRESS,
    from_sister,
)
from tests.domain.hostile import HALF_A_FEATURE_CODE, HOSTILE
from tests.domain.world import VISITOR, article_world, endpoint, gate

DID = "74951815000"


@pytest.mark.parametrize(
    "peer", [WESTCALL_ADDRESS, "203.0.113.9", "2001:db8::1", "127.0.0.1", HERE_ADDRESS]
)
def test_only_another_known_servers_address_is_believed(peer: str) -> None:
    """Not even our own: a server does not carry calls to itself."""
    found = from_sister(article_world(), DID, peer=peer)
    assert found.refusal.reason is RefusalReason.SISTER_ADDRESS_UNKNOWN
    assert found.refusal.q850_cause == 21


def test_a_switched_off_server_is_not_believed() -> None:
    world = article_world()
    world.change("servers", 2, enabled=False)
    assert from_sister(world, DID).refusal.reason is RefusalReason.SISTER_ADDRESS_UNKNOWN


def test_of_servers_behind_one_address_the_other_one_is_believed() -> None:
    world = article_world()
    world.change("servers", 2, ipaddress=HERE_ADDRESS)
    assert from_sister(world, DID, peer=HERE_ADDRESS).call_class is CallClass.INCOMING


def test_a_carried_call_has_its_call_id() -> None:
    world = article_world()
    found = from_sister(world, DID, call_id="")
    assert found.refusal.reason is RefusalReason.SISTER_CALL_ID_MISSING
    assert from_sister(world, DID, call_id="carried-9").call_id == "carried-9"


@pytest.mark.parametrize(
    "text", [*HOSTILE, *HALF_A_FEATURE_CODE, "*97", "0" * 11, "1" * 16, "02038070121"]
)
def test_a_sister_carries_full_numbers_and_extensions_only(text: str) -> None:
    found = from_sister(article_world(), text)
    assert found.refusal.reason is RefusalReason.IMPOSSIBLE_NUMBER
    assert found.targets == ()


def test_a_number_that_is_served_here_goes_to_its_destination() -> None:
    found = from_sister(article_world(), DID)
    assert found.call_class is CallClass.INCOMING
    assert found.called == Number(NumberKind.E164, DID)
    assert [target.target_id for target in found.targets] == ["r1"]


def test_a_known_client_is_recognised_by_the_server_that_serves_the_number() -> None:
    found = from_sister(article_world(), DID, caller_number="79031112233")
    assert found.call_class is CallClass.INCOMING_CLIENT


def test_a_number_of_a_third_server_would_be_a_second_hop() -> None:
    world = article_world()
    world.change("numbers", 279, server_id=5)
    found = from_sister(world, DID)
    assert found.refusal.reason is RefusalReason.SECOND_HOP
    assert found.refusal.q850_cause == 25


def test_a_number_of_the_sister_itself_is_not_sent_back() -> None:
    found = from_sister(article_world(), "74957952302")
    assert found.refusal.reason is RefusalReason.SECOND_HOP


@pytest.mark.parametrize("dialled", ["201", "74957777777"])
def test_what_is_not_rented_is_unknown_without_a_route(dialled: str) -> None:
    found = from_sister(article_world(), dialled)
    assert found.refusal.reason is RefusalReason.UNKNOWN_NUMBER


def test_the_route_to_this_server_means_that_it_classifies_the_number() -> None:
    """So the dialplan can carry the id of every route, this one too."""
    assert from_sister(article_world(), DID, "s1").call_class is CallClass.INCOMING


@pytest.mark.parametrize(
    ("carried", "expected"), [("", "acme"), ("visitor", "visitor"), ("nobody", "acme")]
)
def test_the_carried_account_pays_else_the_numbers_own(carried: str, expected: str) -> None:
    """A tenant on the other server called: it is that tenant's call still."""
    assert from_sister(article_world(), DID, account=carried).account == expected


@pytest.mark.parametrize(
    ("route_id", "refused"), [("g2.A", True), ("t4.g2.A", True), ("e1", False), ("m1", False)]
)
def test_nobody_pays_a_provider_for_an_account_that_is_not_known(
    route_id: str, *, refused: bool
) -> None:
    found = from_sister(article_world(), "112", route_id, "nobody")
    assert (found.refusal is not None) == refused
    assert from_sister(article_world(), "112", route_id, "").refusal is None


def test_a_carried_call_that_is_sent_on_outside_is_paid_by_who_sends_it_on() -> None:
    world = article_world()
    world.change("numbers", 279, target_id=4)
    assert from_sister(world, DID, account="visitor").account == "acme"


@pytest.mark.parametrize(
    ("route_id", "dialled", "kind"),
    [
        ("g2.A", "74957777777", NumberKind.E164),
        ("g1.C", "74957777777", NumberKind.E164),
        ("t4.g2.A", DID, NumberKind.E164),
        ("e1", "101", NumberKind.EXTENSION),
        ("e1", DID, NumberKind.E164),
        ("r1", DID, NumberKind.E164),
        ("r1.e2", DID, NumberKind.E164),
        ("m1", "112", NumberKind.EMERGENCY),
        ("e1", "0", NumberKind.EXTENSION),
        ("m1", "74957777777", NumberKind.E164),
    ],
)
def test_a_carried_route_is_dialled_without_routing_again(
    route_id: str, dialled: str, kind: NumberKind
) -> None:
    found = from_sister(article_world(), dialled, route_id, "visitor")
    assert found.call_class is CallClass.CARRIED_ROUTE
    assert found.called == Number(kind, dialled)
    assert found.targets == (CarriedRouteTarget(f"c.{route_id}", route_id),)
    assert found.account == "visitor"


@pytest.mark.parametrize(
    "route_id",
    [
        *("g99.A", "a1.C", "e3", "e99", "r99", "r1.e3", "r1.e99", "m2", "m99", "s2", "l1", "t4"),
        *("n", "m", "echo", "c.e1", "nonsense", "t99.g2.A", "x" * 32),
    ],
)
def test_a_route_that_this_server_cannot_dial_is_refused(route_id: str) -> None:
    world = article_world()
    found = from_sister(world, DID, route_id)
    assert found.refusal.reason is RefusalReason.CARRIED_ROUTE_UNKNOWN
    assert found.refusal.q850_cause == 25


def test_a_gate_of_the_other_server_is_not_dialled_here() -> None:
    world = article_world()
    world.gates[1] = gate(1, 516, 2, "elsewhere", "74957952302")
    reason = from_sister(world, "74957777777", "g1.A").refusal.reason
    assert reason is RefusalReason.CARRIED_ROUTE_UNKNOWN


def test_a_switched_off_gate_or_device_is_not_dialled() -> None:
    world = article_world()
    world.change("gates", 2, enabled=False)
    world.change("endpoints", 1, enabled=False)
    for route_id in ("g2.A", "e1"):
        found = from_sister(world, "74957777777", route_id)
        assert found.refusal.reason is RefusalReason.CARRIED_ROUTE_UNKNOWN


def test_a_group_without_a_device_here_is_not_rung_here() -> None:
    world = article_world()
    world.extra["ring_group_members"] = (RingGroupMember(1, 1, 3),)
    assert from_sister(world, DID, "r1").refusal.reason is RefusalReason.CARRIED_ROUTE_UNKNOWN


def test_an_emergency_route_over_an_address_is_dialled_where_it_was_chosen() -> None:
    world = article_world()
    (row,) = world.extra["emergency_routes"]
    world.extra["emergency_routes"] = (type(row)(row.id, "RU", "112", None, 1, None, 7, None),)
    assert from_sister(world, "112", "m1").refusal.reason is RefusalReason.CARRIED_ROUTE_UNKNOWN


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("79031112233", Number(NumberKind.E164, "79031112233")),
        ("+79031112233", Number(NumberKind.E164, "79031112233")),
        ("101", ANONYMOUS),
        ("", ANONYMOUS),
        ("٣٤٩٥٧٧٧٧٧", ANONYMOUS),
    ],
)
def test_the_caller_is_e164_already(sent: str, expected: Number) -> None:
    assert from_sister(article_world(), DID, caller_number=sent).caller == expected


def test_it_works_in_the_other_direction() -> None:
    world = article_world()
    world.endpoints[9] = endpoint(9, 2, "301", account_id=VISITOR, endpointname="visitor-301")
    found = from_sister(world, "301", "e9", peer=HERE_ADDRESS, server=SISTER)
    assert found.call_class is CallClass.CARRIED_ROUTE
    refused = from_sister(world, "301", "e9", peer=SISTER_ADDRESS, server=SISTER)
    assert refused.refusal.reason is RefusalReason.SISTER_ADDRESS_UNKNOWN
