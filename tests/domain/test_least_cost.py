"""Routes by what they cost: the article's providers with small rate decks of their own."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from dialplane_service.domain.answers import Dial, Money, NoMoreRoutes
from dialplane_service.domain.kinds import CallerIdFallback, Tier
from dialplane_service.domain.ranking.plan import (
    LeastCost,
    Priority,
    Quality,
    RoutingPlan,
    WeightedShare,
)
from dialplane_service.domain.rates.records import ExchangeRate
from dialplane_service.domain.records import BarredDestination
from dialplane_service.domain.routes import ways
from dialplane_service.domain.routes.next_step import next_step
from dialplane_service.domain.trace import Candidate, DropReason
from tests.domain.asking import NOW, SETTINGS, context, next_query, query
from tests.domain.priced import (
    CONGESTION,
    IPPORT,
    NUMBER,
    RETAIL,
    VOICEBUY,
    VOXBEAM,
    WESTCALL,
    ZADARMA,
    Operator,
    all_five,
    figure,
    rate,
)
from tests.domain.world import ACME, address, gate
from tests.rates.oracle import Span


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    return Operator(tmp_path)


# The order


def test_the_cheapest_is_tried_first_whatever_its_priority(operator: Operator) -> None:
    all_five(operator)
    assert operator.ranked() == ["Voxbeam", "IPport", "Zadarma", "Voicebuy", "Westcall"]


def test_the_whole_call_counts_not_the_minute(operator: Operator) -> None:
    """180 s: 0.06 of a fee and 0.03 of minutes against 0.10 by whole minutes and 0.04."""
    operator.deck(ZADARMA, rate("7", "0.01", connect_fee=6_000_000))
    operator.deck(WESTCALL, rate("7", "0.02", first_increment_s=300, next_increment_s=60))
    operator.deck(IPPORT, rate("7", "0.0299"))
    assert operator.ranked()[:3] == ["IPport", "Zadarma", "Westcall"]
    operator.plan = replace(operator.plan, expected_duration_s=3600)
    assert operator.ranked()[:3] == ["Zadarma", "Westcall", "IPport"]


def test_decks_of_several_currencies_are_compared_in_one(operator: Operator) -> None:
    operator.exchange = [ExchangeRate("RUB", NOW - timedelta(days=1), 10_000_000_000)]
    operator.deck(ZADARMA, rate("7", "2.5"), currency="RUB")
    operator.deck(WESTCALL, rate("7", "0.03"))
    operator.deck(IPPORT, rate("7", "3.5"), currency="RUB")
    assert operator.ranked()[:3] == ["Zadarma", "Westcall", "IPport"]


def test_of_equals_the_heavier_comes_first_then_the_lower_id(operator: Operator) -> None:
    operator.prices(zadarma="0.02", westcall="0.02", ipport="0.02", voxbeam="0.02")
    assert operator.ranked()[:4] == ["Zadarma", "Westcall", "Voxbeam", "IPport"]
    operator.plan = replace(operator.plan, weights={IPPORT: 5, VOXBEAM: 2})
    assert operator.ranked()[:4] == ["IPport", "Voxbeam", "Zadarma", "Westcall"]


def test_who_has_no_deck_comes_after_all_who_have_by_priority(operator: Operator) -> None:
    operator.prices(voicebuy="90", voxbeam="91")
    assert operator.ranked() == ["Voicebuy", "Voxbeam", "Westcall", "Zadarma", "IPport"]


def test_without_any_deck_the_order_is_priority_then_id(operator: Operator) -> None:
    assert operator.ranked() == ["Westcall", "Zadarma", "IPport", "Voxbeam", "Voicebuy"]
    operator.plan = replace(operator.plan, strategies=(WeightedShare(),))
    assert operator.ranked() == ["Westcall", "Zadarma", "IPport", "Voxbeam", "Voicebuy"]


def test_nearly_equals_are_told_apart_by_what_comes_next_in_the_plan(operator: Operator) -> None:
    operator.prices(zadarma="1", westcall="1.02", ipport="1.021", voxbeam="1.03", voicebuy="1.05")
    operator.plan = replace(operator.plan, strategies=(LeastCost(Decimal(2)), Priority()))
    assert operator.ranked() == ["Westcall", "Zadarma", "IPport", "Voxbeam", "Voicebuy"]
    operator.plan = replace(
        operator.plan, strategies=(LeastCost(Decimal(2)), Quality(10, asr_percent=Decimal(50)))
    )
    operator.figures = [figure(ZADARMA, 10)]
    assert operator.ranked() == ["Westcall", "Zadarma", "Voxbeam", "IPport", "Voicebuy"]
    operator.figures = [figure(ZADARMA, 9)]
    assert operator.ranked()[:2] == ["Zadarma", "Westcall"], "too few attempts to say anything"


def test_a_tier_is_priced_by_its_own_deck(operator: Operator) -> None:
    operator.deck(VOXBEAM, rate("7", "0.01"), tier=Tier.NON_CLI)
    operator.deck(VOXBEAM, rate("7", "0.09"), tier=Tier.CLI)
    operator.deck(VOICEBUY, rate("7", "0.05"))
    assert operator.ranked(tier=Tier.CLI)[:2] == ["Voicebuy", "Voxbeam"]
    assert operator.ranked(tier=Tier.NON_CLI)[:2] == ["Voxbeam", "Voicebuy"]


def test_a_deck_takes_over_at_its_instant(operator: Operator) -> None:
    operator.prices(zadarma="0.02", westcall="0.03")
    later = NOW + timedelta(hours=1)
    operator.deck(ZADARMA, rate("7", "0.04"), valid_from=later)
    market = operator.market()
    for instant, first in ((NOW, "Zadarma"), (later, "Westcall"), (NOW, "Zadarma")):
        answer = operator.ask(query("n", decided_at=instant), market).answer
        assert isinstance(answer, Dial)
        assert answer.provider == first


def test_a_providers_ways_stay_together_those_of_this_server_first(operator: Operator) -> None:
    all_five(operator)
    operator.world.addresses[0] = address(0, IPPORT, None, "second.ipport.net", "OUT")
    operator.world.gates[2] = gate(2, 279, 2, "westcall", "74951815000")
    routes = [row.route_id for row in operator.ask(query("n")).candidates if row.rank]
    assert routes == ["a1.C", "a34.A", "a0.A", "a7.A", "a35.C", "g8.A", "g2.A"]


# Why a provider is not used


def test_every_reason_of_prices(operator: Operator) -> None:
    operator.rates.hours[1] = ("UTC", [Span({0}, 0, 60)])
    operator.deck(ZADARMA, rate("7", "0.01", hours_id=1))
    operator.deck(WESTCALL, rate("7", "0.01"), rate("7495", "0", blocked=1))
    operator.deck(VOXBEAM, rate("44", "0.01"))
    operator.deck(VOICEBUY, rate("7", "0.01"), currency="USD")
    operator.deck(IPPORT, rate("7", "0.01"), valid_from=NOW + timedelta(days=1))
    answer = operator.ask(query("n"))
    assert isinstance(answer.answer, NoMoreRoutes)
    assert operator.dropped() == {
        "Multitel": DropReason.CARRIES_NO_OUTGOING,
        "Zadarma": DropReason.OUTSIDE_HOURS,
        "Westcall": DropReason.PREFIX_BLOCKED,
        "Voxbeam": DropReason.NO_RATE,
        "Voicebuy": DropReason.NO_EXCHANGE_RATE,
        "IPport": DropReason.NO_RATE_DECK,
    }


def test_a_plan_that_demands_prices_uses_nobody_without(operator: Operator) -> None:
    operator.prices(zadarma="0.02")
    operator.plan = replace(operator.plan, prices_required=True)
    assert operator.ranked() == ["Zadarma"]
    assert operator.dropped()["Westcall"] is DropReason.NO_RATE_DECK


def test_a_plan_bounds_price_and_margin(operator: Operator) -> None:
    all_five(operator)
    operator.deck(None, rate("7", "0.04"), tariff=RETAIL)
    operator.plan = replace(operator.plan, minimum_margin_percent=Decimal(25))
    assert operator.ranked() == ["Voxbeam", "IPport", "Zadarma"], "0.03 leaves a quarter of 0.04"
    assert operator.dropped()["Voicebuy"] is DropReason.MARGIN_TOO_LOW
    operator.plan = RoutingPlan(1, highest_price_per_minute=Decimal("0.02"))
    assert operator.ranked() == ["Voxbeam", "IPport"]
    assert operator.dropped()["Zadarma"] is DropReason.PRICE_TOO_HIGH


def test_a_tier_that_the_plan_does_not_allow_drops_everybody(operator: Operator) -> None:
    all_five(operator)
    operator.plan = replace(operator.plan, allowed_tiers=frozenset({Tier.NON_CLI}))
    assert operator.ranked() == []
    assert operator.dropped()["Zadarma"] is DropReason.TIER_NOT_ALLOWED
    assert len(operator.ranked(tier=Tier.NON_CLI)) == 5


def test_what_the_accounts_tariff_blocks_nobody_carries(operator: Operator) -> None:
    operator.prices(zadarma="0.02")
    operator.deck(None, rate("7495", "0", blocked=1), tariff=RETAIL)
    assert operator.ranked() == []
    assert operator.dropped()["Zadarma"] is DropReason.PREFIX_BLOCKED
    assert operator.dropped()["Westcall"] is DropReason.PREFIX_BLOCKED, "it has no deck"


def test_a_barred_number_says_so_of_everybody_whatever_the_prices(operator: Operator) -> None:
    all_five(operator)
    operator.world.extra["barred_destinations"] = (BarredDestination(1, None, "7495", True),)
    assert set(operator.dropped().values()) == {DropReason.PREFIX_BLOCKED}
    assert len(operator.dropped()) == 6


def test_what_keeps_a_way_from_being_used_is_told_before_what_its_rate_says(
    operator: Operator,
) -> None:
    operator.deck(ZADARMA, rate("44", "0.01"))
    operator.world.change("addresses", 7, domainname=None)
    operator.deck(VOXBEAM, rate("44", "0.01"))
    operator.world.change("addresses", 1, domainname=None)
    operator.world.change("providers", VOXBEAM, enabled=False)
    assert operator.dropped()["Zadarma"] is DropReason.NO_ADDRESS
    assert operator.dropped()["Voxbeam"] is DropReason.PROVIDER_DISABLED


def test_one_way_of_two_may_be_left(operator: Operator) -> None:
    all_five(operator)
    operator.world.addresses[0] = address(0, VOXBEAM, None, "second.voxbeam.com", "OUT")
    asked = next_query(query("n"), "a1.C", CONGESTION)
    found = {row.route_id: row for row in operator.ask(asked).candidates}
    assert found["a0.C"].rank == 1
    assert found["a1.C"].drop_reason is DropReason.ALREADY_TRIED
    asked = next_query(asked, "a0.C", CONGESTION)
    answer = operator.ask(asked)
    assert isinstance(answer.answer, Dial)
    assert answer.answer.provider == "IPport"


# Lazy and whole


def test_who_cannot_carry_the_leg_does_not_say_who_is_nearly_as_cheap(operator: Operator) -> None:
    """Without Zadarma, Westcall is the cheapest and IPport within 2 % of it."""
    operator.prices(zadarma="1", westcall="1.03", ipport="1.04")
    operator.world.change("addresses", 7, domainname=None)
    operator.plan = replace(
        operator.plan,
        strategies=(LeastCost(Decimal(2)), Priority()),
        prices_required=True,
    )
    operator.world.change("providers", IPPORT, priority=1)
    assert operator.ranked() == ["IPport", "Westcall"]
    lazily = operator.ask(query("n", explain=False))
    assert lazily.candidates == ()
    assert lazily.basis is None
    assert isinstance(lazily.answer, Dial)
    assert lazily.answer.provider == "IPport"


@pytest.mark.parametrize(
    "strategies",
    [
        (LeastCost(),),
        (LeastCost(Decimal(5)), Quality(1, asr_percent=Decimal(50)), WeightedShare()),
        (Priority(), LeastCost(Decimal(1))),
        (WeightedShare(), LeastCost()),
    ],
)
def test_attempt_by_attempt_it_is_the_order_that_is_explained(
    operator: Operator, strategies: Any
) -> None:
    all_five(operator)
    operator.deck(ZADARMA, rate("7", "0.0102"))
    operator.figures = [figure(VOXBEAM, 10)]
    operator.plan = replace(operator.plan, strategies=strategies)
    asked, market = query("n"), operator.market()
    for _ in range(5):
        explained = operator.ask(asked, market)
        answer = operator.ask(replace(asked, explain=False), market).answer
        assert answer == explained.answer
        assert isinstance(answer, Dial)
        assert answer.route_id == explained.candidates[0].route_id
        asked = next_query(asked, answer.route_id, CONGESTION)
    assert isinstance(operator.ask(replace(asked, explain=False), market).answer, NoMoreRoutes)


def test_ways_are_built_for_those_whose_turn_it_is(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    all_five(operator)
    built = []

    def at_address(*given: Any) -> Any:
        built.append(given[1].id)
        return real(*given)

    real = ways.at_address
    monkeypatch.setattr(ways, "at_address", at_address)
    operator.ask(query("n", explain=False))
    assert built == [1]
    operator.ask(query("n"))
    assert sorted(built[1:]) == [1, 7, 34, 35, 42]


def test_the_market_is_drawn_up_once_until_the_data_change(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dialplane_service.domain.routes import provider_routes

    drawn = []
    real = provider_routes._bidders
    monkeypatch.setattr(provider_routes, "_bidders", lambda *given: drawn.append(1) or real(*given))
    all_five(operator)
    operator.ask(query("n"))
    market = operator.market()
    asking = replace(context(operator.world, query("n", account="acme")), market=market)
    for _ in range(3):
        next_step(asking, SETTINGS)
    assert len(drawn) == 2
    other = replace(asking, data=operator.world.data())
    assert next_step(other, SETTINGS) == next_step(asking, SETTINGS)
    assert len(drawn) == 4, "other data, then the first again: neither is kept beside the other"


# What is told


def test_a_candidate_tells_its_price(operator: Operator) -> None:
    operator.exchange = [ExchangeRate("RUB", NOW - timedelta(days=1), 10_900_000_000)]
    operator.deck(
        ZADARMA,
        rate("7495", "1.5", destination="Moscow", connect_fee=10**7, minimum_s=30),
        currency="RUB",
    )
    operator.deck(None, rate("7", "0.1"), tariff=RETAIL)
    answer = operator.ask(query("n"))
    first: Candidate = answer.candidates[0]
    assert first.detail == "1/1, at least 30 s, connect fee 0.1 RUB"
    price = first.price
    assert price is not None
    assert (price.deck, price.currency, price.rate_id) == ("deck 1", "RUB", 1000)
    assert (price.prefix, price.destination) == ("7495", "Moscow")
    assert (price.price_per_minute, price.connect_fee) == (Decimal("1.5"), Decimal("0.1"))
    assert price.converted_price_per_minute == Decimal("0.01635")
    assert price.expected_cost == Decimal("0.05014"), "(3 · 1.5 + 0.1) · 0.0109"
    assert first.expected_margin == Decimal("0.3") - Decimal("0.05014")
    assert answer.candidates[1].price is None
    assert answer.candidates[1].detail == "no rate deck, so by priority 10"


def test_what_was_ranked_by_is_told(operator: Operator) -> None:
    operator.prices(zadarma="0.02")
    operator.deck(None, rate("74", "0.1"), tariff=RETAIL)
    operator.plan = replace(
        operator.plan,
        strategies=(LeastCost(Decimal("2.50")), Quality(50, Decimal(40), 60, 4000), Priority()),
        prices_required=True,
        minimum_margin_percent=Decimal("5.0000"),
    )
    basis = operator.ask(query("n")).basis
    assert basis is not None
    assert basis.planname == "tested"
    assert basis.strategies == (
        *("least cost within 2.5 %", "quality (ASR 40 %, ACD 60 s, PDD 4000 ms, from 50 attempts on)"),
        "priority",
    )  # fmt: skip
    assert basis.demands == ("a margin of 5 % at least", "no provider without prices")
    assert (basis.expected_duration_s, basis.base_currency) == (180, "EUR")
    assert basis.rate_table_version == 1
    (own,) = basis.own_prices
    assert (own.number, own.price.prefix, own.price.expected_cost) == (NUMBER, "74", Decimal("0.3"))


def test_a_call_that_buys_nothing_is_not_ranked(operator: Operator) -> None:
    assert operator.ask(query("e1")).basis is None


def test_what_is_dialled_says_its_rate_and_what_the_account_pays(operator: Operator) -> None:
    all_five(operator)
    operator.deck(None, rate("7", "0.125"), tariff=RETAIL)
    for explain in (True, False):
        answer = operator.ask(query("n", explain=explain)).answer
        assert isinstance(answer, Dial)
        assert answer.rate_id == 3000
        assert answer.price_per_minute == Money("EUR", Decimal("0.125"))


def test_a_configured_target_is_priced_by_its_own_number(operator: Operator) -> None:
    operator.deck(ZADARMA, rate("79", "0.02"), rate("7495", "0.9"))
    operator.deck(IPPORT, rate("79", "0.03"), rate("7495", "0.1"))
    for target, first in (("t4", "t4.a7.A"), ("n", "a34.A")):
        answer = operator.ask(query(target, explain=False)).answer
        assert isinstance(answer, Dial)
        assert answer.route_id == first


def test_a_provider_that_falls_back_to_another_tier_is_priced_in_it(operator: Operator) -> None:
    """Into Russia over Voxbeam of the US, a Russian number may not be shown."""
    operator.deck(VOXBEAM, rate("7", "0.05"), tier=Tier.CLI)
    operator.deck(VOXBEAM, rate("7", "0.01"), tier=Tier.NON_CLI)
    operator.deck(ZADARMA, rate("7", "0.02"))
    operator.world.change("accounts", ACME, caller_id="74951234567")
    operator.plan = replace(operator.plan, prices_required=True)
    assert operator.dropped()["Voxbeam"] is DropReason.CALLER_ID_NOT_ALLOWED
    operator.plan = replace(operator.plan, caller_id_fallback=CallerIdFallback.NON_CLI)
    first = operator.ask(query("n")).candidates[0]
    assert (first.provider, first.tier, first.route_id) == ("Voxbeam", Tier.NON_CLI, "a1.N")
    assert first.price is not None
    assert first.price.price_per_minute == Decimal("0.01")
    assert first.dial_string == f"SIP/sbc.voxbeam.com/0011103{NUMBER}"
