"""Which number a leg presents over one provider, and what becomes of it where none can be presented."""

from dataclasses import replace
from typing import Any

import pytest

from dialplane_service.domain.caller_id.over_provider import (
    caller_id_over,
    caller_id_over_gate,
    comes_from_abroad,
)
from dialplane_service.domain.caller_id.question import (
    CallerIdOutcome,
    DropToTier,
    Presentable,
    Refused,
    Restricted,
)
from dialplane_service.domain.kinds import CallerIdFallback, Direction, Tier
from dialplane_service.domain.records import PoolNumber, Provider
from tests.caller_id.asking import (
    ALMATY,
    BERLIN,
    LONDON,
    MOBILE,
    MOSCOW,
    NEW_YORK,
    PETERSBURG,
    RIGA,
    RUSSIA,
    TORONTO,
    question,
    rules,
)
from tests.domain.world import number, provider

LOGIN = provider(16, "login", 1)
POOL = provider(7, "pool", 1, cli_allowed=True, dynamic_calls_caller_id="74951815283")
ANY = provider(8, "any", 1, cli_allowed=True, dynamic_calls=True, country="US", noncli_prefix="1")
FROM_ABROAD = "a call into RU from abroad must not carry a number of RU"
SUBSTITUTED = "from RU to RU only the caller's own number may be shown (caller_id_rules#1)"


def own(row_id: int, digits: str, provider_id: int, **changes: Any) -> PoolNumber:
    return number(row_id, digits, provider_id, 1, **changes)


def digits(outcome: CallerIdOutcome) -> str:
    assert isinstance(outcome, Presentable), outcome
    return outcome.digits


# Substitution by law


def test_a_provider_that_puts_its_own_number_substitutes_it() -> None:
    """Nothing of ours is presented, so the called party sees a number that is not the caller's."""
    assert caller_id_over(question(rules=RUSSIA), LOGIN) == Refused(SUBSTITUTED)
    assert caller_id_over(question(), LOGIN) == Presentable("")
    assert caller_id_over(question(called=LONDON, rules=RUSSIA), LOGIN) == Presentable("")
    assert caller_id_over(question(wanted=RIGA, rules=RUSSIA), LOGIN) == Presentable("")


def test_the_default_number_of_a_pool_is_not_the_callers() -> None:
    assert caller_id_over(question(rules=RUSSIA), POOL) == Refused(SUBSTITUTED)
    assert digits(caller_id_over(question(), POOL)) == "74951815283"


def test_a_default_number_that_the_caller_wants_is_no_substitute() -> None:
    assert (
        digits(caller_id_over(question(wanted="74951815283", rules=RUSSIA), POOL)) == "74951815283"
    )


def test_every_number_that_the_account_rents_is_its_own() -> None:
    """A login at IPport presents the number that was rented there, not the one that Westcall rents out."""
    rented = own(515, "74957952301", 16)
    found = caller_id_over(question(MOBILE, MOSCOW, rented, rules=RUSSIA), LOGIN)
    assert found == Presentable("74957952301", rented)


def test_a_call_that_leaves_again_is_not_the_accounts() -> None:
    """The original caller's number is passed on or nothing is; the forwarding account did not call."""
    rented = own(279, MOSCOW, 7)
    asked = question(MOBILE, "79031112233", rented, leaves_again=True, rules=RUSSIA)
    assert caller_id_over(asked, POOL) == Refused(SUBSTITUTED)
    allowed = replace(asked, rules=rules(RU_RU="ALLOWED"))
    assert caller_id_over(allowed, POOL) == Presentable(MOSCOW, rented)
    through = caller_id_over(asked, replace(ANY, country="RU"))
    assert through == Presentable("79031112233")


def test_a_caller_without_a_number_has_none_to_substitute() -> None:
    """The article's visitor, who owns no number and gets the providers' own."""
    asked = question(wanted="", rules=RUSSIA | rules(any_any="FORBIDDEN"))
    assert caller_id_over(asked, LOGIN) == Presentable("")
    assert digits(caller_id_over(asked, POOL)) == "74951815283"
    assert caller_id_over(asked, ANY) == Presentable("")


