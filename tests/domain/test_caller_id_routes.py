"""What a call may show decides over which routes it goes, and in which tier."""

from dataclasses import replace
from typing import Any

import pytest

from dialplane_service.domain.kinds import CallerIdFallback, SubstitutionRule, Tier
from dialplane_service.domain.queries import DialQuery, Presentation
from dialplane_service.domain.ranking.plan import RoutingPlan
from dialplane_service.domain.records import CallerIdRule
from dialplane_service.domain.trace import DropReason
from tests.domain.asking import (
    SISTER,
    answer,
    caller,
    candidates,
    dial,
    dial_strings,
    drop_reasons,
    query,
)
from tests.domain.world import ACME, World, article_world, gate, number

MOBILE, STRANGER, LONDON, DID = "79161234567", "74990001122", "442079460100", "74951815000"
CARRIERS = {"gates#8", "providers_ips#7", "providers_ips#34", "providers_ips#1", "providers_ips#35"}


def _world(fallback: CallerIdFallback = CallerIdFallback.DROP, **changes: Any) -> World:
    """Inside Russia nothing is substituted; the visitor has a number that no provider rents out."""
    world = article_world()
    world.extra["caller_id_rules"] = (
        CallerIdRule(1, "RU", "RU", SubstitutionRule.SUBSTITUTION_FORBIDDEN),
    )
    world.extra["routing_plans"] = (
        RoutingPlan(id=1, planname="plan", caller_id_fallback=fallback, **changes),
    )
    for account in (1, 2):
        world.change("accounts", account, routing_plan_id=1)
    world.change("accounts", 2, caller_id=STRANGER)
    return world


def _visitor(called: str = MOBILE, **changes: Any) -> DialQuery:
    return query("n", called=called, account="visitor", **changes)


def test_a_route_that_may_not_show_the_number_is_dropped() -> None:
    reasons = drop_reasons(_world(), _visitor())
    assert {
        row for row, why in reasons.items() if why is DropReason.CALLER_ID_NOT_ALLOWED
    } == CARRIERS
    assert dial_strings(_world(), _visitor()) == []


def test_who_carries_nothing_is_not_told_about_caller_ids() -> None:
    world = _world()
    world.change("providers", 3, enabled=False)
    reasons = drop_reasons(world, _visitor())
    assert reasons["providers_ips#7"] is DropReason.PROVIDER_DISABLED
    assert reasons["providers_ips#42"] is DropReason.CARRIES_NO_OUTGOING


def test_restricted_it_goes_over_all_of_them_and_shows_nothing() -> None:
    world = _world(CallerIdFallback.RESTRICT)
    asked = query("t4", called=DID, caller=caller(STRANGER), account="acme")
    assert {row for row, item in candidates(world, asked).items() if item.rank} == CARRIERS
    shown = dial(world, asked).caller
    assert (shown.number, shown.asserted_identity, shown.diversion, shown.name) == ("",) * 4
    assert shown.presentation is Presentation.RESTRICTED
    details = {item.provider: item.detail for item in answer(world, asked).candidates if item.rank}
    assert details["Voxbeam"] == (
        "no rate deck, so by priority 40, shows no number:"
        " a call into RU from abroad must not carry a number of RU"
    )


def test_a_login_is_not_used_to_show_its_number_where_nothing_may_be_shown() -> None:
    """A call of a Russian that leaves again: acme's login would show acme's number."""
    world = _world(CallerIdFallback.RESTRICT)
    asked = query("t4", called=DID, caller=caller(STRANGER), account="acme")
    over_ipport = [
        row for row, item in candidates(world, asked).items() if item.provider == "IPport"
    ]
    assert over_ipport == ["providers_ips#34"]


@pytest.mark.parametrize("tier", Tier)
def test_in_the_non_cli_tier_it_goes_over_those_who_sell_it(tier: Tier) -> None:
    found = candidates(_world(CallerIdFallback.NON_CLI), _visitor(tier=tier))
    routes = {item.route_id: item for item in found.values() if item.rank}
    assert {name: item.dial_string for name, item in routes.items()} == {
        "a1.N": f"SIP/sbc.voxbeam.com/0011103{MOBILE}",
        "a35.N": f"SIP/sip.voicebuy.com/9991{MOBILE}",
    }
    assert {(item.tier, item.caller_number) for item in routes.values()} == {(Tier.NON_CLI, "")}


def test_a_plan_that_does_not_allow_non_cli_has_no_such_way_out() -> None:
    world = _world(CallerIdFallback.NON_CLI, allowed_tiers=frozenset({Tier.CLI}))
    reasons = drop_reasons(world, _visitor())
    assert dial_strings(world, _visitor()) == []
    assert reasons["providers_ips#1"] is DropReason.TIER_NOT_ALLOWED
    assert reasons["gates#8"] is DropReason.CALLER_ID_NOT_ALLOWED


def test_a_number_of_the_called_country_is_not_its_diversion_from_abroad() -> None:
    world = _world()
    asked = query("t4", called=DID, caller=caller(LONDON), account="acme")
    found = {item.provider: item for item in answer(world, asked).candidates if item.rank}
    assert {"Westcall", "Voxbeam"} <= found.keys()
    assert dial(world, replace(asked, tried_route_ids=())).caller.diversion == DID
    for provider_id in (7, 3, 16):
        world.change("providers", provider_id, enabled=False)
    assert dial(world, asked).provider == "Voxbeam"
    assert (dial(world, asked).caller.number, dial(world, asked).caller.diversion) == (LONDON, "")


def test_a_gate_that_shows_its_own_number_is_used_where_that_may_be_shown() -> None:
    world = _world()
    world.change("accounts", ACME, caller_id=DID)
    world.numbers[290] = number(290, "74951815090", 7, 1, account_id=2)
    world.gates[20] = replace(gate(20, 290, 1, "theirs", "74951815090"), cid_support=False)
    world.change("gates", 8, cid_support=False)
    asked = query("n", called=MOBILE, account="acme", endpoint="acme-101")
    found = candidates(world, asked)
    assert (found["gates#8"].rank > 0, found["gates#8"].caller_number) == (True, "")
    assert found["gates#20"].drop_reason is DropReason.CALLER_ID_NOT_ALLOWED
    allowed = query("n", called="493023125000", account="acme", endpoint="acme-101")
    assert candidates(world, allowed)["gates#20"].rank > 0


def test_a_carried_number_is_rewritten_by_the_server_that_dials() -> None:
    world = article_world()
    world.change("providers", 7, strip_prefix="7", add_prefix="8")
    carried = query("c.g8.A", called=MOBILE, account="acme")
    assert dial(world, carried).dial_string == "SIP/westcall/89161234567"
    for row in (8, 9):
        world.change("gates", row, serverid=2)
    first = dial(world, query("n", called=MOBILE, account="acme"))
    assert (first.dial_string, first.carried_route_id) == (f"IAX2/msm@msm/{MOBILE}", "g8.A")
    assert dial(world, replace(carried, server=SISTER)).dial_string == "SIP/westcall/89161234567"


def test_the_law_stops_no_emergency_call() -> None:
    world = _world()
    strings = dial_strings(world, query("m", called="112", account="visitor"))
    assert strings == ["SIP/westcall/112"]
