"""What a dial instruction may ask for beside the number: a recording, a longest duration, headers.

No data says any of it yet, so a service in front of the real one does.
"""

import wave
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.lab.generous_service import generous_service
from tests.lab.lab import Lab
from tests.lab.sip_messages import SipMessage

NUMBER = "74957777777"
DIAL = """
recording: RECORDING_DECISION_ON
longest_duration_s: 2
early_media: EARLY_MEDIA_POLICY_LOCAL_RINGING
caller { diversion: "74951815002" presentation: PRESENTATION_RESTRICTED }
headers { name: "X-Account" value: "17; of=acme, <b>" }
headers { name: "X-Second" value: "a:b" }
"""


@pytest.fixture(scope="module", autouse=True)
def generous(running: Lab) -> Iterator[None]:
    """Every call has all of it."""
    with generous_service(running, DIAL):
        yield


def recordings(lab: Lab) -> list[Path]:
    """The recordings of the last call."""
    [call_id] = {row["call_id"] for row in lab.channels()}
    return list((lab.host.run / "spool/monitor/dialplane").glob(f"{call_id}*"))


def test_a_call_is_recorded_once(lab: Lab) -> None:
    """Three attempts, one file, with the conversation and nothing of the ringing before it."""
    with ExitStack() as stack:
        for name in ("WESTCALL", "ZADARMA"):
            stack.enter_context(lab.far_end(name, "uas_final", STATUS="503 Unavailable"))
        stack.enter_context(lab.far_end("IPPORT", "uas_answer", RING=800))
        caller = lab.call("PHONE_201", NUMBER, TALK=1000, VOICE=voice(lab))
    assert caller.statuses()[-1] == 200
    [file] = recordings(lab)
    with wave.open(str(file)) as heard:
        assert heard.getnframes() / heard.getframerate() == pytest.approx(1.0, abs=0.6)
        assert any(heard.readframes(heard.getnframes())), "it holds more than silence"


def test_what_is_forwarded_is_recorded_once(lab: Lab) -> None:
    with (
        lab.far_end("PHONE_201", "uas_302", FORWARD="sip:202@elsewhere.invalid"),
        lab.far_end("PHONE_202", "uas_answer") as colleague,
    ):
        lab.call("WESTCALL", "74951815001", VOICE=voice(lab))
    assert len(colleague.invites()) == 1
    assert len(recordings(lab)) == 1


def test_what_is_transferred_is_recorded_on_each_leg(lab: Lab) -> None:
    with (
        lab.far_end("PHONE_201", "uas_transfer", FORWARD="202", TALK=500),
        lab.far_end("PHONE_202", "uas_answer_bye", TALK=500),
    ):
        lab.call("WESTCALL", "74951815001", "uac_wait")
    assert len(recordings(lab)) == 2


def test_a_call_that_nobody_answers_leaves_no_recording(lab: Lab) -> None:
    with lab.far_end("WESTCALL", "uas_final", STATUS="486 Busy Here"):
        lab.call("PHONE_201", NUMBER)
    assert recordings(lab) == []


def test_a_call_ends_when_it_has_lasted_long_enough(lab: Lab) -> None:
    with lab.far_end("WESTCALL", "uas_answer", RING=100) as westcall:
        caller = lab.call("PHONE_201", NUMBER, "uac_wait")
    for far_end in (caller, westcall):
        assert lasted_s(far_end.messages()) == pytest.approx(2, abs=0.6)
    calling, called = lab.channels()
    assert calling["answered_ms"] == pytest.approx(2000, abs=600)
    assert calling["dial_status"] == "ANSWER"
    assert None not in (calling["ended_at"], called["ended_at"])
    assert (calling["hangup_source"], called["hangup_source"]) == (None, None), (
        "neither of them did"
    )


def test_whom_the_caller_transfers_is_recorded_on(lab: Lab) -> None:
    """The provider's leg goes on, and so does its recorder: there is no second one of the same words."""
    with (
        lab.far_end("WESTCALL", "uas_answer") as westcall,
        lab.far_end("PHONE_202", "uas_answer_bye", TALK=400) as colleague,
    ):
        lab.call("PHONE_201", NUMBER, "uac_transfer", FORWARD="202", TALK=400)
    assert (len(westcall.invites()), len(colleague.invites())) == (1, 1)
    assert len(westcall.received("BYE")) == 1
    assert len(recordings(lab)) == 1


@pytest.mark.every_flavour
def test_the_headers_that_a_provider_gets(lab: Lab) -> None:
    """Each attempt has its own, once; a caller who is not to be shown is in the trusted header only."""
    with (
        lab.far_end("WESTCALL", "uas_final", STATUS="503 Unavailable") as first,
        lab.far_end("ZADARMA", "uas_final", STATUS="486 Busy Here") as second,
    ):
        lab.call("PHONE_201", NUMBER)
    for far_end in (first, second):
        [invite] = far_end.invites()
        assert invite.header("X-Account") == "17; of=acme, <b>"
        assert invite.header("X-Second") == "a:b"
        assert "<sip:74951815002@" in invite.header("Diversion")
        assert invite.header("Privacy") == "id"
        assert "anonymous" in invite.header("From")
    [invite] = first.invites()
    assert "<sip:74951815001@" in invite.header("P-Asserted-Identity")


@pytest.mark.every_flavour
def test_local_ringing_instead_of_early_media(lab: Lab) -> None:
    with lab.far_end("WESTCALL", "uas_early", RING=500):
        caller = lab.call("PHONE_201", NUMBER, TALK=300)
    assert 180 in caller.statuses()
    assert 183 not in caller.statuses()


def voice(lab: Lab) -> str:
    """A caller that hums: 400 Hz, in A-law."""
    file = lab.folder / "voice.alaw"
    file.write_bytes(bytes((0x55, 0x25, 0x2A, 0x25, 0x55, 0xA5, 0xAA, 0xA5)) * 1000)
    return f'<nop><action><exec rtp_stream="{file},-1,8"/></action></nop>'


def lasted_s(messages: list[SipMessage]) -> float:
    """From the answer to the hangup, as this side saw it."""
    answer = next(message for message in messages if message.status == 200)
    bye = next(message for message in messages if message.method == "BYE")
    return bye.instant - answer.instant
