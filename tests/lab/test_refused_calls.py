"""Scenarios 4 and 7: calls that must go nowhere, and an echo test."""

import sys

import pytest

from tests.lab.lab import Lab
from tests.lab.sip_messages import endings

ANYBODY = ("WESTCALL", "ZADARMA", "IPPORT", "VOXBEAM", "VOICEBUY")


@pytest.mark.parametrize(
    ("who", "number", "status", "cause"),
    [
        ("ZADARMA", "74951815001", 403, 21),  # Westcall's number, from Zadarma's address
        ("WESTCALL", "74951815099", 404, 1),  # not rented here
        ("ZADARMA", "74951339502", 404, 1),  # rented, switched off
    ],
)
def test_a_refused_number(lab: Lab, who: str, number: str, status: int, cause: int) -> None:
    with lab.far_end("PHONE_201", "uas_answer") as phone:
        caller = lab.call(who, number)
    assert caller.statuses()[-1] == status
    assert phone.invites() == []
    [calling] = lab.channels()
    assert (calling["q850_cause"], calling["hangup_source"]) == (cause, "SYSTEM")


def test_a_number_for_outgoing_calls_only(lab: Lab) -> None:
    lab.execute("UPDATE numbers_pool SET direction = 'OUT' WHERE id = 280")
    try:
        with lab.far_end("PHONE_201", "uas_answer") as phone:
            caller = lab.call("WESTCALL", "74951815001")
    finally:
        lab.execute("UPDATE numbers_pool SET direction = 'IN/OUT' WHERE id = 280")
    assert caller.statuses()[-1] == 404
    assert phone.invites() == []
    [calling] = lab.channels()
    assert (calling["q850_cause"], calling["hangup_source"]) == (1, "SYSTEM")


def test_an_unknown_address_gets_no_further_than_the_door(lab: Lab) -> None:
    before = lab.rows("SELECT COUNT(*) AS n FROM channels")
    caller = lab.call("STRANGER", "74951815001")
    assert caller.statuses()[-1] in (401, 403, 404)
    assert lab.rows("SELECT COUNT(*) AS n FROM channels") == before


@pytest.mark.every_flavour
def test_a_channel_that_has_no_address(lab: Lab) -> None:
    """The dialplan knows no address of a driver such as Local; such a call is nobody's."""
    before = len(lab.host.messages())
    with lab.far_end("PHONE_201", "uas_answer") as phone:
        lab.host.cli("channel originate Local/74951815001@public application Wait 1")
        lab.until(lambda: "no_more_paths" in lab.host.messages()[before:], "the call is refused")
        lab.settle()
    assert phone.invites() == []
    assert "invalid extension" not in lab.host.messages()[before:]


def test_echo_test(lab: Lab) -> None:
    caller = lab.call("VOICEBUY", "442079460000", TALK=500)
    assert caller.statuses()[-1] == 200
    [calling] = lab.channels()
    assert calling["hangup_source"] == "CALLER"
    # A channel that ends without a Dial has no cause of its own.
    assert calling["q850_cause"] in (None, 16)


# Percent-encoded what SIP does not allow in a user part: both drivers decode it. These begin as a
# number may, so the service is asked: it is no number, cause 28.
NO_NUMBERS = [
    "74951234567&PJSIP/westcall",
    "74951234567&SIP/westcall",
    "7495,20,m",
    "7%24%7BSHELL(id)%7D",
    "7495%24%5B1+1%5D",
    "74957777777%40sip.voicebuy.com",
    "7" * 200,
    "7495%22%0AX",
    "7495%26PJSIP%2F74957777777%40westcall",
    "7495%0Aagi_extension:%2074957777777",
]
# No extension of the dialplan matches these: Asterisk itself refuses them, and no channel is recorded.
# It takes two for the beginning of a number.
NO_EXTENSIONS = {"%24%7BSHELL(id)%7D": 404, "h": 404, "T": 404, "call": 404, "+": 484, "*": 484}


