"""Scenarios 3 and 6: known clients, and endpoints that send their calls on."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.lab.lab import Lab, outcomes

OUTSIDE = "74957777777"
NUMBER = "442038070123"


HOSTILE = (
    "sip:PJSIP/79001234567%40westcall@elsewhere.invalid",
    "sip:Local/*97%40features@elsewhere.invalid",
    "sip:74957777777%26PJSIP%2F79001234567%40westcall@elsewhere.invalid",
    "sip:7495,20,m@elsewhere.invalid",
    "sip:s@elsewhere.invalid",
    "sip:" + 200 * "7" + "@elsewhere.invalid",
)


@pytest.fixture
def direct(lab: Lab) -> Iterator[None]:
    """NUMBER leads to one phone, and belongs to another account than the phone."""
    change = "UPDATE numbers_pool SET target_id = %s, account_id = %s WHERE number = %s"
    lab.execute(change, 1, 2, NUMBER)
    yield
    lab.execute(change, 2, 1, NUMBER)


@pytest.mark.every_flavour
@pytest.mark.usefixtures("direct")
def test_an_endpoint_that_forwards_pays(lab: Lab) -> None:
    with (
        lab.far_end("PHONE_201", "uas_302", FORWARD=f"sip:{OUTSIDE}@elsewhere.invalid") as phone,
        lab.far_end("WESTCALL", "uas_answer") as westcall,
    ):
        caller = lab.call("VOICEBUY", NUMBER, FROM="<sip:442079460100@voicebuy.com>")
    assert caller.statuses()[-1] == 200
    assert len(phone.invites()) == 1
    [invite] = westcall.invites()
    assert invite.user == OUTSIDE
    rows = lab.channels()
    assert len({row["call_id"] for row in rows}) == 1
    [outside] = [row for row in rows if "/westcall" in row["name"]]
    assert outside["account"] == "acme"
    [callers] = [row for row in rows if "voicebuy" in row["name"]]
    assert callers["account"] == "visitor"


@pytest.mark.every_flavour
@pytest.mark.usefixtures("direct")
def test_an_endpoint_that_forwards_to_no_number(lab: Lab) -> None:
    """Nothing but what the device could have dialled itself is dialled."""
    spies = ("WESTCALL", "ZADARMA", "IPPORT", "VOXBEAM")
    with ExitStack() as stack:
        far_ends = [stack.enter_context(lab.far_end(who, "uas_answer")) for who in spies]
        for target in HOSTILE:
            with (
                lab.far_end("PHONE_201", "uas_302", FORWARD=target) as phone,
                lab.caller("VOICEBUY", NUMBER) as caller,
            ):
                caller.wait()
            lab.settle()
            assert caller.statuses()[-1] >= 400, target
            assert len(phone.invites()) == 1, target
            assert lab.channels()[0]["account"] == "visitor", target
        assert [far_end.invites() for far_end in far_ends] == [[]] * len(spies)


@pytest.mark.usefixtures("direct")
def test_endpoints_that_forward_to_each_other(lab: Lab) -> None:
    with (
        lab.far_end("PHONE_201", "uas_302", FORWARD="sip:202@elsewhere.invalid") as first,
        lab.far_end("PHONE_202", "uas_302", FORWARD="sip:201@elsewhere.invalid") as second,
    ):
        with lab.caller("VOICEBUY", NUMBER) as caller:
            caller.wait()
        lab.settle()
    assert caller.statuses()[-1] == 503
    assert (len(first.invites()), len(second.invites())) == (2, 1)
    assert lab.channels()[0]["q850_cause"] == 34


def test_a_provider_that_forwards_is_ignored(lab: Lab) -> None:
    with (
        lab.far_end("WESTCALL", "uas_302", FORWARD="sip:79001234567@expensive.invalid"),
        lab.far_end("ZADARMA", "uas_answer") as zadarma,
    ):
        caller = lab.call("PHONE_201", OUTSIDE)
    assert caller.statuses()[-1] == 200
    [invite] = zadarma.invites()
    assert invite.user == OUTSIDE
    calling, *called = lab.channels()
    assert outcomes(called) == [
        ("acme", "g9.A", 23, 302, ""),
        ("acme", "a7.A", 16, 200, "CALLER"),
    ]
    assert outcomes([calling]) == [("acme", None, 16, None, "CALLER")]


def test_an_endpoint_that_transfers(lab: Lab) -> None:
    with (
        lab.far_end("PHONE_201", "uas_transfer", FORWARD="202", TALK=500) as phone,
        lab.far_end("PHONE_202", "uas_answer_bye", TALK=500) as colleague,
    ):
        caller = lab.call("WESTCALL", "74951815001", "uac_wait")
    assert caller.statuses()[-1] == 200
    assert len(phone.invites()) == 1
    [invite] = colleague.invites()
    assert invite.user == "acme-202"
    calling, *called = lab.channels()
    # Who sends a call on has not hung up on the caller; the colleague has.
    assert outcomes(called) == [
        ("acme", "e1", 16, 200, None),
        ("acme", "e2", 16, 200, "CALLED"),
    ]
    assert outcomes([calling]) == [("acme", None, 16, None, "CALLED")]
    assert all(leg["answered_at"] is not None for leg in called)
    assert calling["answered_ms"] == pytest.approx(1200, abs=300), "both conversations"


def test_a_known_client_gets_its_manager(lab: Lab) -> None:
    """The number itself leads to the group, as it does for a caller whom nobody knows."""
    with (
        lab.far_end("PHONE_201", "uas_answer", RING=300) as manager,
        lab.far_end("PHONE_202", "uas_answer") as colleague,
    ):
        caller = lab.call(
            "WESTCALL", "74951815000", FROM="<sip:442079460100@westcall.ru>", TALK=300
        )
        assert (len(manager.invites()), len(colleague.invites())) == (1, 0)
        stranger = lab.call("WESTCALL", "74951815000", FROM="<sip:442079460999@westcall.ru>")
    assert caller.statuses()[-1] == stranger.statuses()[-1] == 200
    assert (len(manager.invites()), len(colleague.invites())) == (2, 1)


def test_a_known_client_gets_the_group_when_the_manager_is_busy(lab: Lab) -> None:
    with (
        lab.far_end("PHONE_201", "uas_final", STATUS="486 Busy Here") as manager,
        lab.far_end("PHONE_202", "uas_answer") as colleague,
    ):
        caller = lab.call("WESTCALL", "74951815000", FROM="<sip:442079460100@westcall.ru>")
    assert caller.statuses()[-1] == 200
    assert len(manager.invites()) == 2, "as the manager, then as one of the group"
    assert len(colleague.invites()) == 1
    calling, *called = lab.channels()
    assert outcomes([calling]) == [("acme", None, 16, None, "CALLER")]
    # The group's last member is on a server that this lab has not.
    assert outcomes(called)[:3] == [
        ("acme", "e1", 17, 486, ""),
        ("acme", "r1", 17, 486, ""),
        ("acme", "r1", 16, 200, "CALLER"),
    ]
    assert [leg["attempt"] for leg in called][:3] == [1, 2, 2]
    assert [leg["answered_at"] is not None for leg in called][:3] == [False, False, True]


def test_a_known_client_gets_the_group_when_the_manager_is_not_registered(lab: Lab) -> None:
    lab.register("PHONE_201", seconds=0)
    try:
        with (
            lab.far_end("PHONE_201", "uas_answer") as manager,
            lab.far_end("PHONE_202", "uas_answer") as colleague,
        ):
            caller = lab.call("WESTCALL", "74951815000", FROM="<sip:442079460100@westcall.ru>")
    finally:
        lab.register("PHONE_201")
    assert caller.statuses()[-1] == 200
    assert manager.invites() == []
    [invite] = colleague.invites()
    assert invite.user == "acme-202"
    assert "442079460100" in invite.header("From")
    answered = [row for row in lab.channels() if row["answered_at"] is not None]
    assert {row["account"] for row in answered} == {"acme"}
