"""Scenarios 3 and 6: known clients, and endpoints that send their calls on."""

from tests.lab.lab import Lab

OUTSIDE = "74957777777"


def test_an_endpoint_that_forwards_pays(lab: Lab) -> None:
    with (
        lab.far_end("PHONE_201", "uas_302", FORWARD=f"sip:{OUTSIDE}@elsewhere.invalid") as phone,
        lab.far_end("WESTCALL", "uas_answer") as westcall,
    ):
        caller = lab.call("VOICEBUY", "442038070123", FROM="<sip:442079460100@voicebuy.com>")
    assert caller.statuses()[-1] == 200
    assert len(phone.invites()) == 1
    [invite] = westcall.invites()
    assert invite.user == OUTSIDE
    assert len({row["call_id"] for row in lab.channels()}) == 1
    assert {row["account"] for row in lab.channels()} == {"acme"}


def test_a_provider_that_forwards_is_ignored(lab: Lab) -> None:
    with (
        lab.far_end("WESTCALL", "uas_302", FORWARD="sip:79001234567@expensive.invalid"),
        lab.far_end("ZADARMA", "uas_answer") as zadarma,
    ):
        caller = lab.call("PHONE_201", OUTSIDE)
    assert caller.statuses()[-1] == 200
    [invite] = zadarma.invites()
    assert invite.user == OUTSIDE


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
    assert len({row["call_id"] for row in lab.channels()}) == 1


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
