"""`dialplane calls`."""

from tests.cli.conftest import Run
from tests.cli.fake_service import COUNT, FAULTY, LARGEST


def test_a_list(ask: Run) -> None:
    result = ask("calls", "list", "--limit", "2")
    assert result.code == 0
    header, first, second, _, more = result.out.splitlines()
    assert header.split()[:3] == ["BEGAN", "CALL", "ID"]
    assert "2026-01-31T12:19:59.123456Z  call-1199" in first
    assert "1:02.345" in first
    assert "call-1198" in second
    assert "--page-token" in more


def test_the_json_objects_are_stable(ask: Run) -> None:
    document = ask("calls", "list", "--limit", "1", "--json").document
    assert list(document) == ["calls", "next_page_token"]
    assert document["calls"] == [
        {
            "call_id": "call-1199",
            "began_at": "2026-01-31T12:19:59.123456Z",
            "account": "acme",
            "server": "asterisk-macomnet",
            "caller_number": "79161234567",
            "called_number": "74951815000",
            "attempts": 1,
            "channels": 1,
            "q850_cause": 16,
            "answered_ms": 62345,
            "ended": True,
        }
    ]
    call = ask("calls", "show", "call-0001", "--json").document
    assert list(call) == ["summary", "channels", "attempts", "events"]
    assert call["channels"][0]["leg"] == "CALLED"
    assert call["channels"][0]["hangup_source"] == "CALLER"
    assert call["channels"][0]["ended_at"] is None
    assert call["channels"][0]["ring_ms"] is None
    assert call["attempts"][0]["data_version"] == LARGEST
    assert call["attempts"][0]["rate_id"] == LARGEST
    assert call["attempts"][0]["rate"] is None, "without --explain"
    assert call["events"][0]["recorded_at"] == "2026-01-31T12:00:01.124456Z"


def test_pages_are_followed_to_the_limit(ask: Run) -> None:
    document = ask("calls", "list", "--limit", "5000", "--json").document
    ids = [call["call_id"] for call in document["calls"]]
    assert len(ids) == len(set(ids)) == COUNT
    assert document["next_page_token"] is None


def test_a_list_goes_on(ask: Run) -> None:
    token = ask("calls", "list", "--limit", "3", "--json").document["next_page_token"]
    rest = ask("calls", "list", "--limit", "1", "--page-token", token, "--json").document
    assert rest["calls"][0]["call_id"] == "call-1196"


def test_criteria(ask: Run) -> None:
    words = ("--from", "2026-01-31T12:00:10Z", "--to", "2026-01-31T13:00:12+01:00")
    words += ("--account", "acme", "--server", "asterisk-macomnet", "--number", "+7 916")
    found = ask("calls", "list", *words, "--json").document["calls"]
    assert [call["call_id"] for call in found] == ["call-0011", "call-0010"]


def test_an_empty_list_is_an_answer(ask: Run) -> None:
    result = ask("calls", "list", "--account", "nobody")
    assert (result.code, result.out) == (0, "No calls.\n")


def test_one_call(ask: Run) -> None:
    result = ask("calls", "show", "call-0001")
    assert result.code == 0
    assert "State    ended\n" in result.out
    assert "SIP/westcall/1" in result.out
    assert str(LARGEST) in result.out


def test_a_past_decision_is_shown_again(ask: Run) -> None:
    result = ask("calls", "show", "call-0001", "--explain")
    assert result.code == 0
    decisions = result.out.split("Decisions:\n")[1].split("\n\n")[0].splitlines()
    assert decisions[0].split() == [
        *("ATTEMPT", "DECIDED", "DATA", "VERSION", "PROVIDER", "ROUTE"),
        *("DECK", "PREFIX", "PRICE/MIN", "TERMS"),
    ]
    for told in (
        *("2026-01-31T12:00:00.123456Z", str(LARGEST), "Westcall", "g8.A", "Westcall v1"),
        *("7916 Russia mobile MTS", "1.62 RUB", "60/1, connect fee 0.1"),
    ):
        assert told in decisions[1]
    document = ask("calls", "show", "call-0001", "--explain", "--json").document
    assert document["attempts"][0]["rate"] == {
        "rate_deck": "Westcall v1",
        "rate_row": f"rates#{LARGEST}",
        "matched_prefix": "7916",
        "destination": "Russia mobile MTS",
        "price_per_minute": {"currency_code": "RUB", "amount": "1.62"},
        "connect_fee": {"currency_code": "RUB", "amount": "0.1"},
        "first_increment_s": 60,
        "next_increment_s": 1,
        "minimum_s": 0,
    }


def test_a_rate_that_is_no_longer_kept(ask: Run) -> None:
    result = ask("calls", "show", "call-0000", "--explain")
    assert f"rates#{LARGEST}, no longer kept" in result.out


def test_an_unknown_call(ask: Run) -> None:
    result = ask("calls", "show", "nothing")
    assert result.code == 5
    assert result.err.startswith("dialplane: no call 'nothing' is recorded (UNKNOWN_CALL)\n")
    error = ask("calls", "show", "nothing", "--json").error
    assert error["metadata"] == {"call_id": "nothing"}


def test_a_fault_of_the_service(ask: Run) -> None:
    result = ask("calls", "show", FAULTY, "--json")
    assert result.code == 70
    assert result.error["reason"] == "INTERNAL"
    assert "incident" in result.error["metadata"]
    assert "secret" not in result.err


def test_instants_that_are_none(run: Run) -> None:
    for text in ("yesterday", "2026-02-30", "0001-01-01T00:00:00+23:00"):
        assert run("calls", "list", "--from", text).code == 2
