"""The next step of a call, attempt after attempt."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from dialplane_service.domain.answers import Dial, LocationTarget, NoMoreRoutes, NoRouteReason
from dialplane_service.domain.decision_data import DecisionData
from dialplane_service.domain.events import DialStatus
from dialplane_service.domain.kinds import RingStrategy
from dialplane_service.domain.numbers import Number, NumberKind
from dialplane_service.domain.queries import AttemptOutcome, DialQuery
from dialplane_service.domain.records import FinalAnswer
from dialplane_service.domain.settings import RoutingSettings
from dialplane_service.domain.trace import DropReason
from tests.domain.asking import answer, dial, drop_reasons, next_query, query
from tests.domain.simulated_dialplan import FarEnd, walk
from tests.domain.world import World, address, article_world

DID = "74951815000"
CONGESTION = AttemptOutcome(DialStatus.CONGESTION, 34, 503)
BUSY = AttemptOutcome(DialStatus.BUSY, 17, 486)
NO_ANSWER = AttemptOutcome(DialStatus.NO_ANSWER, 19)
CANCEL = AttemptOutcome(DialStatus.CANCEL, 16, 487)
ANSWERED = AttemptOutcome(DialStatus.ANSWER, 16, 200)
FIVE = ["g8.A", "a7.A", "a34.A", "a1.C", "a35.C"]


def _always(outcome: AttemptOutcome, rang_ms: int = 0) -> FarEnd:
    return lambda _: (outcome, rang_ms)


def _in_turn(*outcomes: AttemptOutcome) -> FarEnd:
    rest = iter(outcomes)
    return lambda _: (next(rest), 0)


def _same(world: World) -> Callable[[int], DecisionData]:
    data = world.data()
    return lambda _: data


def _twelve_ways() -> World:
    world = article_world()
    for row in range(100, 112):
        world.addresses[row] = address(row, 3, None, f"sip{row}.zadarma.com", "OUT")
    return world


def _end(asked: DialQuery, world: World | None = None) -> NoMoreRoutes:
    found = answer(world or article_world(), asked).answer
    assert isinstance(found, NoMoreRoutes)
    return found


# Walking all attempts


def test_a_call_fails_over_until_every_route_has_been_tried() -> None:
    found = walk(_same(article_world()), query("n"), _always(CONGESTION))
    assert found.routes == FIVE
    assert isinstance(found.end, NoMoreRoutes)
    assert found.end.reason is NoRouteReason.ROUTES_EXHAUSTED
    assert (found.end.q850_cause, found.end.sip_status) == (34, 503)


def test_ten_attempts_are_made_and_no_more() -> None:
    found = walk(_same(_twelve_ways()), query("n"), _always(CONGESTION))
    assert found.routes == ["g8.A", "a7.A", *(f"a{row}.A" for row in range(100, 108))]
    assert isinstance(found.end, NoMoreRoutes)
    assert found.end.reason is NoRouteReason.ATTEMPTS_EXHAUSTED


def test_every_attempt_is_rebuilt_from_the_number_first_dialled() -> None:
    found = walk(_same(article_world()), query("n"), _always(CONGESTION))
    assert [step.dial_string for step in found.dialled] == [
        "SIP/westcall/74957777777",
        "SIP/sip.zadarma.com/74957777777",
        "SIP/sip.n1.ipport.net/+74957777777",
        "SIP/sbc.voxbeam.com/001110174957777777",
        "SIP/sip.voicebuy.com/999274957777777",
    ]


def test_a_later_routes_answer_is_reached() -> None:
    outcomes = _in_turn(CONGESTION, AttemptOutcome(DialStatus.CONGESTION, 21, 403), ANSWERED)
    found = walk(_same(article_world()), query("n"), outcomes)
    assert found.routes == FIVE[:3]
    assert isinstance(found.end, NoMoreRoutes)
    assert found.end.reason is NoRouteReason.ANSWERED


@pytest.mark.parametrize("status", [486, 600, 603, 607, 410, 484])
def test_the_called_partys_word_ends_the_search(status: int) -> None:
    outcome = AttemptOutcome(DialStatus.BUSY, 17, status)
    found = walk(_same(article_world()), query("n"), _in_turn(CONGESTION, outcome))
    assert found.routes == FIVE[:2]
    assert isinstance(found.end, NoMoreRoutes)
    assert found.end.reason is NoRouteReason.FINAL_ANSWER
    assert found.end.sip_status == status


@pytest.mark.parametrize("status", [400, 403, 404, 408, 480, 487, 488, 500, 503, 604])
def test_every_other_answer_tries_on(status: int) -> None:
    outcome = AttemptOutcome(DialStatus.CONGESTION, 21, status)
    assert walk(_same(article_world()), query("n"), _always(outcome)).routes == FIVE


def test_an_exception_is_the_providers_whose_route_was_tried() -> None:
    world = article_world()
    world.extra["final_answers"] = (FinalAnswer(1, 3, 403, None, True),)  # Zadarma
    outcome = AttemptOutcome(DialStatus.CONGESTION, 21, 403)
    found = walk(_same(world), query("n"), _always(outcome))
    assert found.routes == ["g8.A", "a7.A"]
    world.extra["final_answers"] = (FinalAnswer(1, 7, 486, None, False),)  # Westcall
    assert walk(_same(world), query("n"), _always(BUSY)).routes == ["g8.A", "a7.A"]


def test_any_replica_answers_any_attempt() -> None:
    """Between two attempts a route is lost, one is new, and the data version is another."""
    first, second = article_world(), article_world()
    del second.addresses[34]
    second.addresses[90] = address(90, 3, None, "sip2.zadarma.com", "OUT")
    worlds = {1: first.data(), 2: replace_version(second.data(), 8)}
    found = walk(lambda attempt: worlds[min(attempt, 2)], query("n"), _always(CONGESTION))
    assert found.routes == ["g8.A", "a7.A", "a90.A", "a1.C", "a35.C"]


def replace_version(data: DecisionData, version: int) -> DecisionData:
    return DecisionData(replace(data.rows, version=version))


def test_the_same_question_has_the_same_answer_and_a_new_version_keeps_the_route_ids() -> None:
    data = article_world().data()
    asked = query("n", account="acme")
    first, again = answer(data, asked), answer(data, asked)
    assert first == again
    newer = answer(replace_version(data, 8), asked)
    assert newer.data_version == 8
    assert newer.candidates == first.candidates
    assert newer.answer == first.answer


def test_a_replica_with_rows_in_another_order_gives_the_same_answer() -> None:
    rows = article_world().data().rows
    mixed = replace(
        rows,
        **{
            name: tuple(reversed(getattr(rows, name)))
            for name in ("providers", "numbers", "endpoints", "servers", "accounts", "targets")
        },
    )
    asked = query("n", account="acme")
    assert answer(DecisionData(mixed), asked) == answer(DecisionData(rows), asked)


# Several targets


def test_a_busy_manager_does_not_keep_the_call_from_the_group() -> None:
    found = walk(_same(article_world()), query("e1", "r1", called=DID), _always(BUSY))
    assert found.routes == ["e1", "r1"]
    assert isinstance(found.end, NoMoreRoutes)
    assert found.end.reason is NoRouteReason.FINAL_ANSWER
    assert (found.end.q850_cause, found.end.sip_status) == (17, 486)


def test_a_manager_who_does_not_answer_is_followed_by_the_group() -> None:
    found = walk(_same(article_world()), query("e1", "r1", called=DID), _always(NO_ANSWER, 20_000))
    assert found.routes == ["e1", "r1"]


def test_a_manager_abroad_is_given_up_by_a_final_answer_and_not_called_by_another_provider() -> (
    None
):
    asked = query("t4", "r1", called=DID, account="acme")
    found = walk(_same(article_world()), asked, _in_turn(CONGESTION, BUSY, NO_ANSWER))
    assert found.routes == ["t4.g8.A", "t4.a7.A", "r1"]


def test_a_target_is_not_gone_back_to() -> None:
    """Attempt 3 has moved on to the group: what is left of the first target stays untried."""
    asked = query("t4", "r1", called=DID, account="acme")
    for route_id, outcome in (("t4.g8.A", BUSY), ("r1", CONGESTION)):
        asked = next_query(asked, route_id, outcome)
    reasons = drop_reasons(article_world(), asked)
    assert reasons["providers_ips#7"] is DropReason.FINAL_ANSWER
    assert reasons["gates#8"] is DropReason.ALREADY_TRIED
    assert reasons["ring_groups#1"] is DropReason.ALREADY_TRIED
    assert _end(asked).reason is NoRouteReason.ROUTES_EXHAUSTED


def test_a_linear_group_goes_past_a_member_who_is_busy_or_declines() -> None:
    world = article_world()
    world.change("ring_groups", 1, strategy=RingStrategy.LINEAR)
    decline = AttemptOutcome(DialStatus.BUSY, 21, 603)
    found = walk(_same(world), query("r1", called=DID), _in_turn(BUSY, decline))
    assert found.routes == ["r1.e1", "r1.e2"]
    assert isinstance(found.end, NoMoreRoutes)
    assert found.end.reason is NoRouteReason.ROUTES_EXHAUSTED
    assert (found.end.q850_cause, found.end.sip_status) == (21, 603)


def test_a_place_in_the_dialplan_is_the_end_of_the_walk() -> None:
    found = walk(_same(article_world()), query("e1", "l1", called=DID), _always(NO_ANSWER))
    assert found.routes == ["e1"]
    assert isinstance(found.end, LocationTarget)
    assert found.end.name == "voicemail"


def test_a_target_that_is_gone_is_passed_over() -> None:
    found = walk(_same(article_world()), query("e99", "r1", called=DID), _always(NO_ANSWER))
    assert found.routes == ["r1"]


@pytest.mark.parametrize(
    "tried",
    [
        "e99",  # the device is gone since
        "r1.e1",  # the group was linear when it was tried
        "nonsense",  # nothing is known of it: the call has come no further than the first target
        "g77.A",
    ],
)
def test_a_tried_route_that_is_gone_does_not_stop_the_call(tried: str) -> None:
    asked = next_query(query("e99", "r1", called=DID), tried, CONGESTION)
    assert dial(article_world(), asked).route_id == "r1"


def test_a_final_answer_of_a_route_that_is_gone_ends_its_targets_search() -> None:
    world = article_world()
    del world.gates[8]
    del world.gates[9]
    assert _end(next_query(query("n"), "g8.A", BUSY), world).reason is NoRouteReason.FINAL_ANSWER


# What ends a call for all targets


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        (ANSWERED, NoRouteReason.ANSWERED),
        (AttemptOutcome(DialStatus.ANSWER), NoRouteReason.ANSWERED),
        (CANCEL, NoRouteReason.CALLER_GONE),
        (AttemptOutcome(DialStatus.CANCEL), NoRouteReason.CALLER_GONE),
        (AttemptOutcome(None, None, 487), NoRouteReason.CALLER_GONE),
    ],
)
def test_an_answered_call_and_a_caller_who_is_gone_end_it(
    outcome: AttemptOutcome, reason: NoRouteReason
) -> None:
    found = _end(next_query(query("e1", "r1", called=DID), "e1", outcome))
    assert found.reason is reason
    assert found.q850_cause == 16


def test_an_attempt_that_rang_out_is_cancelled_by_us_and_not_by_the_caller() -> None:
    """Asterisk sends CANCEL when its timeout ends, and the far end confirms with 487."""
    outcome = AttemptOutcome(DialStatus.NO_ANSWER, 19, 487)
    asked = next_query(query("n"), "g8.A", outcome, rang_ms=60_000)
    assert dial(article_world(), asked).route_id == "a7.A"


@pytest.mark.parametrize(
    ("spent_ms", "timeout"),
    [(0, 60), (59_999, 60), (60_000, 60), (61_000, 59), (100_500, 20), (115_000, 5)],
)
def test_an_attempt_rings_no_longer_than_the_budget_of_the_call(
    spent_ms: int, timeout: int
) -> None:
    assert dial(article_world(), query("n", ringing_spent_ms=spent_ms)).ring_timeout_s == timeout


@pytest.mark.parametrize("spent_ms", [116_000, 120_000, 10_000_000])
def test_with_less_than_a_short_ring_left_the_budget_is_spent(spent_ms: int) -> None:
    found = _end(query("n", ringing_spent_ms=spent_ms))
    assert found.reason is NoRouteReason.RINGING_BUDGET_SPENT
    assert (found.q850_cause, found.sip_status) == (19, 480)


def test_the_budget_is_for_all_attempts_together() -> None:
    found = walk(_same(article_world()), query("n"), _always(NO_ANSWER, 60_000))
    assert found.routes == ["g8.A", "a7.A"]
    assert isinstance(found.end, NoMoreRoutes)
    assert found.end.reason is NoRouteReason.RINGING_BUDGET_SPENT


def test_one_attempt_never_rings_longer_than_the_contract_allows() -> None:
    world = article_world()
    world.change("providers", 7, ring_timeout_s=600)
    settings = RoutingSettings(ringing_budget_s=600)
    found = answer(world, query("n"), settings).answer
    assert isinstance(found, Dial)
    assert found.ring_timeout_s == 120


def test_the_eleventh_question_is_always_answered_with_attempts_exhausted() -> None:
    asked = query("n", attempt=11, last_outcome=CONGESTION, tried_route_ids=("x",) * 10)
    assert _end(asked).reason is NoRouteReason.ATTEMPTS_EXHAUSTED
    emergency = replace(asked, called=Number(NumberKind.EMERGENCY, "112"), target_ids=("m",))
    assert _end(emergency).reason is NoRouteReason.ATTEMPTS_EXHAUSTED


# The cause that the caller hears


@pytest.mark.parametrize(
    ("outcome", "cause", "status"),
    [
        (AttemptOutcome(DialStatus.CONGESTION, 34, 503), 34, 503),
        (AttemptOutcome(DialStatus.CONGESTION, 27), 27, 502),
        (AttemptOutcome(DialStatus.CONGESTION, None, 404), 34, 404),
        (AttemptOutcome(DialStatus.CHANUNAVAIL), 20, 480),
        (AttemptOutcome(DialStatus.NO_ANSWER), 19, 480),
        (AttemptOutcome(DialStatus.NO_ANSWER, None, 180), 19, 480),
        (AttemptOutcome(DialStatus.CONGESTION, 99), 99, 500),
        (AttemptOutcome(DialStatus.CONGESTION, 34, 183), 34, 503),
        (AttemptOutcome(), 34, 503),
    ],
)
def test_the_caller_hears_the_last_attempts_own_cause(
    outcome: AttemptOutcome, cause: int, status: int
) -> None:
    found = _end(next_query(query("r1", called=DID), "r1", outcome))
    assert found.reason is NoRouteReason.ROUTES_EXHAUSTED
    assert (found.q850_cause, found.sip_status) == (cause, status)


@pytest.mark.parametrize(
    ("status", "cause"), [(486, 17), (600, 17), (603, 21), (607, 21), (410, 22), (484, 28)]
)
def test_a_final_status_without_a_cause_has_the_cause_that_says_the_same(
    status: int, cause: int
) -> None:
    found = _end(next_query(query("n"), "g8.A", AttemptOutcome(None, None, status)))
    assert (found.reason, found.q850_cause) == (NoRouteReason.FINAL_ANSWER, cause)


def test_a_call_that_was_never_tried_hears_no_route() -> None:
    found = _end(query("e99", called=DID))
    assert found.reason is NoRouteReason.NO_ELIGIBLE_ROUTE
    assert (found.q850_cause, found.sip_status) == (3, 404)


def test_no_target_at_all_is_no_route() -> None:
    assert _end(query()).reason is NoRouteReason.NO_ELIGIBLE_ROUTE


# The trace


def test_every_candidate_is_accounted_for_the_eligible_ones_first() -> None:
    asked = next_query(query("n"), "g8.A", CONGESTION)
    found = answer(article_world(), asked).candidates
    assert [(item.rank, item.drop_reason) for item in found] == [
        (1, None),
        (2, None),
        (3, None),
        (4, None),
        (0, DropReason.CARRIES_NO_OUTGOING),
        (0, DropReason.ALREADY_TRIED),
    ]
    assert found[0].detail == "no rate deck, so by priority 20"
    assert found[0].priority == 20
    assert found[5].detail == "an earlier attempt used it"


def test_an_on_net_candidate_says_so() -> None:
    found = answer(article_world(), query("e1", called=DID)).candidates[0]
    assert (found.detail, found.provider, found.row) == ("on-net", "", "endpoints#1")


def test_the_trace_is_whole_when_the_call_has_ended_too() -> None:
    asked = next_query(query("n"), "g8.A", CANCEL)
    assert len(answer(article_world(), asked).candidates) == 6
