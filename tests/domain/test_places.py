"""Which routes take a place at a limited provider or gate, and what becomes of those that find none."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from dialplane_service.domain.answers import Dial, NoMoreRoutes, NoRouteReason
from dialplane_service.domain.capacity import Lack, Limits, PassedOver, Place
from dialplane_service.domain.events import DialStatus
from dialplane_service.domain.numbers import Number, NumberKind
from dialplane_service.domain.queries import AttemptOutcome, CallerAsReceived, DialQuery
from dialplane_service.domain.ranking.plan import LeastCost, Priority, RoutingPlan
from dialplane_service.domain.routes.next_step import Considered, consider
from dialplane_service.domain.trace import DropReason
from tests.domain.asking import SETTINGS, context, dial_strings, next_query, query
from tests.domain.priced import IPPORT, VOXBEAM, WESTCALL, ZADARMA, Operator
from tests.domain.world import World, address, article_world, gate, number

FIRST_THREE = ["g8.A", "a7.A", "a34.A"]
"""The routes of Westcall, Zadarma and IPport: the providers in the order of their priority."""
FAILED = AttemptOutcome(DialStatus.CONGESTION, 34, 503)


def found(world: World, asked: DialQuery | None = None, **changes: Any) -> Considered:
    return consider(context(world, asked or query("n", **changes)), SETTINGS)


def limited(world: World, **limits: dict[str, int]) -> World:
    """Limit providers by the names of the constants above."""
    for name, columns in limits.items():
        world.change("providers", globals()[name], **columns)
    return world


def full(provider_id: int, gate_id: int | None = None, **changes: Any) -> PassedOver:
    row = PassedOver(provider_id, gate_id, False, Lack.CHANNELS, 12, 12)
    return row._replace(**changes)


def next_route(considered: Considered, *passed_over: PassedOver) -> str:
    """The route that is dialled when these are full."""
    answer = considered.answer(passed_over).answer
    assert isinstance(answer, Dial), answer
    return answer.route_id


def eligible(considered: Considered, passed_over: Iterable[PassedOver]) -> list[str]:
    rows = considered.answer(passed_over).candidates
    return [row.route_id for row in rows if row.drop_reason is None]


@pytest.mark.parametrize("explain", [True, False])
def test_without_limits_nothing_is_asked(explain: bool) -> None:
    world = article_world()
    assert found(world, explain=explain).places == {}
    limited(world, ZADARMA={"most_channels": 1})
    assert found(world, explain=explain).places == {}, "the best route has none"


@pytest.mark.parametrize("explain", [True, False])
@pytest.mark.parametrize(
    ("columns", "limits"),
    [
        ({"most_channels": 30}, Limits(30, None)),
        ({"most_calls_per_second": 5}, Limits(None, 5)),
        ({"most_channels": 30, "most_calls_per_second": 5}, Limits(30, 5)),
    ],
)
def test_a_limited_provider_is_asked_for(
    columns: dict[str, int], limits: Limits, explain: bool
) -> None:
    considered = found(limited(article_world(), WESTCALL=columns), explain=explain)
    assert considered.places == {"g8.A": Place(WESTCALL, 8, limits)}


@pytest.mark.parametrize("explain", [True, False])
def test_all_before_the_first_unlimited_are_asked_for_in_order(explain: bool) -> None:
    one = {"most_channels": 1}
    world = limited(article_world(), WESTCALL=one, ZADARMA=one)
    world.change("providers", 8, most_channels=1)  # after IPport, which is unlimited
    considered = found(world, explain=explain)
    assert list(considered.places) == FIRST_THREE[:2]
    assert next_route(considered) == FIRST_THREE[0]
    assert next_route(considered, full(WESTCALL, 8)) == FIRST_THREE[1]
    assert next_route(considered, full(WESTCALL, 8), full(ZADARMA)) == FIRST_THREE[2]


def test_gates_that_are_one_dial_peer_are_counted_as_one() -> None:
    """Which of them is dialled depends on the number that is shown."""
    world = article_world()
    for row in (280, 279):
        world.change("numbers", row, account_id=1)
    world.change("gates", 9, most_channels=4, most_calls_per_second=9)
    world.change("gates", 8, most_channels=6)
    places = {}
    for shown in ("74951815000", "74951815001"):
        asked = query("n", account="acme", caller=CallerAsReceived(shown))
        places |= found(world, asked).places
    assert places == {
        "g8.A": Place(WESTCALL, 8, Limits(), Limits(4, 9)),
        "g9.A": Place(WESTCALL, 8, Limits(), Limits(4, 9)),
    }


def test_a_gate_has_a_place_of_its_own_and_addresses_share_their_providers() -> None:
    world = article_world()
    world.change("gates", 8, most_channels=4)
    world.numbers[700] = number(700, "74951815700", WESTCALL, 1)
    world.gates[70] = gate(70, 700, 1, "westcall-2", "74951815700")
    assert found(world).places == {"g8.A": Place(WESTCALL, 8, Limits(), Limits(4))}
    world.change("gates", 70, most_calls_per_second=3)
    limited(world, ZADARMA={"most_channels": 2})
    world.addresses[70] = address(70, ZADARMA, None, "sip2.zadarma.com", "OUT")
    assert found(world).places == {
        "g8.A": Place(WESTCALL, 8, Limits(), Limits(4)),
        "g70.A": Place(WESTCALL, 70, Limits(), Limits(None, 3)),
        "a7.A": Place(ZADARMA, None, Limits(2)),
        "a70.A": Place(ZADARMA, None, Limits(2)),
    }
    considered = found(world)
    assert next_route(considered, full(WESTCALL, 8)) == "g70.A"
    assert next_route(considered, full(WESTCALL, 8), full(WESTCALL, 70), full(ZADARMA)) == "a34.A"


@pytest.mark.parametrize("explain", [True, False])
def test_who_is_full_makes_nobody_within_two_percent(tmp_path: Path, explain: bool) -> None:
    """With Voxbeam, IPport costs too much to be its equal; without, it is Zadarma's, and goes first."""
    operator = Operator(tmp_path)
    operator.prices(voxbeam="0.01", zadarma="0.01015", ipport="0.0103", voicebuy="0.02")
    operator.plan = RoutingPlan(1, "near", (LeastCost(Decimal(2)), Priority()))
    for row, priority in ((VOXBEAM, 5), (IPPORT, 10), (ZADARMA, 20)):
        operator.world.change("providers", row, priority=priority, most_channels=12)
    assert operator.ranked()[:3] == ["Voxbeam", "Zadarma", "IPport"]
    asked = context(operator.world, query("n", account="acme", explain=explain))
    considered = consider(replace(asked, market=operator.market()), SETTINGS)
    assert list(considered.places) == ["a1.C", "a34.A", "a7.A"]
    passed_over = [full(VOXBEAM), full(IPPORT), full(ZADARMA)]
    for number_full, route_id in enumerate(("a1.C", "a34.A", "a7.A", "a35.C")):
        assert next_route(considered, *passed_over[:number_full]) == route_id
    if explain:
        answer = considered.answer(passed_over[:1])
        assert [row.provider for row in answer.candidates][:2] == ["IPport", "Zadarma"]
        (dropped,) = [row for row in answer.candidates if row.provider == "Voxbeam"]
        assert dropped.drop_reason is DropReason.CAPACITY_EXCEEDED
        assert dropped.price is not None, "it is told what it would have cost"


