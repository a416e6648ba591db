"""Scenarios 2, 4 and 6 between two servers, joined by IAX2 with RSA keys."""

from typing import Any

import pytest

from tests.lab.lab import Lab, outcomes

Sides = dict[tuple[int, str], tuple[Any, ...]]


def both_sides(lab: Lab) -> Sides:
    """What became of each channel of the last call, by its server and side."""
    rows = lab.channels()
    sides = [(row["server_id"], row["leg"]) for row in rows]
    assert len(set(sides)) == len(sides)
    return dict(zip(sides, outcomes(rows), strict=True))


def through_the_gate(*, status: int | None) -> Sides:
    """A call of the second server's phone that went out over the first; `status` of the leg between."""
    return {
        (2, "CALLING"): ("acme", None, 16, None, "CALLER"),
        (2, "CALLED"): ("acme", "g8.A", 16, status, "CALLER"),
        (1, "CALLING"): ("acme", None, 16, None, "CALLER"),
        (1, "CALLED"): ("acme", "g8.A", 16, 200, "CALLER"),
    }


def busy_on_the_other(*, status: int | None) -> Sides:
    """A call of the first server's phone to one of the second that is busy; `status` as above."""
    return {
        (1, "CALLING"): ("acme", None, 17, None, ""),
        (1, "CALLED"): ("acme", "e3", 17, status, ""),
        (2, "CALLING"): ("acme", None, 17, None, ""),
        (2, "CALLED"): ("acme", "e3", 17, 486, ""),
    }


def halves(lab: Lab) -> list[tuple[int, str]]:
    """The channels of the last call: server and side of each."""
    return sorted((row["server_id"], row["leg"]) for row in lab.channels())


@pytest.mark.every_flavour
def test_a_number_of_the_other_server(pair: Lab) -> None:
    with pair.far_end("PHONE_301", "uas_answer", RING=200) as phone:
        caller = pair.call("IPPORT", "74957952302", FROM="<sip:79990001122@ipport.net>", TALK=800)

    assert caller.statuses()[-1] == 200
    [invite] = phone.invites()
    assert "79990001122" in invite.header("From")
    # Two legs on each server, one call.
    assert halves(pair) == [(1, "CALLED"), (1, "CALLING"), (2, "CALLED"), (2, "CALLING")]
    assert {row["account"] for row in pair.channels()} == {"acme"}
    # Both servers decided for the same instant.
    called = [row for row in pair.channels() if row["leg"] == "CALLED"]
    assert len({row["decided_at"] for row in called}) == 1
    assert called[0]["decided_at"] is not None


@pytest.mark.every_flavour
def test_a_colleague_on_the_other_server(pair: Lab) -> None:
    with pair.far_end("PHONE_301", "uas_answer", RING=200) as phone:
        caller = pair.call("PHONE_201", "301", TALK=500)
    assert caller.statuses()[-1] == 200
    [invite] = phone.invites()
    assert "<sip:201@" in invite.header("From")
    assert len(halves(pair)) == 4


def test_a_gate_on_the_other_server(pair: Lab) -> None:
    with pair.far_end("WESTCALL", "uas_answer", RING=200) as westcall:
        caller = pair.call("PHONE_301", "74957777777", TALK=500)
    assert caller.statuses()[-1] == 200
    [invite] = westcall.invites()
    assert invite.user == "74957777777"
    assert "<sip:74951815000@" in invite.header("From")
    assert both_sides(pair) == through_the_gate(status=None)


def test_a_busy_colleague_is_busy_here_too(pair: Lab) -> None:
    with pair.far_end("PHONE_301", "uas_final", STATUS="486 Busy Here"):
        caller = pair.call("PHONE_201", "301")
    assert caller.statuses()[-1] == 486
    assert both_sides(pair) == busy_on_the_other(status=None)


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
    [refused] = [row for row in pair.channels() if row["server_id"] == 1]
    assert (refused["leg"], refused["q850_cause"]) == ("CALLING", 21)


def test_a_second_hop(pair: Lab) -> None:
    """The number is served by the very server that sends the call: it goes nowhere again."""
    assert pair.sister is not None
    with pair.far_end("PHONE_301", "uas_answer") as phone:
        pair.sister.cli("channel originate Local/74957952302@lab application Wait 2")
        pair.until(lambda: bool(second_hop(pair)), "the call was refused", 10)
        pair.settle()
    assert phone.invites() == []
    [refused] = second_hop(pair)
    assert (refused["server_id"], refused["leg"], refused["q850_cause"]) == (1, "CALLING", 25)


def second_hop(lab: Lab) -> list[dict[str, Any]]:
    return lab.rows("SELECT * FROM channels WHERE call_id = 'second-hop'")


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
    assert len(halves(pair)) == 4
