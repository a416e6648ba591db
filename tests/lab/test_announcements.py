"""What a device hears when its call fails, and the status that it gets after it."""

import wave
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.lab.lab import Lab
from tests.lab.sipp import Sipp

NUMBER = "74957777777"
PACKETS_A_SECOND = 50


@contextmanager
def users_hear(lab: Lab, what: str) -> Iterator[None]:
    """Set what the host's users hear, inside the block."""
    lab.host.cli(f"dialplan set global LAB_USERS_HEAR {what}")
    lab.host.cli("rtp set debug on")
    try:
        yield
    finally:
        lab.host.cli("rtp set debug off")
        lab.host.cli('dialplan set global LAB_USERS_HEAR ""')


def heard(lab: Lab, caller: Sipp, before: int) -> tuple[float, float]:
    """From the early media's beginning to the call's end, seconds; and how much was played in them."""
    [early] = [message for message in caller.messages() if message.status == 183]
    assert "m=audio" in early.body
    final = next(
        message for message in caller.messages() if message.status > 400 and message.status != 401
    )
    sent = lab.host.messages()[before:].count(f"Sent RTP packet to      {caller.address}:")
    return final.instant - early.instant, sent / PACKETS_A_SECOND


def test_a_tone(lab: Lab) -> None:
    before = len(lab.host.messages())
    with users_hear(lab, "tone"), lab.far_end("WESTCALL", "uas_final", STATUS="486 Busy Here"):
        caller = lab.call("PHONE_201", NUMBER)
    assert heard(lab, caller, before) == pytest.approx((3, 3), abs=0.6)
    assert caller.statuses()[-1] == 486
    calling, called = lab.channels()
    assert (calling["q850_cause"], called["q850_cause"]) == (17, 17)


def test_a_sound_file(lab: Lab) -> None:
    sound = lab.host.run / "lib/no-more-paths.wav"
    with wave.open(str(sound), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes((0, 16)) * 8000)
    before = len(lab.host.messages())
    with (
        users_hear(lab, str(sound.with_suffix(""))),
        lab.far_end("WESTCALL", "uas_final", STATUS="603 Decline"),
    ):
        caller = lab.call("PHONE_201", NUMBER)
    assert heard(lab, caller, before) == pytest.approx((1, 1), abs=0.6)
    # Before 22 Asterisk can say a cause only, and 403 and 603 are one.
    assert caller.statuses()[-1] == (603 if lab.flavour.release == 22 else 403)
    assert lab.channels()[0]["q850_cause"] == 21


def test_a_provider_hears_nothing(lab: Lab) -> None:
    """It takes its call elsewhere, and early media would make it believe that somebody is there."""
    with users_hear(lab, "tone"):
        caller = lab.call("WESTCALL", "74951815099")
    assert caller.statuses() == [100, 404]


def test_a_caller_who_does_not_want_to_hear_it_all(lab: Lab) -> None:
    with users_hear(lab, "tone"), lab.far_end("WESTCALL", "uas_final", STATUS="486 Busy Here"):
        caller = lab.call("PHONE_201", NUMBER, "uac_cancel", PATIENCE=800)
    assert caller.statuses()[-1] == 487
    calling, _ = lab.channels()
    assert calling["hangup_source"] == "CALLER"
    assert calling["ended_at"] is not None


def test_a_file_that_is_not_there(lab: Lab) -> None:
    """The caller hears nothing, and gets the status all the same."""
    with (
        users_hear(lab, "/nowhere/no-such-file"),
        lab.far_end("WESTCALL", "uas_final", STATUS="486 Busy Here"),
    ):
        caller = lab.call("PHONE_201", NUMBER)
    assert caller.statuses()[-1] == 486
