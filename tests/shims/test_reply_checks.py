"""A wrong or hostile reply never reaches Dial() or Goto()."""

from typing import Any

import pytest

from dialplane.routing.v1 import (
    build_dial_string_pb2,
    caller_pb2,
    classify_call_pb2,
    number_pb2,
    target_pb2,
)
from dialplane_shims import incoming, incoming_dialer
from dialplane_shims.answer import NonsenseReplyError
from tests.shims import replies
from tests.shims.fake_asterisk import provider_call, user_call
from tests.shims.test_scripts import CLASSIFIED
from tests.shims.test_translation import of


def dialler_answers(reply: build_dial_string_pb2.BuildDialStringResponse) -> str:
    inputs = of(incoming_dialer, user_call(**CLASSIFIED))
    return incoming_dialer.answer(reply, incoming_dialer.request(inputs), inputs).status


def incoming_answers(reply: classify_call_pb2.ClassifyCallResponse) -> str:
    inputs = of(incoming, provider_call())
    return incoming.answer(reply, incoming.request(inputs), inputs).status


@pytest.mark.parametrize(
    "dial_string",
    [
        "SIP/sip.zadarma.com/74957777777",
        "SIP/westcall/74957777777",
        "SIP/sbc.voxbeam.com/001110174957777777",
        "SIP/sip.n1.ipport.net/+74957777777",
        "PJSIP/74957777777@westcall",
        "PJSIP/msk-101&PJSIP/msk-102",
        "IAX2/msm@msm/74957777777",
        "IAX2/user:[key]@host/exten",
        "OOH323/74957777777@gate",
    ],
)
def test_dial_strings_that_are_dialled(dial_string: str) -> None:
    assert dialler_answers(replies.dial(dial_string=dial_string)) == "DIAL"


DIAL: dict[str, list[Any]] = {
    "dial_string": [
        "",
        "SIP/a,20,m",
        "SIP/a&",
        "&SIP/a",
        "SIP/a&7495",
        "Local/900@premium",
        "SIP/${SHELL(id)}",
        'SIP/a"',
        "SIP/a\nSET VARIABLE x y",
        "SIP/a\n",
        "SIP/a b",
        "SIP/a^b",
        "SIP/a|b",
        "SIP/\u0661",
        "74957777777",
        "SIP/" + "7" * 900,
    ],
    "route_id": ["", "a,b", "a b", "x" * 33, "r\n"],
    "dial_options": [
        "U(x)",
        "G(a)",
        "M(m)",
        "b(s)",
        "L(1)",
        "S(5)",
        "F(x)",
        "e",
        "i,20",
        "i(",
        "1",
    ],
    "ring_timeout_s": [0, 121],
    "longest_duration_s": [2**31],
    "sent_number": ["7495,1", "7" * 65, "7 4"],
    "provider": ['a"b', "a\nb", "$x", "y" * 51],
    "via_server": ["a\\b"],
    "caller": [
        caller_pb2.PresentedCaller(number="++7495"),
        caller_pb2.PresentedCaller(number="7" * 25),
        caller_pb2.PresentedCaller(asserted_identity="x"),
        caller_pb2.PresentedCaller(diversion="7495@x"),
    ],
    "headers": [
        [build_dial_string_pb2.SipHeader(name="X Y", value="1")],
        [build_dial_string_pb2.SipHeader(name="", value="1")],
        [build_dial_string_pb2.SipHeader(name="X", value="1\r\nEvil: 2")],
        [build_dial_string_pb2.SipHeader(name="X", value="é")],
        [build_dial_string_pb2.SipHeader(name="X", value="1")] * 11,
    ],
}


@pytest.mark.parametrize(("field", "value"), [(f, value) for f in DIAL for value in DIAL[f]])
def test_dial_instructions_that_are_nonsense(field: str, value: Any) -> None:
    with pytest.raises(NonsenseReplyError):
        dialler_answers(replies.dial(**{field: value}))


@pytest.mark.parametrize("options", ["", "i", "iTt", "rm(default)", "R"])
def test_dial_options_that_are_used(options: str) -> None:
    assert dialler_answers(replies.dial(dial_options=options)) == "DIAL"


@pytest.mark.parametrize(
    "fields",
    [
        {"context": ""},
        {"context": "a,b"},
        {"context": "${X}"},
        {"context": "x" * 80},
        {"extension": "s\n"},
        {"extension": ""},
        {"extension": "s,1"},
        {"extension": "_."},
        {"priority": 0},
        {"priority": 10_000},
    ],
)
def test_locations_that_are_nonsense(fields: dict[str, Any]) -> None:
    with pytest.raises(NonsenseReplyError):
        dialler_answers(replies.location(**fields))


@pytest.mark.parametrize("fields", [{"q850_cause": 0}, {"q850_cause": 128}, {"sip_status": 200}])
def test_ends_that_are_nonsense(fields: dict[str, Any]) -> None:
    with pytest.raises(NonsenseReplyError):
        dialler_answers(replies.no_more_routes(**fields))
    with pytest.raises(NonsenseReplyError):
        incoming_answers(replies.refusal(**fields))


def test_empty_replies_are_nonsense() -> None:
    with pytest.raises(NonsenseReplyError):
        dialler_answers(build_dial_string_pb2.BuildDialStringResponse())
    with pytest.raises(NonsenseReplyError):
        incoming_answers(classify_call_pb2.ClassifyCallResponse())


def targets(*ids: str) -> classify_call_pb2.Targets:
    return classify_call_pb2.Targets(targets=[target_pb2.Target(target_id=each) for each in ids])


@pytest.mark.parametrize(
    "fields",
    [
        {"call_id": ""},
        {"call_id": "a b"},
        {"call_id": "x" * 33},
        {"decided_at": None},
        {"account": 'a"b'},
        {"called": None},
        {"called": number_pb2.Number(e164="7495,20,m")},
        {"called": number_pb2.Number(e164="7" * 16)},
        {"called": number_pb2.Number(feature_code="97")},
        {"called": number_pb2.Number(e164="7495", routing_number="x")},
        {"targets": None},
        {"targets": targets()},
        {"targets": targets("a,b")},
        {"targets": targets(*"abcdefghijk")},
        {
            "targets": classify_call_pb2.Targets(
                targets=[
                    target_pb2.Target(
                        target_id="s", server=target_pb2.ServerTarget(forward_path="Local/x")
                    )
                ]
            )
        },
    ],
)
def test_classifications_that_are_nonsense(fields: dict[str, Any]) -> None:
    with pytest.raises(NonsenseReplyError):
        incoming_answers(replies.targets(**fields))