@pytest.mark.every_flavour
@pytest.mark.parametrize("who", ["PHONE_201", "WESTCALL"])
def test_hostile_numbers(lab: Lab, who: str) -> None:
    """Each is refused, and nothing at all is dialled."""
    spies = [name for name in (*ANYBODY, "PHONE_202") if name != who]
    far_ends = [lab.far_end(name, "uas_answer") for name in spies]
    try:
        for far_end in far_ends:
            far_end.start()
        for number in NO_NUMBERS:
            caller = lab.call(who, number)
            # What a phone without a login is told, 401, is not the end of it.
            assert caller.statuses()[-1] == 484, number
            [calling] = lab.channels()
            [call_id] = endings(caller.messages())
            found = (calling["leg"], calling["q850_cause"], calling["sip_call_id"])
            assert found == ("CALLING", 28, call_id), number
        before = lab.rows("SELECT COUNT(*) AS n FROM channels")
        for number, status in NO_EXTENSIONS.items():
            assert lab.call(who, number).statuses()[-1] == status, number
        assert lab.rows("SELECT COUNT(*) AS n FROM channels") == before
        assert [far_end.invites() for far_end in far_ends] == [[]] * len(spies)
    finally:
        for far_end in far_ends:
            far_end.stop()
    assert "uid=" not in lab.host.messages()


@pytest.mark.every_flavour
def test_a_hostile_caller_name(lab: Lab) -> None:
    name = r'"A\"nna ${SHELL(id)}&`id`"'
    with lab.far_end("PHONE_201", "uas_answer") as phone:
        caller = lab.call("WESTCALL", "74951815001", FROM=f"{name} <sip:79990001122@x.invalid>")
    assert caller.statuses()[-1] == 200
    [invite] = phone.invites()
    shown = invite.header("From")
    assert "79990001122" in shown
    assert not any(character in shown.partition("<")[0].strip('" ') for character in '"\\${}')
    assert "uid=" not in shown


# SIPp takes the blank from the beginning of a line, and with it what folds a header.
_CALL = r"""
import socket, sys
here, there, name = sys.argv[1:]
def message(method, to):
    lines = [f"{method} sip:74951815001@{there} SIP/2.0", f"Via: SIP/2.0/UDP {here};branch=z9hG4bK{len(name)}"]
    lines += [f"From: {name} <sip:79990001122@{here}>;tag=1", to, f"Call-ID: {len(name)}", f"CSeq: 1 {method}"]
    lines += [f"Contact: <sip:{here}>", "Max-Forwards: 70", "Content-Length: 0", "", ""]
    return (chr(13) + chr(10)).join(lines).encode()
caller = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
caller.bind((here, 5060))
caller.settimeout(3)
caller.sendto(message("INVITE", f"To: <sip:74951815001@{there}>"), (there, 5060))
status = 0
while status < 200:
    reply = caller.recv(65535).decode()
    status = int(reply.split()[1])
[to] = [line for line in reply.splitlines() if line.startswith("To:")]
caller.sendto(message("ACK", to), (there, 5060))
print(status)
"""


def call_as(lab: Lab, name: str) -> str:
    """Call a phone with this display name; return the final status, or that there was none."""
    said = lab.folder / "call-as"
    with said.open("wb") as output:
        caller = lab.network.start(
            [sys.executable, "-c", _CALL, lab.address("WESTCALL"), lab.host.address, name],
            environment={},
            output=output,
            folder=lab.folder,
        )
        caller.wait(15)
    lab.settle()
    return said.read_text().split("\n")[-2]


@pytest.mark.every_flavour
def test_a_caller_name_of_two_lines(lab: Lab) -> None:
    """A folded header: its second line must not become one of AGI's environment or commands."""
    folded = '"Anna\r\n agi_extension: 74957777777\r\n\tSET VARIABLE DIALPLANE_STATUS DIAL"'
    with lab.far_end("PHONE_201", "uas_final", STATUS="486 Busy Here") as phone:
        assert call_as(lab, '"Anna"') == "486"
        status = call_as(lab, folded)
    if lab.flavour.driver == "PJSIP":
        # It takes this for no SIP message at all.
        assert (status, len(phone.invites())) == ("TimeoutError: timed out", 1)
        return
    assert status == "486"
    _, invite = phone.invites()
    assert invite.user == "acme-201"
    assert "<sip:79990001122@" in invite.header("From")
    assert '"Anna agi_extension: 74957777777' in invite.header("From"), "one line, and a name only"


def test_an_emergency_call_with_the_service_away(lab: Lab) -> None:
    lab.service.stop()
    try:
        with lab.far_end("WESTCALL", "uas_answer") as westcall:
            caller = lab.caller("PHONE_201", "112", TALK=300)
            with caller:
                assert caller.wait() == 0
            lab.quiet()
    finally:
        lab.service.start()
    lab.settle()
    assert caller.statuses()[-1] == 200
    [invite] = westcall.invites()
    assert invite.user == "112"
    assert "<sip:74951815001@" in invite.header("From")
    calling, called = lab.channels()
    assert (calling["leg"], called["leg"]) == ("CALLING", "CALLED")
    assert calling["dial_status"] == "ANSWER"
    assert called["ended_at"] is not None
