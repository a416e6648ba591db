"""Scenarios 2, 4 and 6 between two servers, joined by IAX2 with RSA keys."""

from tests.lab.lab import Lab


def halves(lab: Lab) -> list[tuple[int, str]]:
    """The channels of the last call: server and side of each."""
    return sorted((row["server_id"], row["leg"]) for row in lab.channels())


def test_a_number_of_the_other_server(pair: Lab) -> None:
    with pair.far_end("PHONE_301", "uas_answer", RING=200) as phone:
        caller = pair.call("IPPORT", "74957952302", FROM="<sip:79990001122@ipport.net>", TALK=800)

    assert caller.statuses()[-1] == 200
    [invite] = phone.invites()
    assert "79990001122" in invite.header("From")
    # Two legs on each server, one call.
    assert halves(pair) == [(1, "CALLED"), (1, "CALLING"), (2, "CALLED"), (2, "CALLING")]
    assert {row["account"] for row in pair.channels()} == {"acme"}


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
    assert len(halves(pair)) == 4


def test_a_busy_colleague_is_busy_here_too(pair: Lab) -> None:
    with pair.far_end("PHONE_301", "uas_final", STATUS="486 Busy Here"):
        caller = pair.call("PHONE_201", "301")
    assert caller.statuses()[-1] == 486


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