# From abroad


def test_a_number_of_the_called_country_does_not_come_from_abroad() -> None:
    assert caller_id_over(question(), ANY) == Refused(FROM_ABROAD)
    assert digits(caller_id_over(question(), replace(ANY, country="RU"))) == MOSCOW
    assert digits(caller_id_over(question(called=LONDON), ANY)) == MOSCOW
    assert digits(caller_id_over(question(wanted=""), ANY)) == ""


@pytest.mark.parametrize(
    ("called", "wanted", "passes"),
    [
        (ALMATY, MOSCOW, True),  # one calling code, two countries
        (MOSCOW, ALMATY, True),
        (PETERSBURG, MOSCOW, False),
        (TORONTO, NEW_YORK, True),
        (TORONTO, "16045550199", False),
        (BERLIN, "4930111222", False),
        ("70000000000", MOSCOW, True),  # no country's number
    ],
)
def test_countries_decide_not_calling_codes(called: str, wanted: str, passes: bool) -> None:
    outcome = caller_id_over(question(called, wanted), replace(ANY, country="GB"))
    assert isinstance(outcome, Presentable) is passes


def test_another_of_the_accounts_numbers_takes_its_place() -> None:
    """It is the account's own, so that is no substitution."""
    rented = (own(1, PETERSBURG, 7), own(2, RIGA, 4), own(3, MOSCOW, 7))
    assert digits(caller_id_over(question(MOBILE, MOSCOW, *rented, rules=RUSSIA), ANY)) == RIGA


def test_for_a_call_that_leaves_again_that_is_a_substitution() -> None:
    asked = question(MOBILE, "79031112233", own(2, RIGA, 4), leaves_again=True)
    assert digits(caller_id_over(asked, ANY)) == RIGA
    assert caller_id_over(replace(asked, rules=RUSSIA), ANY) == Refused(FROM_ABROAD)


@pytest.mark.parametrize("row", [LOGIN, POOL])
def test_a_providers_own_pool_may_be_of_the_wrong_country_too(row: Provider) -> None:
    abroad = replace(row, country="GB", dynamic_calls_caller_id=None)
    rented = (own(1, PETERSBURG, row.id), own(2, RIGA, row.id))
    assert digits(caller_id_over(question(MOBILE, MOSCOW, *rented), abroad)) == RIGA
    assert digits(caller_id_over(question(MOBILE, MOSCOW, *rented[:1]), abroad)) == ""
    default = replace(abroad, dynamic_calls_caller_id=PETERSBURG)
    assert caller_id_over(question(MOBILE, MOSCOW, *rented[:1]), default) == Refused(FROM_ABROAD)


def test_what_the_call_is_diverted_from_is_asked_about_alone() -> None:
    assert comes_from_abroad(question(), ANY, PETERSBURG)
    assert not comes_from_abroad(question(), POOL, PETERSBURG)
    assert not comes_from_abroad(question(), ANY, "")


# Which of several


def test_a_called_party_always_sees_the_same_number_of_a_pool() -> None:
    rented = [own(row_id, f"7495181500{row_id}", 7) for row_id in range(6)]
    seen = set()
    for rest in range(100):
        called = f"791600000{rest:02}"
        once = digits(caller_id_over(question(called, RIGA, *rented), POOL))
        assert digits(caller_id_over(question(called, BERLIN, *rented[::-1]), POOL)) == once
        elsewhere = replace(POOL, id=70)
        moved = [replace(row, provider_id=70) for row in rented]
        assert digits(caller_id_over(question(called, RIGA, *moved), elsewhere)) == once
        seen.add(once)
    assert len(seen) == len(rented)


def test_the_wanted_number_goes_before_the_sticky_one() -> None:
    rented = [own(row_id, f"7495181500{row_id}", 7) for row_id in range(6)]
    for row in rented:
        assert digits(caller_id_over(question(MOBILE, row.number, *rented), POOL)) == row.number


