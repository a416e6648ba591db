"""Scenario 5: a user calls out; providers fail one after the other."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.lab.lab import Lab, outcomes
from tests.lab.sipp import Sipp

NUMBER = "74957777777"
PROVIDERS = ("WESTCALL", "ZADARMA", "IPPORT", "VOXBEAM", "VOICEBUY")


@pytest.fixture
def short_ringing(lab: Lab) -> Iterator[None]:
    """No provider may ring for longer than a second."""
    lab.execute("UPDATE providers SET ring_timeout_s = 1")
    yield
    lab.execute("UPDATE providers SET ring_timeout_s = NULL")


def refusing(lab: Lab, stack: ExitStack, status: str, *names: str) -> list[Sipp]:
    """Far ends that all answer with one final status."""
    return [stack.enter_context(lab.far_end(name, "uas_final", STATUS=status)) for name in names]


@pytest.mark.without_agent_too
@pytest.mark.every_flavour
@pytest.mark.usefixtures("short_ringing")
def test_the_first_fails_the_second_rings_out_the_third_answers(lab: Lab) -> None:
    with (
        lab.far_end("WESTCALL", "uas_final", STATUS="503 Service Unavailable") as westcall,
        lab.far_end("ZADARMA", "uas_ring") as zadarma,
        lab.far_end("IPPORT", "uas_answer", RING=200) as ipport,
    ):
        caller = lab.call("PHONE_201", NUMBER, TALK=600)

    assert caller.statuses()[-1] == 200
    [first], [second], [third] = westcall.invites(), zadarma.invites(), ipport.invites()
    assert (first.user, second.user, third.user) == (NUMBER, NUMBER, f"+{NUMBER}")
    assert "<sip:74951815001@" in first.header("From")
    assert "74951815001" in first.header("P-Asserted-Identity")
    # Zadarma presents a number of its own, and nobody here has one of its numbers.
    assert "7495" not in second.header("From")
    assert second.all("P-Asserted-Identity") == []
    assert "<sip:74957952301@" in third.header("From")

    calling, *called = lab.channels()
    assert [leg["attempt"] for leg in called] == [1, 2, 3]
    assert [leg["route_id"] for leg in called] == ["g9.A", "a7.A", "g2.A"]
    assert (called[0]["q850_cause"], called[0]["sip_status"]) == (34, 503)
    assert called[2]["q850_cause"] == 16
    assert [leg["answered_at"] is not None for leg in called] == [False, False, True]
    assert calling["dial_status"] == "ANSWER"
    assert calling["account"] == "acme"


@pytest.mark.every_flavour
def test_early_media_is_passed_on(lab: Lab) -> None:
    with lab.far_end("WESTCALL", "uas_early", RING=300):
        caller = lab.call("PHONE_201", NUMBER, TALK=300)
    assert caller.statuses()[-2:] == [183, 200]


@pytest.mark.without_agent_too
@pytest.mark.every_flavour
def test_busy_ends_the_search(lab: Lab) -> None:
    with (
        lab.far_end("WESTCALL", "uas_final", STATUS="486 Busy Here"),
        lab.far_end("ZADARMA", "uas_answer") as zadarma,
    ):
        caller = lab.call("PHONE_201", NUMBER)

    assert caller.statuses()[-1] == 486
    assert zadarma.invites() == []
    calling, called = lab.channels()
    assert (calling["q850_cause"], called["q850_cause"], called["sip_status"]) == (17, 17, 486)


@pytest.mark.every_flavour
def test_a_decline_ends_the_search_and_is_told(lab: Lab) -> None:
    with (
        lab.far_end("WESTCALL", "uas_final", STATUS="603 Decline"),
        lab.far_end("ZADARMA", "uas_answer") as zadarma,
    ):
        caller = lab.call("PHONE_201", NUMBER)

    # Before 22 Asterisk can say a cause only, and 403 and 603 are one.
    assert caller.statuses()[-1] == (603 if lab.flavour.release == 22 else 403)
    assert zadarma.invites() == []
    calling, called = lab.channels()
    assert outcomes([called]) == [("acme", "g9.A", 21, 603, "")]
    assert (calling["account"], calling["q850_cause"]) == ("acme", 21)
    assert (calling["answered_ms"], called["answered_at"]) == (None, None)


@pytest.mark.every_flavour
def test_a_forbidden_goes_on_to_the_next(lab: Lab) -> None:
    with (
        lab.far_end("WESTCALL", "uas_final", STATUS="403 Forbidden") as westcall,
        lab.far_end("ZADARMA", "uas_answer") as zadarma,
    ):
        caller = lab.call("PHONE_201", NUMBER)

    assert caller.statuses()[-1] == 200
    assert len(westcall.invites()) == len(zadarma.invites()) == 1
    calling, *called = lab.channels()
    assert outcomes(called) == [
        ("acme", "g9.A", 21, 403, ""),
        ("acme", "a7.A", 16, 200, "CALLER"),
    ]
    assert [leg["answered_at"] is not None for leg in called] == [False, True]
    assert outcomes([calling]) == [("acme", None, 16, None, "CALLER")]
    assert calling["answered_ms"] == pytest.approx(500, abs=200)


@pytest.mark.every_flavour
def test_prefixes_and_callers_of_the_last_providers(lab: Lab) -> None:
    with ExitStack() as stack:
        refusing(lab, stack, "503 Service Unavailable", "WESTCALL", "ZADARMA", "IPPORT")
        [voxbeam] = refusing(lab, stack, "500 Server Internal Error", "VOXBEAM")
        voicebuy = stack.enter_context(lab.far_end("VOICEBUY", "uas_answer"))
        caller = lab.call("PHONE_201", NUMBER)

    assert caller.statuses()[-1] == 200
    [first], [second] = voxbeam.invites(), voicebuy.invites()
    assert first.user == f"0011101{NUMBER}"
    assert second.user == f"9992{NUMBER}"
    # They are not Russian, so they show this called party a number of acme's that is not Russian either.
    assert "<sip:37167859001@" in first.header("From")
    assert "<sip:37167859001@" in second.header("From")
    calling, *called = lab.channels()
    assert outcomes(called) == [
        ("acme", "g9.A", 34, 503, ""),
        ("acme", "a7.A", 34, 503, ""),
        ("acme", "g2.A", 34, 503, ""),
        ("acme", "a1.C", 38, 500, ""),
        ("acme", "a35.C", 16, 200, "CALLER"),
    ]
    assert [leg["answered_at"] is not None for leg in called] == [False] * 4 + [True]
    assert outcomes([calling]) == [("acme", None, 16, None, "CALLER")]


@pytest.mark.every_flavour
def test_ten_failing_routes_end_with_the_last_cause(lab: Lab) -> None:
    rows = ", ".join(["(3, 'sip.zadarma.com', 'OUT')"] * 8)
    lab.execute(f"INSERT INTO providers_ips (provider_id, domainname, direction) VALUES {rows}")
    try:
        with ExitStack() as stack:
            far_ends = refusing(lab, stack, "404 Not Found", "WESTCALL", "ZADARMA")
            far_ends += refusing(lab, stack, "503 Service Unavailable", "IPPORT")
            caller = lab.call("PHONE_201", NUMBER)
    finally:
        lab.execute(
            "DELETE FROM providers_ips WHERE provider_id = 3"
            " AND domainname = 'sip.zadarma.com' AND id <> 7"
        )

    assert [len(far_end.invites()) for far_end in far_ends] == [1, 9, 0]
    assert caller.statuses()[-1] == 404
    calling, *called = lab.channels()
    assert [leg["attempt"] for leg in called] == list(range(1, 11))
    assert calling["q850_cause"] == 1


@pytest.mark.without_agent_too
@pytest.mark.every_flavour
def test_the_caller_hangs_up_while_it_rings(lab: Lab) -> None:
    with lab.far_end("WESTCALL", "uas_ring") as westcall:
        lab.call("PHONE_201", NUMBER, "uac_cancel_ringing", PATIENCE=300)

    assert len(westcall.received("CANCEL")) == 1
    calling, called = lab.channels()
    assert (calling["dial_status"], calling["hangup_source"]) == ("CANCEL", "CALLER")
    assert calling["q850_cause"] == called["q850_cause"] == 16
    assert called["answered_at"] is None
    assert called["ended_at"] is not None


@pytest.mark.every_flavour
@pytest.mark.without_agent_too
def test_the_caller_hangs_up_while_a_step_runs(lab: Lab) -> None:
    with (
        lab.far_end("WESTCALL", "uas_answer") as westcall,
        lab.service.frozen(),
        lab.caller("PHONE_201", NUMBER, "uac_cancel", PATIENCE=500) as caller,
    ):
        assert caller.wait() == 0
    lab.settle()
    assert caller.statuses()[-1] == 487
    assert westcall.invites() == []
    [calling] = lab.channels()
    assert calling["hangup_source"] == "CALLER"
    assert calling["ended_at"] is not None


@pytest.mark.every_flavour
@pytest.mark.without_agent_too
def test_the_caller_hangs_up_between_two_attempts(lab: Lab) -> None:
    with (
        lab.far_end("WESTCALL", "uas_ring_final", STATUS="503 Unavailable", RING=600) as westcall,
        lab.far_end("ZADARMA", "uas_answer") as zadarma,
        lab.caller("PHONE_201", NUMBER, "uac_cancel_ringing", PATIENCE=1500) as caller,
    ):
        lab.until(lambda: bool(westcall.invites()), "the first attempt is made")
        # What comes after it is asked for, and not answered before the caller is gone.
        with lab.service.frozen():
            assert caller.wait() == 0
    lab.settle()
    assert caller.statuses()[-1] == 487
    assert zadarma.invites() == []
    assert westcall.received("CANCEL") == []
    calling, called = lab.channels()
    assert calling["hangup_source"] == "CALLER"
    assert (called["attempt"], called["q850_cause"], called["sip_status"]) == (1, 34, 503)
    assert None not in (calling["ended_at"], called["ended_at"])
