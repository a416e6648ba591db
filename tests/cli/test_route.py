"""`dialplane route`."""

import pytest

from tests.cli.conftest import Run
from tests.cli.fake_service import HOSTILE

ARTICLE = {
    "SIP/sip.zadarma.com/74957777777",
    "SIP/westcall/74957777777",
    "SIP/sbc.voxbeam.com/001110174957777777",
    "SIP/sip.voicebuy.com/999274957777777",
    "SIP/sip.n1.ipport.net/+74957777777",
}
CANDIDATE = {
    *("rank", "route_id", "provider", "tier", "dial_string", "caller_number", "priority", "row"),
    *("detail", "drop_reason", "rate_deck", "rate_row", "matched_prefix", "price_per_minute"),
    *("converted_price_per_minute", "expected_cost", "destination", "connect_fee"),
    *("first_increment_s", "next_increment_s", "minimum_s", "expected_margin"),
}


def test_the_articles_dial_strings_in_json(ask: Run) -> None:
    result = ask("route", "74957777777", "--tier", "CLI", "--explain", "--json")
    assert (result.code, result.err) == (0, "")
    document = result.document
    routes = document["routes"]
    assert {row["dial_string"] for row in routes if row["provider"] != HOSTILE} == ARTICLE
    assert [row["rank"] for row in routes] == list(range(1, len(routes) + 1))
    assert all(set(row) == CANDIDATE for row in routes + document["dropped"])
    assert [row["drop_reason"] for row in document["dropped"]] == ["CARRIES_NO_OUTGOING"]
    assert all(row["drop_reason"] is None for row in routes)


def test_the_json_object_is_stable(ask: Run) -> None:
    document = ask("route", "74957777777", "--json").document
    assert list(document) == [
        *("number", "server", "account", "endpoint", "caller_number", "tier", "call_id"),
        *("decided_at", "data_version", "basis", "routes", "dropped", "first", "no_more_routes"),
        "refusal",
    ]
    assert document["basis"] == {
        "routing_plan": None,
        "strategies": ["least cost"],
        "demands": [],
        "expected_duration_s": 180,
        "base_currency": "EUR",
        "rate_table_version": None,
        "own_prices": [],
    }
    assert document["number"] == "74957777777"
    assert document["server"] is document["account"] is document["tier"] is None
    assert document["data_version"] == 7
    assert document["first"]["dial_string"] == document["routes"][0]["dial_string"]
    assert document["first"]["ring_timeout_s"] == 60
    assert document["dropped"], "also without --explain"


@pytest.mark.parametrize(
    "text",
    ["+7 (495) 777-77-77", "7-495-777-77-77", "7.495.777.77.77", "+7\u00a0495\u2011777 77 77"],
)
def test_separators_are_ignored(ask: Run, text: str) -> None:
    assert ask("route", text, "--json").document["number"] == "74957777777"


def test_the_table_without_explain_has_routes_only(ask: Run) -> None:
    result = ask("route", "74957777777", "--server", "asterisk-msm", "--account", "acme")
    assert result.code == 0
    assert "Server        asterisk-msm\n" in result.out
    assert "Account       acme\n" in result.out
    assert "Tier          CLI (the account's own)\n" in result.out
    assert "SIP/sip.zadarma.com/74957777777" in result.out
    assert "Dropped" not in result.out


def test_the_table_with_explain_says_why(ask: Run) -> None:
    result = ask("route", "74957777777", "--tier", "CLI", "--explain")
    assert "Server        the first that is on" in result.out
    assert "Account       none: a caller that owns no number" in result.out
    ranked, dropped = result.out.split("Dropped:\n")
    assert ranked.splitlines()[8].split("  ")[0] == "RANK"
    assert "Data version  7 (no rates)\n" in ranked
    assert "Plan          the default: least cost; calls of 180 s expected\n" in ranked
    assert "Multitel" in dropped
    assert "CARRIES_NO_OUTGOING" in dropped
    assert "a42.A" in dropped


def test_a_device_routes_as_its_call_would(ask: Run) -> None:
    words = ("--from", "acme-101", "--server", "asterisk-macomnet")
    document = ask("route", "84957777777", *words, "--json").document
    assert document["number"] == "74957777777"
    assert document["account"] == "acme"
    assert document["endpoint"] == "acme-101"
    assert "SIP/sip_peer_msm_2301/+74957777777" in {
        row["dial_string"] for row in document["routes"]
    }
    on_net = ask("route", "201", *words, "--json").document
    assert [row["dial_string"] for row in on_net["routes"]] == ["IAX2/msm@msm/201"]


def test_a_device_needs_a_server(ask: Run) -> None:
    result = ask("route", "84957777777", "--from", "acme-101")
    assert result.code == 2
    assert "--server" in result.err


def test_a_number_calls(ask: Run) -> None:
    words = ("--from", "+44 20 7946 0100", "--account", "acme")
    document = ask("route", "74957777777", *words, "--json").document
    assert document["caller_number"] == "442079460100"
    voxbeam = next(row for row in document["routes"] if row["provider"] == "Voxbeam")
    assert voxbeam["caller_number"] == "442079460100"


def test_a_refused_call_is_a_no(ask: Run) -> None:
    words = ("--from", "acme-101", "--server", "asterisk-macomnet")
    result = ask("route", "78091234567", *words)
    assert result.code == 1
    assert "Refused, DESTINATION_BARRED" in result.out
    assert "Q.850 cause 21" in result.out
    document = ask("route", "78091234567", *words, "--json")
    assert document.code == 1
    assert document.document["routes"] == []
    assert document.document["refusal"]["reason"] == "DESTINATION_BARRED"


def test_no_route_is_a_no(ask: Run) -> None:
    words = ("--from", "acme-101", "--server", "asterisk-macomnet", "--json")
    result = ask("route", "103", *words)  # the article's world routes 112 only
    assert result.code == 1
    assert result.document["no_more_routes"]["reason"] == "NO_EMERGENCY_ROUTE"
    assert result.document["first"] is None


@pytest.mark.parametrize(
    "text", ["", "0495", "abc", "749577", "7" * 16, "٧٤٩٥٧٧٧٧٧٧٧", "74957777777&1"]
)
def test_what_is_no_full_number(run: Run, text: str) -> None:
    result = run("route", text, "--json")
    assert result.code == 2
    assert result.error["reason"] == "USAGE"
    assert "full international number" in result.error["message"]
