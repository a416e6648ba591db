"""Two servers that call each other over SIP: PJSIP on 22, chan_sip on 16, and one of each."""

import pytest

from tests.lab.lab import Lab
from tests.lab.sip_messages import SipMessage
from tests.lab.test_two_servers import both_sides, busy_on_the_other, halves, through_the_gate

pytestmark = pytest.mark.joined_by_sip

BOTH = [(1, "CALLED"), (1, "CALLING"), (2, "CALLED"), (2, "CALLING")]
FORGED = "\n".join(
    f"X-Dialplane-{name}: {value}"
    for name, value in (
        ("Call-Id", "forged"),
        ("Decided-At", "2020-01-01T00:00:00Z"),
        ("Account", "visitor"),
        ("Route-Id", "e1"),
    )
)


def ours(message: SipMessage) -> list[str]:
    """The headers that only sister servers may see."""
    return [name for name, _ in message.headers if name.lower().startswith("x-dialplane")]


def test_a_number_of_the_other_server(pair: Lab) -> None:
    with pair.far_end("PHONE_301", "uas_answer", RING=200) as phone:
        caller = pair.call("IPPORT", "74957952302", FROM="<sip:79990001122@ipport.net>", TALK=800)
    assert caller.statuses()[-1] == 200
    [invite] = phone.invites()
    assert "79990001122" in invite.header("From")
    assert ours(invite) == []
    assert halves(pair) == BOTH
    assert {row["account"] for row in pair.channels()} == {"acme"}
    called = [row for row in pair.channels() if row["leg"] == "CALLED"]
    assert len({row["decided_at"] for row in called}) == 1
    assert called[0]["decided_at"] is not None


def test_a_colleague_on_the_other_server(pair: Lab) -> None:
    with pair.far_end("PHONE_201", "uas_answer", RING=200) as phone:
        caller = pair.call("PHONE_301", "201", TALK=500)
    assert caller.statuses()[-1] == 200
    [invite] = phone.invites()
    assert "<sip:301@" in invite.header("From")
    assert halves(pair) == BOTH


def test_a_gate_on_the_other_server(pair: Lab) -> None:
    with pair.far_end("WESTCALL", "uas_answer", RING=200) as westcall:
        caller = pair.call("PHONE_301", "74957777777", TALK=500)
    assert caller.statuses()[-1] == 200
    [invite] = westcall.invites()
    assert invite.user == "74957777777"
    assert "<sip:74951815000@" in invite.header("From")
    assert ours(invite) == []
    assert both_sides(pair) == through_the_gate(status=200)


def test_a_busy_colleague_is_busy_here_too(pair: Lab) -> None:
    with pair.far_end("PHONE_301", "uas_final", STATUS="486 Busy Here"):
        caller = pair.call("PHONE_201", "301")
    assert caller.statuses()[-1] == 486
    assert both_sides(pair) == busy_on_the_other(status=486)


def test_a_caller_who_is_not_to_be_shown(pair: Lab) -> None:
    with pair.far_end("PHONE_301", "uas_answer") as phone:
        caller = pair.call(
            "IPPORT",
            "74957952302",
            FROM='"Anonymous" <sip:anonymous@anonymous.invalid>',
            HEADERS="P-Asserted-Identity: <sip:79990001122@ipport.net>\nPrivacy: id",
            TALK=300,
        )
    assert caller.statuses()[-1] == 200
    [invite] = phone.invites()
    assert not any("79990001122" in value for _, value in invite.headers)


@pytest.mark.parametrize(
    ("who", "number", "rings"),
    [("WESTCALL", "74951815001", "PHONE_201"), ("PHONE_201", "202", "PHONE_202")],
)
def test_what_only_sisters_say_is_not_believed(
    pair: Lab, who: str, number: str, rings: str
) -> None:
    with pair.far_end(rings, "uas_answer") as phone:
        caller = pair.call(who, number, HEADERS=FORGED, TALK=300)
    assert caller.statuses()[-1] == 200
    [invite] = phone.invites()
    assert ours(invite) == []
    calling, called = pair.channels()
    assert calling["call_id"] != "forged"
    assert called["account"] == "acme"
    assert called["decided_at"].year > 2020
    assert called["route_id"] == {"PHONE_201": "e1", "PHONE_202": "e2"}[rings]


def test_a_sister_that_is_none(pair: Lab) -> None:
    """Asterisk still lets it in; the service knows no server at its address any more."""
    pair.execute("UPDATE servers SET ipaddress = '127.20.0.200' WHERE id = 2")
    try:
        with pair.far_end("PHONE_201", "uas_answer") as phone:
            caller = pair.call("PHONE_301", "201")
    finally:
        pair.execute("UPDATE servers SET ipaddress = %s WHERE id = 2", pair.address("MSM"))
    assert caller.statuses()[-1] == 403
    assert phone.invites() == []


def test_emergency_over_the_other_server_with_the_service_away(pair: Lab) -> None:
    pair.service.stop()
    try:
        with pair.far_end("WESTCALL", "uas_answer") as westcall:
            with pair.caller("PHONE_301", "112", TALK=300) as caller:
                assert caller.wait() == 0
            pair.quiet()
    finally:
        pair.service.start()
    pair.settle()
    assert caller.statuses()[-1] == 200
    [invite] = westcall.invites()
    assert invite.user == "112"
    assert ours(invite) == []
    assert halves(pair) == BOTH
