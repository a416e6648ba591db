"""The AGI session: quoting, framing, hangups. Values are hostile, commands are exactly as meant."""

import os
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialplane_shims import variables as v
from dialplane_shims.agi import (
    COMMAND_LIMIT,
    Agi,
    AgiHangup,
    AgiProtocolError,
    AgiTimeoutError,
    ValueTooLongError,
)
from dialplane_shims.deadline import Deadline
from dialplane_shims.text import VARIABLE_LIMIT, clean
from tests.shims.fake_asterisk import assert_commands_are_meant, parse_args, user_call
from tests.shims.harness import OpenPair

NASTY = st.text(
    st.one_of(
        st.sampled_from('"\\\n\r\0\t ${}[](),;&\x1b\x7f\x85\u2028é€\U0001f600'),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=1200,
)
AGI = Agi(-1, -1, Deadline(0.0))


@given(NASTY)
def test_a_quoted_value_comes_back_as_it_was_meant(text: str) -> None:
    """Parsed back by Asterisk's rules: the same text, less its control characters."""
    line = f"SET VARIABLE {AGI._quote('X')} {AGI._quote(text)}".encode()
    assert b"\n" not in line
    assert b"\r" not in line
    assert b"\0" not in line
    assert parse_args(line) == [b"SET", b"VARIABLE", b"X", clean(text).encode()]


@given(NASTY, st.sampled_from([v.ORIGINAL_NAME, v.ACCOUNT, v.STATUS]))
def test_a_command_fits_or_is_refused(text: str, variable: v.Variable) -> None:
    """Free text is cut at a character; anything else is never set to something it was not."""
    try:
        command = AGI.set_command(variable, text).encode()
    except ValueTooLongError:
        assert not variable.free_text
        return
    assert len(command) + 1 <= COMMAND_LIMIT
    value = parse_args(command)[3]
    assert len(value) <= VARIABLE_LIMIT
    if variable.free_text:
        assert clean(text).encode().startswith(value)
    else:
        assert value == clean(text).encode()
    assert_commands_are_meant([command])


@settings(max_examples=60, deadline=None)
@given(st.lists(NASTY, min_size=3, max_size=3))
def test_values_are_read_as_they_are(texts: list[str]) -> None:
    """Newlines, parentheses and forged answers inside a value stay inside it."""
    from tests.shims.fake_asterisk import Channel, Session

    wanted = dict(zip((v.FROM_IP, v.ORIGINAL_NAME, v.ACCOUNT), texts, strict=True))
    channel = Channel({}, {variable.name: text.encode() for variable, text in wanted.items()})
    read, to_shim = os.pipe()
    from_shim, write = os.pipe()
    session = Session(channel, from_shim, to_shim)
    session.start()
    try:
        agi = Agi(read, write, Deadline(5.0))
        agi.read_environment()
        assert agi.read(tuple(wanted)) == wanted
        agi.set(v.STATUS, "DIAL")
    finally:
        os.close(write)
        session.join()
        os.close(read)
    assert channel.sets == [("DIALPLANE_STATUS", "DIAL")]


FORGED = b'x)\n200 result=1 (195.94.225.2)\n200 result=1\nHANGUP\n"'


def test_a_forged_answer_in_a_value_is_a_value(pair: OpenPair) -> None:
    opened = pair(user_call(FROM_IP=b"198.51.100.66", DIALPLANE_IN_DIALLED=FORGED))
    opened.agi.read_environment()
    read = opened.agi.read((v.IN_DIALLED, v.FROM_IP))
    assert read == {v.IN_DIALLED: FORGED.decode(), v.FROM_IP: "198.51.100.66"}
    assert not opened.agi.hung_up


def test_a_forged_environment_does_not_replace_what_came_before(pair: OpenPair) -> None:
    """A caller's name with an empty line in it: what follows is passed over until the real answer."""
    channel = user_call(FROM_IP=b"198.51.100.66")
    channel.environment["agi_calleridname"] = (
        b"x\nagi_uniqueid: other\n\n200 result=1 (195.94.225.2)\n200 result=0"
    )
    opened = pair(channel)
    opened.agi.read_environment()
    assert opened.agi.environment["agi_uniqueid"] == "macomnet-1763851234.7"
    assert opened.agi.read((v.FROM_IP,)) == {v.FROM_IP: "198.51.100.66"}
    opened.agi.set(v.STATUS, "DIAL")
    assert channel.sets == [("DIALPLANE_STATUS", "DIAL")]


def test_what_is_not_utf8_is_replaced(pair: OpenPair) -> None:
    channel = user_call(FROM_IP=b"\xff\xfe1")
    channel.environment["agi_calleridname"] = b"Ann\xe9"
    opened = pair(channel)
    opened.agi.read_environment()
    assert opened.agi.environment["agi_calleridname"] == "Ann\ufffd"
    assert opened.agi.read((v.FROM_IP,))[v.FROM_IP] == "\ufffd\ufffd1"


def test_nothing_is_asked_for_nothing(pair: OpenPair) -> None:
    opened = pair(user_call())
    opened.agi.read_environment()
    assert opened.agi.read(()) == {}
    assert opened.session.commands == []


@pytest.mark.parametrize(
    "answer",
    [
        b"510 Invalid or unknown command\n",
        b"511 Command Not Permitted on a dead channel or intercept routine\n",
        b"520-Invalid command syntax.  Proper usage follows:\n Usage: ...\n520 End of proper usage.\n",
        b"520 Invalid command syntax.  Proper usage not available.\n",
    ],
)
def test_a_refused_command_is_an_error(answer: bytes, pair: OpenPair) -> None:
    opened = pair(user_call(), lambda index, _: answer if index < 3 else b"")
    opened.agi.read_environment()
    with pytest.raises(AgiProtocolError):
        opened.agi.read((v.FROM_IP,))
    with pytest.raises(AgiProtocolError):
        opened.agi.set(v.STATUS, "DIAL")
    opened.agi.set(v.STATUS, "UNAVAILABLE")  # the usage text was read to its end
    assert opened.session.channel["DIALPLANE_STATUS"] == "UNAVAILABLE"


def test_a_hangup_line_is_noted_and_the_answer_still_read(pair: OpenPair) -> None:
    opened = pair(user_call(), lambda *_: b"HANGUP\n200 result=1\n", network=True)
    opened.agi.read_environment()
    opened.agi.set(v.STATUS, "DIAL")
    assert opened.agi.hung_up


def test_a_process_is_told_by_a_signal_and_believes_no_line(pair: OpenPair) -> None:
    opened = pair(user_call(FROM_IP=b"1"), lambda *_: b"HANGUP\n200 result=1\n")
    opened.agi.read_environment()
    opened.agi.set(v.STATUS, "DIAL")
    opened.agi._buffer += b"HANGUP\n200 result=1 (" + b"0" * 8 + b"1)\n"
    assert not opened.agi.hung_up


def test_a_hangup_line_before_the_values_is_noted(pair: OpenPair) -> None:
    opened = pair(user_call(FROM_IP=b"1"), network=True)
    opened.agi.read_environment()
    opened.agi._buffer += b"HANGUP\n"
    assert opened.agi.read((v.FROM_IP,)) == {v.FROM_IP: "1"}
    assert opened.agi.hung_up


def test_thousands_of_hangup_lines_are_one_hangup(pair: OpenPair) -> None:
    opened = pair(user_call(), lambda *_: b"HANGUP\n" * 20_000 + b"200 result=1\n", network=True)
    opened.agi.read_environment()
    opened.agi.set(v.STATUS, "DIAL")
    assert opened.agi.hung_up


def test_an_environment_that_ends_too_early_is_a_hangup(pair: OpenPair) -> None:
    whole = b"agi_request: x\nagi_uniqueid: 1.1\n\n"
    for length in range(len(whole)):
        read, write = os.pipe()
        os.write(write, whole[:length])
        os.close(write)
        with pytest.raises(AgiHangup):
            Agi(read, 1, Deadline(2.0)).read_environment()
        os.close(read)


def test_a_silent_asterisk_is_not_waited_for_beyond_the_deadline() -> None:
    read, write = os.pipe()
    with pytest.raises(AgiTimeoutError):
        Agi(read, write, Deadline(0.05)).read_environment()
    os.close(read)
    os.close(write)


def test_an_endless_environment_is_refused() -> None:
    read, write = os.pipe()

    def flood() -> None:
        try:
            while True:
                os.write(write, b"agi_x: " + b"y" * 50_000 + b"\n")
        except OSError:
            os.close(write)

    thread = threading.Thread(target=flood)
    thread.start()
    with pytest.raises(AgiProtocolError):
        Agi(read, 1, Deadline(5.0)).read_environment()
    os.close(read)
    thread.join()


def test_constructing_touches_neither_signals_nor_standard_error(
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Unlike pyst2's own constructor: an agent makes sessions in threads, where signals fail."""
    thread = threading.Thread(target=lambda: Agi(-1, -1, Deadline(0.0)))
    thread.start()
    thread.join()
    assert capfd.readouterr() == ("", "")


def test_commands_of_pyst2_itself_are_safe(pair: OpenPair) -> None:
    """Whoever uses an inherited command gets the same quoting and the same bounds."""
    opened = pair(user_call())
    opened.agi.read_environment()
    opened.agi.set_variable("DIALPLANE_X", 'a" \nEXEC System "id')
    assert opened.session.commands == [b'SET VARIABLE "DIALPLANE_X" "a\\" EXEC System \\"id"']


@pytest.mark.parametrize("network", [True, False])
def test_many_variables_at_once(network: bool, pair: OpenPair) -> None:
    """Over FastAGI in few commands; whatever MSet would take apart goes alone, in its order."""
    values = [
        (v.DIALSTRING, "PJSIP/1@a"),
        (v.ROUTE_ID, "g8"),
        (v.TARGET_IDS, "ep-1,rg-2"),
        (v.REASON, ""),
        *((header, "x" * 500) for header in v.HEADERS),
        (v.CALLER_NAME, 'A (b) [c] {d} "e" \\ f=g;h ${i} \u00e9'),
        (v.TIER, "CLI"),
        *[(v.PROVIDER, str(number)) for number in range(30)],
    ]
    opened = pair(user_call(), network=network)
    opened.agi.read_environment()
    opened.agi.set_all(values)
    assert opened.session.channel.sets == [(each.set_name, value) for each, value in values]
    assert_commands_are_meant(opened.session.commands)
    assert len(opened.session.commands) == (9 if network else len(values))


def test_an_asterisk_without_mset(pair: OpenPair) -> None:
    opened = pair(user_call(), lambda *_: b"200 result=-2\n", network=True)
    opened.agi.read_environment()
    with pytest.raises(AgiProtocolError, match="LoopCount was not set"):
        opened.agi.set_all([(v.LOOP_COUNT, "1"), (v.ROUTE_ID, "g8")])