def test_who_is_full_drops_out_and_the_others_keep_their_order() -> None:
    world = limited(article_world(), WESTCALL={"most_channels": 12})
    before = eligible(found(world), ())
    assert before[:3] == FIRST_THREE
    answer = found(world).answer([full(WESTCALL, 8)])
    assert eligible(found(world), [full(WESTCALL, 8)]) == before[1:]
    (dropped,) = [row for row in answer.candidates if row.route_id == "g8.A"]
    assert dropped.drop_reason is DropReason.CAPACITY_EXCEEDED
    assert dropped.detail == "12 of the provider's 12 channels are in use"
    assert (dropped.rank, dropped.provider) == (0, "Westcall")


@pytest.mark.parametrize(
    ("changes", "reason", "sentence"),
    [
        ({}, "CAPACITY_EXCEEDED", "12 of the provider's 12 channels are in use"),
        ({"of_gate": True}, "CAPACITY_EXCEEDED", "12 of the gate's 12 channels are in use"),
        (
            {"lack": Lack.CALLS_PER_SECOND},
            "CALL_RATE_EXCEEDED",
            "12 of the provider's 12 calls per second were made",
        ),
    ],
)
def test_a_refusal_says_what_there_was_no_more_of(
    changes: dict[str, Any], reason: str, sentence: str
) -> None:
    assert full(1, **changes).refusal == (DropReason(reason), sentence)


