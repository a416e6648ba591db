"""`dialplane classify`."""

import pytest

from tests.cli.conftest import Run
from tests.cli.fake_service import HOSTILE

HERE = ("--server", "asterisk-macomnet")


def test_from_a_provider(ask: Run) -> None:
    words = ("--from-provider", "195.94.225.2", "--caller", "79031112233", "--explain")
    result = ask("classify", "74951815000", *HERE, *words)
    assert (result.code, result.err) == (0, "")
    assert "Call class    INCOMING_CLIENT\n" in result.out
    assert "1     e1      endpoint    acme-101, extension 101, on asterisk-macomnet" in result.out
    assert "providers#7" in result.out.split("How:")[1]


def test_the_json_object_is_stable(ask: Run) -> None:
    words = ("--from-provider", "195.94.225.2", "--caller", "79031112233")
    document = ask("classify", "74951815000", *HERE, *words, "--json").document
    assert list(document) == [
        *("dialled", "server", "call_id", "decided_at", "data_version", "call_class", "called"),
        *("caller", "account", "tier", "targets", "refusal", "steps"),
    ]
    assert document["called"] == {"kind": "E164", "digits": "74951815000"}
    assert document["targets"] == [
        {
            "target_id": "e1",
            "kind": "ENDPOINT",
            "endpoint": "acme-101",
            "extension": "101",
            "server": "asterisk-macomnet",
        },
        {"target_id": "r1", "kind": "RING_GROUP", "name": "sales"},
    ]
    assert document["refusal"] is None
    assert document["steps"]


def test_from_a_sister(ask: Run) -> None:
    words = ("--from-sister", "212.5.126.1", "--call-id", "abc", "--server", "asterisk-msm")
    document = ask("classify", "74957952302", *words, "--json").document
    assert document["call_id"] == "abc"
    assert document["call_class"] == "INCOMING"


@pytest.mark.parametrize(
    ("dialled", "call_class", "leads_to"),
    [
        ("201", "INTERNAL", "acme-201, extension 201, on asterisk-msm"),
        ("112", "EMERGENCY", "112 of RU"),
        ("*97", "FEATURE", "voicemail: voicemail,s,1"),
        ("89161234567", "OUTGOING", "79161234567 (E164)"),
        ("74957952302", "FORWARD", "asterisk-msm, over IAX2/msm@msm"),
    ],
)
def test_from_a_device(ask: Run, dialled: str, call_class: str, leads_to: str) -> None:
    result = ask("classify", dialled, *HERE, "--from-endpoint", "acme-101")
    assert result.code == 0
    assert f"Call class    {call_class}\n" in result.out
    assert leads_to in result.out


def test_a_refusal_is_a_no(ask: Run) -> None:
    result = ask("classify", "74951815000", *HERE, "--from-provider", "192.0.2.1")
    assert result.code == 1
    assert "Refused, PEER_ADDRESS_UNKNOWN" in result.out
    again = ask("classify", HOSTILE, *HERE, "--from-provider", "192.0.2.1", "--json")
    assert again.code == 1
    assert again.document["refusal"]["reason"] == "IMPOSSIBLE_NUMBER"
    assert again.document["refusal"]["q850_cause"] == 28
    assert again.document["dialled"] == HOSTILE


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--from-provider", "192.0.2.1", "--from-endpoint", "x"),
        ("--from-provider", "192.0.2.1", "--route-id", "g8.A"),
        ("--from-endpoint", "x", "--forwarded-address", "192.0.2.1"),
    ],
)
def test_exactly_one_origin(run: Run, words: tuple[str, ...]) -> None:
    result = run("classify", "1", *HERE, *words)
    assert result.code == 2
    assert "--from-" in result.err


def test_a_field_that_breaks_its_rule(ask: Run) -> None:
    result = ask("classify", "1", *HERE, "--from-provider", "no address")
    assert result.code == 4
    assert result.err == (
        "dialplane: the service rejects the question (INVALID_REQUEST)\n"
        "  provider.peer_address: must be an IPv4 or IPv6 address without port\n"
    )
    error = ask("classify", "1", *HERE, "--from-provider", "no address", "--json").error
    assert error["exit_code"] == 4
    assert error["status"] == "INVALID_ARGUMENT"
    assert [item["field"] for item in error["violations"]] == ["provider.peer_address"]
