"""Scenario 1: a provider calls a number that is served here; the endpoint rings, talks, hangs up."""

import pytest

from tests.lab.lab import Lab
from tests.lab.sip_messages import SipMessage

pytestmark = [pytest.mark.every_flavour, pytest.mark.without_agent_too]

NUMBER = "74951815001"


def test_the_caller_hangs_up(lab: Lab) -> None:
    with lab.far_end("PHONE_201", "uas_answer", RING=300) as phone:
        caller = lab.call("WESTCALL", NUMBER, FROM="<sip:+79990001122@westcall.ru>", TALK=700)

    assert caller.statuses()[-1] == 200
    [invite] = phone.invites()
    assert invite.user == "acme-201"
    assert "sip:79990001122@" in invite.header("From")

    calling, called = lab.channels()
    assert (calling["leg"], called["leg"]) == ("CALLING", "CALLED")
    assert calling["q850_cause"] == called["q850_cause"] == 16
    assert calling["hangup_source"] == called["hangup_source"] == "CALLER"
    assert calling["dial_status"] == "ANSWER"
    assert calling["answered_ms"] == pytest.approx(talked_ms(caller.messages()), abs=50)
    assert (called["attempt"], called["route_id"]) == (1, "e1")
    assert called["sip_call_id"] == invite.call_id
    assert calling["sip_call_id"] == caller.messages()[0].call_id
    assert called["answered_at"] is not None
    assert called["account"] == "acme"
    [attempt] = lab.rows("SELECT * FROM attempts WHERE call_id = %s", called["call_id"])
    assert attempt["dial_string"] == f"{lab.flavour.driver}/acme-201"
    assert attempt["calling_unique_id"] == calling["unique_id"]


def test_the_endpoint_hangs_up(lab: Lab) -> None:
    with lab.far_end("PHONE_201", "uas_answer_bye", RING=200, TALK=400):
        caller = lab.call("WESTCALL", NUMBER, "uac_wait")

    assert len(caller.received("BYE")) == 1
    calling, called = lab.channels()
    assert calling["hangup_source"] == called["hangup_source"] == "CALLED"
    assert calling["q850_cause"] == called["q850_cause"] == 16


def test_nobody_answers(lab: Lab) -> None:
    lab.execute("UPDATE endpoints SET ring_timeout_s = 1 WHERE id = 1")
    try:
        with lab.far_end("PHONE_201", "uas_ring") as phone:
            caller = lab.call("WESTCALL", NUMBER)
    finally:
        lab.execute("UPDATE endpoints SET ring_timeout_s = 25 WHERE id = 1")

    assert caller.statuses()[-1] == 480
    assert len(phone.received("CANCEL")) == 1
    calling, called = lab.channels()
    assert calling["q850_cause"] == 19
    assert calling["dial_status"] == "NOANSWER"
    assert called["answered_at"] is None
    assert called["q850_cause"] == 16, "this side gave up"


def talked_ms(messages: list[SipMessage]) -> float:
    """From the answer to the hangup, as the caller saw it."""
    answer = next(message for message in messages if message.status == 200)
    bye = next(message for message in messages if message.method == "BYE")
    return (bye.instant - answer.instant) * 1000
