"""Which number a call shows, on the demo rows: what providers, the law and the account's plan leave of it."""

from collections.abc import Callable
from typing import Any

import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from dialplane.routing.v1 import caller_pb2, tier_pb2, trace_pb2
from dialplane.routing.v1.build_dial_string_pb2 import (
    BuildDialStringRequest,
    BuildDialStringResponse,
)
from dialplane.routing.v1.number_pb2 import Number
from dialplane.routing.v1.routing_service_pb2_grpc import RoutingServiceStub
from tests.acceptance.conftest import Rows

MOBILE, LONDONER = "79161234567", "442079460100"
STRANGER = "74990001122"
WESTCALLS = {"74951815000", "74951815001", "74951815002"}
NOT_RUSSIAN = {"37167859001", "37167859002", "442038070121", "442038070123"}
NOT_ALLOWED = trace_pb2.DROP_REASON_CALLER_ID_NOT_ALLOWED

Ask = Callable[..., BuildDialStringResponse]


@pytest.fixture
def ask(stub: RoutingServiceStub) -> Ask:
    """Ask for the first route to a number, by default for acme's first device."""

    def build(called: str = MOBILE, caller: str = "", **fields: Any) -> BuildDialStringResponse:
        words = {"account": "acme", "endpoint": "acme-201"} | fields
        now = Timestamp()
        now.GetCurrentTime()
        request = BuildDialStringRequest(
            call_id="shown",
            decided_at=now,
            server="asterisk-macomnet",
            called=Number(e164=called),
            target_ids=["n"],
            tier=tier_pb2.TIER_CLI,
            attempt=1,
            explain=True,
            **words,
        )
        request.caller.number = caller
        return stub.BuildDialString(request, timeout=5)

    return build


def shown(answer: BuildDialStringResponse) -> dict[str, str]:
    """What each provider that may carry the call would show."""
    return {item.provider: item.caller_number for item in answer.trace.candidates if item.rank}


def refused(answer: BuildDialStringResponse) -> dict[str, str]:
    """The providers that are dropped because of the caller ID, each with the reason in words."""
    return {
        item.provider: item.detail
        for item in answer.trace.candidates
        if item.drop_reason == NOT_ALLOWED
    }


@pytest.fixture
def stranger(rows: Rows) -> dict[str, str]:
    """A caller with a Russian number that no provider knows: the visitor, who rents none."""
    rows.update("accounts", 2, caller_id=STRANGER, routing_plan_id=1)
    return {"account": "visitor", "endpoint": "visitor-201"}


def test_inside_russia_only_numbers_of_ones_own_are_shown(ask: Ask) -> None:
    answer = ask()
    numbers = shown(answer)
    assert numbers["Westcall"] == "74951815001"
    assert numbers["IPport"] in ("74957952301", "74957952302")
    assert refused(answer) == {
        "Zadarma": "from RU to RU only the caller's own number may be shown (caller_id_rules#1)"
    }


def test_a_call_into_russia_from_abroad_shows_a_number_of_another_country(ask: Ask) -> None:
    numbers = shown(ask())
    assert numbers["Voxbeam"] in NOT_RUSSIAN
    assert numbers["Voicebuy"] == numbers["Voxbeam"]
    abroad = shown(ask(called="493023125000"))
    assert (abroad["Voxbeam"], abroad["Voicebuy"]) == ("74951815001", "74951815001")


def test_without_one_it_is_dropped(ask: Ask, stranger: dict[str, str]) -> None:
    answer = ask(**stranger)
    assert answer.WhichOneof("answer") == "no_more_routes"
    assert shown(answer) == {}
    why = refused(answer)
    assert set(why) == {"Westcall", "Zadarma", "IPport", "Voxbeam", "Voicebuy"}
    assert why["Voxbeam"] == "a call into RU from abroad must not carry a number of RU"


def test_a_rule_is_data(ask: Ask, rows: Rows, stranger: dict[str, str]) -> None:
    rows.update("caller_id_rules", 1, rule="SUBSTITUTION_ALLOWED")
    answer = ask(**stranger)
    assert shown(answer) == {"Westcall": "74951815283", "Zadarma": "", "IPport": ""}
    assert set(refused(answer)) == {"Voxbeam", "Voicebuy"}