def test_a_login_presents_its_number_with_the_lowest_id() -> None:
    """Each number is another login: which one is used must not depend on who is called."""
    rented = [own(row_id, f"7495795230{row_id}", 16) for row_id in range(1, 5)]
    for rest in range(20):
        asked = question(f"791600000{rest:02}", RIGA, *rented)
        assert digits(caller_id_over(asked, LOGIN)) == "74957952301"


def test_a_login_presents_no_number_that_only_comes_in() -> None:
    rented = own(1, "74957952301", 16, direction=Direction.IN)
    assert caller_id_over(question(MOBILE, MOSCOW, rented), LOGIN) == Presentable("")


# Where none can be presented


def test_the_plan_says_what_becomes_of_the_route() -> None:
    def found(fallback: CallerIdFallback, **changes: Any) -> CallerIdOutcome:
        return caller_id_over(question(fallback=fallback), replace(ANY, **changes))

    assert found(CallerIdFallback.DROP) == Refused(FROM_ABROAD)
    assert found(CallerIdFallback.RESTRICT) == Restricted(FROM_ABROAD)
    assert found(CallerIdFallback.NON_CLI) == DropToTier(Tier.NON_CLI, FROM_ABROAD)


@pytest.mark.parametrize(
    "changes", [{"noncli_prefix": None}, {"noncli_prefix": None, "cli_prefix": "2"}]
)
def test_a_provider_that_does_not_sell_non_cli_is_not_used_for_it(changes: dict[str, Any]) -> None:
    """One tier for all is not NON_CLI: the same leg would go out under another name."""
    asked = question(fallback=CallerIdFallback.NON_CLI)
    found = caller_id_over(asked, replace(ANY, **changes))
    assert found == Refused(f"{FROM_ABROAD}, and the provider does not sell NON_CLI")


def test_a_fallback_changes_nothing_where_the_number_can_be_presented() -> None:
    for fallback in CallerIdFallback:
        assert digits(caller_id_over(question(called=LONDON, fallback=fallback), ANY)) == MOSCOW


# Gates that show their own number


def test_a_gate_that_shows_its_own_number_is_held_against_that_one() -> None:
    mine, theirs = own(1, MOSCOW, 7), own(2, PETERSBURG, 7, account_id=2)
    asked = question(MOBILE, MOSCOW, mine, rules=RUSSIA)
    assert caller_id_over_gate(asked, POOL, mine) == Presentable("")
    assert caller_id_over_gate(asked, POOL, theirs) == Refused(SUBSTITUTED)
    assert caller_id_over_gate(asked, POOL, None) == Refused(SUBSTITUTED)
    allowed = replace(asked, rules={})
    assert caller_id_over_gate(allowed, POOL, theirs) == Presentable("")
    abroad = replace(POOL, country="GB")
    assert caller_id_over_gate(allowed, abroad, theirs) == Refused(FROM_ABROAD)
    assert caller_id_over_gate(allowed, abroad, mine) == Refused(FROM_ABROAD)


def test_such_a_gate_is_used_without_a_number_or_not_at_all() -> None:
    """No other tier is bought for one gate alone."""
    theirs = own(2, PETERSBURG, 7, account_id=2)
    sells = replace(POOL, noncli_prefix="1")
    for fallback, expected in (
        (CallerIdFallback.DROP, Refused(SUBSTITUTED)),
        (CallerIdFallback.RESTRICT, Restricted(SUBSTITUTED)),
        (CallerIdFallback.NON_CLI, Refused(SUBSTITUTED)),
    ):
        asked = question(rules=RUSSIA, fallback=fallback)
        assert caller_id_over_gate(asked, sells, theirs) == expected


def test_for_a_call_that_leaves_again_the_accounts_gate_is_a_substitute() -> None:
    mine = own(1, MOSCOW, 7)
    asked = question(MOBILE, "79031112233", mine, leaves_again=True, rules=RUSSIA)
    assert caller_id_over_gate(asked, POOL, mine) == Refused(SUBSTITUTED)