@pytest.mark.parametrize("explain", [True, False])
def test_when_all_are_full_the_caller_hears_that_there_is_no_circuit(explain: bool) -> None:
    world = article_world()
    for row in (8, 11, IPPORT, ZADARMA, WESTCALL):
        world.change("providers", row, most_channels=12)
    considered = found(world, explain=explain)
    gates = {WESTCALL: 8}
    end = considered.answer([full(row, gates.get(row)) for row in world.providers]).answer
    assert isinstance(end, NoMoreRoutes)
    assert (end.reason, end.q850_cause) == (NoRouteReason.NO_ELIGIBLE_ROUTE, 34)
    assert end.sip_status == 503
    second = next_query(query("n"), "a1.C", FAILED)
    end = found(world, second).answer([full(row, gates.get(row)) for row in world.providers]).answer
    assert isinstance(end, NoMoreRoutes)
    assert (end.reason, end.q850_cause) == (NoRouteReason.ROUTES_EXHAUSTED, 34)


def all_limited() -> World:
    world = article_world()
    for row in world.providers:
        world.change("providers", row, most_channels=1)
    for row in world.gates:
        world.change("gates", row, most_channels=1)
    return world


@pytest.mark.parametrize(
    "asked",
    [
        query("n", simulate=True),
        query("m", called=Number(NumberKind.EMERGENCY, "112")),
        query("e1"),
        query("r1"),
        query("c.g8.A"),
        next_query(query("n"), "g8.A", AttemptOutcome(DialStatus.ANSWER)),
        next_query(query("n"), "g8.A", AttemptOutcome(DialStatus.CANCEL)),
    ],
    ids=["a person", "emergency", "device", "group", "carried", "answered", "caller gone"],
)
@pytest.mark.parametrize("explain", [True, False])
def test_what_takes_no_place_whatever_is_limited(asked: DialQuery, explain: bool) -> None:
    assert found(all_limited(), replace(asked, explain=explain)).places == {}


def test_a_forwarded_call_takes_a_place_like_any_other() -> None:
    assert list(found(all_limited(), query("t4", account="acme")).places)[:1] == ["t4.g8.A"]


def test_what_an_attempt_took_is_given_back_by_the_next() -> None:
    world = limited(article_world(), WESTCALL={"most_channels": 1})
    first = query("n")
    assert not found(world, first).may_hold_a_place
    second = next_query(first, "g8.A", FAILED)
    assert found(world, second).may_hold_a_place
    assert found(world, second).places == {}
    third = next_query(second, "a7.A", FAILED)
    assert not found(world, third).may_hold_a_place
    answered = next_query(first, "g8.A", AttemptOutcome(DialStatus.ANSWER))
    assert not found(world, answered).may_hold_a_place, "its channel gives it back itself"
    assert not found(world, next_query(query("n", simulate=True), "g8.A", FAILED)).may_hold_a_place


def test_a_limit_changes_nothing_while_there_is_room() -> None:
    unlimited = dial_strings(article_world(), query("n"))
    assert dial_strings(all_limited(), query("n")) == unlimited