def test_a_plan_that_restricts_shows_nothing_and_says_so(
    ask: Ask, rows: Rows, stranger: dict[str, str]
) -> None:
    rows.update("routing_plans", 1, caller_id_fallback="RESTRICT")
    answer = ask(**stranger)
    five = ("Westcall", "Zadarma", "IPport", "Voxbeam", "Voicebuy")
    assert shown(answer) == dict.fromkeys(five, "")
    presented = answer.dial.caller
    assert presented.presentation == caller_pb2.PRESENTATION_RESTRICTED
    assert (presented.number, presented.asserted_identity, presented.diversion) == ("", "", "")


def test_a_plan_that_drops_to_non_cli_buys_that_tier_where_it_is_sold(
    ask: Ask, rows: Rows, stranger: dict[str, str]
) -> None:
    rows.update("routing_plans", 1, caller_id_fallback="NON_CLI")
    answer = ask(**stranger)
    routes = {item.provider: item for item in answer.trace.candidates if item.rank}
    assert {name: item.dial_string for name, item in routes.items()} == {
        "Voxbeam": f"SIP/sbc.voxbeam.com/0011103{MOBILE}",
        "Voicebuy": f"SIP/sip.voicebuy.com/9991{MOBILE}",
    }
    assert {item.tier for item in routes.values()} == {tier_pb2.TIER_NON_CLI}
    assert {item.caller_number for item in routes.values()} == {""}
    why = "shows no number: a call into RU from abroad must not carry a number of RU"
    assert all(item.detail.endswith(why) for item in routes.values())
    assert answer.dial.route_id.endswith(".N")
    assert answer.dial.tier == tier_pb2.TIER_NON_CLI
    assert set(refused(answer)) == {"Westcall", "Zadarma", "IPport"}
    # Where the number can be shown, the tier stays the one that was asked for.
    berlin = ask(called="493023125000", **stranger)
    tiers = {item.provider: item.tier for item in berlin.trace.candidates if item.rank}
    assert (tiers["Voxbeam"], tiers["Voicebuy"]) == (tier_pb2.TIER_CLI, tier_pb2.TIER_CLI)


def test_a_called_party_always_sees_the_same_of_several_numbers(ask: Ask) -> None:
    """A call that came in from London leaves again over Westcall, where acme rents three numbers."""

    def seen(called: str) -> str:
        return shown(ask(called, LONDONER, endpoint=""))["Westcall"]

    called = [f"7916123{rest:04}" for rest in range(20)]
    first = {number: seen(number) for number in called}
    assert set(first.values()) == WESTCALLS
    assert {number: seen(number) for number in called} == first


def test_a_number_that_is_added_changes_few_of_them(ask: Ask, rows: Rows) -> None:
    def seen(called: str) -> str:
        return shown(ask(called, LONDONER, endpoint=""))["Westcall"]

    called = [f"7916123{rest:04}" for rest in range(30)]
    before = {number: seen(number) for number in called}
    columns = {
        "id": 9001,
        "number": "74951815099",
        "provider_id": 7,
        "server_id": 1,
        "account_id": 1,
    }
    rows.insert("numbers_pool", "number = '74951815099'", **columns, target_id=1)
    after = {number: seen(number) for number in called}
    moved = {number for number in called if after[number] != before[number]}
    assert moved == {number for number in called if after[number] == "74951815099"}
    assert 0 < len(moved) < len(called) / 2


def test_a_russians_call_that_leaves_again_is_not_shown_as_the_accounts(ask: Ask) -> None:
    answer = ask(MOBILE, STRANGER, endpoint="")
    assert shown(answer) == {}
    assert "Westcall" in refused(answer)


def test_a_number_is_rewritten_for_its_provider_on_every_attempt(ask: Ask, rows: Rows) -> None:
    rows.update("providers", 3, strip_prefix="7", add_prefix="8")
    rows.update("providers", 8, strip_prefix="7495", add_prefix="*9")
    rows.update("providers", 16, strip_prefix="44", add_prefix=None)
    asked = {"account": "visitor", "endpoint": ""}
    strings = {
        item.provider: item.dial_string
        for item in ask("74957777777", **asked).trace.candidates
        if item.rank
    }
    assert strings == {
        "Zadarma": "SIP/sip.zadarma.com/84957777777",
        "Westcall": "SIP/westcall/74957777777",
        "Voxbeam": "SIP/sbc.voxbeam.com/0011101*97777777",
        "Voicebuy": "SIP/sip.voicebuy.com/999274957777777",
        "IPport": "SIP/sip.n1.ipport.net/+74957777777",
    }
