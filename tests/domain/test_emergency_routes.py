"""Routes to an emergency service: its own, never by cost, never with a prefix, never given up."""

from typing import Any

import pytest

from dialplane_service.domain.answers import NoMoreRoutes, NoRouteReason
from dialplane_service.domain.events import DialStatus
from dialplane_service.domain.kinds import Direction
from dialplane_service.domain.numbers import Number, NumberKind
from dialplane_service.domain.queries import AttemptOutcome, DialQuery, Presentation
from dialplane_service.domain.records import BarredDestination, EmergencyRoute
from dialplane_service.domain.trace import DropReason
from tests.domain.asking import (
    SISTER,
    anonymous,
    answer,
    dial,
    dial_strings,
    drop_reasons,
    next_query,
    query,
)
from tests.domain.world import ACME, World, article_world


def _asked(digits: str = "112", **changes: Any) -> DialQuery:
    number = Number(NumberKind.EMERGENCY, digits)
    return query("m", called=number, account="acme", endpoint="acme-101", **changes)


def _routes(*rows: EmergencyRoute) -> World:
    world = article_world()
    world.extra["emergency_routes"] = rows
    return world


def _three() -> World:
    return _routes(
        EmergencyRoute(1, "RU", "112", None, 1, 8, None, None),
        EmergencyRoute(2, "RU", "112", None, 2, None, 7, None),
        EmergencyRoute(3, "RU", "112", None, 3, 2, None, "74950000112"),
    )


def test_gates_and_addresses_in_their_configured_order_with_the_number_itself() -> None:
    assert dial_strings(_three(), _asked()) == [
        "SIP/westcall/112",
        "SIP/sip.zadarma.com/112",
        "SIP/sip_peer_msm_2301/74950000112",
    ]


def test_no_tariff_prefix_and_no_plus_stands_before_it() -> None:
    world = _three()
    for row in world.providers:
        world.change("providers", row, cli_prefix="999", append_plus=True)
    assert dial_strings(world, _asked())[0] == "SIP/westcall/112"
    assert dial(world, _asked()).tier is None


def test_nothing_that_is_switched_off_or_barred_stands_in_the_way() -> None:
    world = _three()
    for row in world.providers:
        world.change("providers", row, enabled=False, carries_outgoing=False)
    for row in world.gates:
        world.change("gates", row, enabled=False)
    world.change("addresses", 7, direction=Direction.IN)
    world.change("accounts", ACME, enabled=False)
    world.change("endpoints", 1, enabled=False)
    world.extra["barred_destinations"] = (BarredDestination(1, None, "", True),)
    assert len(dial_strings(world, _asked())) == 3


def test_the_route_names_its_provider() -> None:
    found = answer(_three(), _asked()).candidates
    assert [item.provider for item in found] == ["Westcall", "Zadarma", "IPport"]


@pytest.mark.parametrize("caller_id", ["74951815000", None])
def test_the_caller_is_shown_even_if_it_hides(caller_id: str | None) -> None:
    """The service must be able to call back."""
    world = _three()
    world.change("endpoints", 1, caller_id=caller_id)
    world.change("accounts", ACME, caller_id="74951815001")
    shown = dial(world, _asked(caller=anonymous())).caller
    expected = caller_id or "74951815001"
    assert (shown.number, shown.asserted_identity) == (expected, expected)
    assert shown.presentation is Presentation.ALLOWED


def test_it_rings_as_long_as_the_contract_allows() -> None:
    world = _three()
    world.change("providers", 7, ring_timeout_s=10)
    assert dial(world, _asked()).ring_timeout_s == 120


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (EmergencyRoute(1, "RU", "112", None, 1, 99, None, None), DropReason.NO_GATE),
        (EmergencyRoute(1, "RU", "112", None, 1, None, 99, None), DropReason.NO_ADDRESS),
        (EmergencyRoute(1, "RU", "112", None, 1, None, None, None), DropReason.NO_ADDRESS),
    ],
)
def test_a_route_whose_row_is_gone_is_dropped(row: EmergencyRoute, reason: DropReason) -> None:
    found = answer(_routes(row), _asked())
    assert found.candidates[0].drop_reason is reason
    assert isinstance(found.answer, NoMoreRoutes)
    assert found.answer.reason is NoRouteReason.NO_ELIGIBLE_ROUTE


def test_a_gate_whose_number_is_gone_is_dialled_all_the_same() -> None:
    world = _three()
    del world.numbers[279]
    found = dial(world, _asked())
    assert (found.dial_string, found.provider) == ("SIP/westcall/112", "")


def test_a_gate_of_another_server_is_reached_over_its_forward_path() -> None:
    found = dial(_three(), _asked(server=SISTER))
    assert found.dial_string == "IAX2/macomnet@macomnet/112"
    assert (found.route_id, found.via_server) == ("m1", "asterisk-macomnet")


def test_a_gate_of_an_unreachable_server_does_not_end_the_search() -> None:
    world = _three()
    world.change("gates", 8, serverid=2)
    world.change("servers", 2, enabled=False)
    assert drop_reasons(world, _asked()) == {"emergency_routes#1": DropReason.SERVER_UNREACHABLE}
    assert dial(world, _asked()).route_id == "m2"


@pytest.mark.parametrize("digits", ["01", "74957777777", "101"])
def test_a_number_without_an_emergency_route_is_never_sent_to_a_provider(digits: str) -> None:
    found = answer(_three(), _asked(digits))
    assert found.candidates == ()
    assert isinstance(found.answer, NoMoreRoutes)
    assert found.answer.reason is NoRouteReason.NO_EMERGENCY_ROUTE
    assert found.answer.q850_cause == 3


@pytest.mark.parametrize(
    "outcome",
    [
        AttemptOutcome(DialStatus.BUSY, 17, 486),
        AttemptOutcome(DialStatus.CONGESTION, 21, 603),
        AttemptOutcome(DialStatus.CONGESTION, 28, 484),
        AttemptOutcome(DialStatus.NO_ANSWER, 19),
        AttemptOutcome(DialStatus.CHANUNAVAIL, 20),
    ],
)
def test_no_answer_of_one_route_ends_the_search_for_help(outcome: AttemptOutcome) -> None:
    """A busy trunk is not a busy emergency service."""
    asked = next_query(_asked(), "m1", outcome, rang_ms=120_000)
    found = dial(_three(), asked)
    assert found.route_id == "m2"
    assert found.ring_timeout_s == 120


def test_only_the_caller_or_an_answer_ends_it() -> None:
    for status, reason in (
        (DialStatus.CANCEL, NoRouteReason.CALLER_GONE),
        (DialStatus.ANSWER, NoRouteReason.ANSWERED),
    ):
        asked = next_query(_asked(), "m1", AttemptOutcome(status))
        found = answer(_three(), asked).answer
        assert isinstance(found, NoMoreRoutes)
        assert found.reason is reason


def test_when_all_have_been_tried_there_is_no_more() -> None:
    asked = _asked()
    for route_id in ("m1", "m2", "m3"):
        asked = next_query(asked, route_id, AttemptOutcome(DialStatus.CONGESTION, 34))
    found = answer(_three(), asked).answer
    assert isinstance(found, NoMoreRoutes)
    assert (found.reason, found.q850_cause) == (NoRouteReason.ROUTES_EXHAUSTED, 34)


def test_the_accounts_country_is_asked_where_the_site_does_not_know_the_number() -> None:
    world = _routes(EmergencyRoute(4, "US", "911", None, 1, 8, None, None))
    world.change("accounts", ACME, country="US")
    assert dial_strings(world, _asked("911")) == ["SIP/westcall/911"]
