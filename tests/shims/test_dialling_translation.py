"""The translation of `incoming_dialer`: what the call has come to, and what is dialled next."""

from typing import Any

import pytest

from dialplane.routing.v1 import (
    build_dial_string_pb2,
    caller_pb2,
    channel_pb2,
    classify_call_pb2,
    number_pb2,
    refusal_pb2,
)
from dialplane_shims import (
    incoming_dialer,
)
from dialplane_shims import variables as v
from dialplane_shims.answer import LocalRefusal
from dialplane_shims.attempt import outcome, ringing_ms
from dialplane_shims.inputs import number_from_text, number_to_text, presentation
from tests.shims import replies
from tests.shims.fake_asterisk import Channel, user_call
from tests.shims.test_scripts import CLASSIFIED
from tests.shims.test_translation import of


def second_attempt(**variables: bytes) -> Channel:
    return user_call(
        **CLASSIFIED,
        **{
            "DIALPLANE_ROUTE_ID": b"g8",
            "DIALPLANE_TRIED": b"",
            "DIALPLANE_RINGING_SPENT_MS": b"1000",
            "DIALSTATUS": b"BUSY",
            "HANGUPCAUSE": b"17",
            "HANGUPCAUSE_KEYS()": b"SIP/westcall-00000002",
            "HANGUPCAUSE(${HANGUPCAUSE_KEYS()},tech)": b"SIP 486 Busy Here",
            "DIALPLANE_DIALLED_AT": b"2025-11-22T22:40:14Z",
            "DIALEDTIME_MS": b"5000",
            "RINGTIME_MS": b"1500",
            **variables,
        },
    )


def test_what_the_second_attempt_knows_of_the_first() -> None:
    request = incoming_dialer.request(of(incoming_dialer, second_attempt()))
    assert request.attempt == 2
    assert list(request.tried_route_ids) == ["g8"]
    assert request.ringing_spent_ms == 4500
    assert request.last_outcome == build_dial_string_pb2.AttemptOutcome(
        dial_status=channel_pb2.DIAL_STATUS_BUSY, q850_cause=17, sip_status=486
    )


def test_a_step_that_is_repeated_does_not_count_twice() -> None:
    channel = second_attempt(DIALPLANE_TRIED=b"g8")
    assert incoming_dialer.request(of(incoming_dialer, channel)).attempt == 2


def test_attempts_end_at_the_eleventh_question() -> None:
    tried = ",".join(f"r{i}" for i in range(14)).encode()
    request = incoming_dialer.request(of(incoming_dialer, second_attempt(DIALPLANE_TRIED=tried)))
    assert request.attempt == 11
    assert len(request.tried_route_ids) == 10


def test_the_caller_is_the_one_who_was_received() -> None:
    channel = second_attempt()
    channel.environment["agi_callerid"] = b"74951815283"  # presented by the first attempt
    assert incoming_dialer.request(of(incoming_dialer, channel)).caller.number == "101"


def test_a_call_that_was_never_classified_is_not_dialled() -> None:
    with pytest.raises(LocalRefusal, match="NOT_CLASSIFIED"):
        incoming_dialer.request(of(incoming_dialer, user_call()))


def test_the_words_of_several_channels_are_not_asked_for() -> None:
    one, none, two = (
        incoming_dialer.reads_after(
            of(incoming_dialer, second_attempt(**{"HANGUPCAUSE_KEYS()": k}))
        )
        for k in (b"SIP/a-1", b"", b"SIP/a-1,SIP/b-2")
    )
    assert (one, none, two) == ((v.TECH_CAUSE_OF_DIAL,), (), ())


def dialled(**fields: Any) -> dict[str, str]:
    inputs = of(incoming_dialer, user_call(**CLASSIFIED))
    request = incoming_dialer.request(inputs)
    told = incoming_dialer.answer(replies.dial(**fields), request, inputs)
    return {variable.name: value for variable, value in told.values}


def test_a_hidden_caller() -> None:
    caller = caller_pb2.PresentedCaller(
        number="74951815000",
        name='An"na\\${X}\n',
        asserted_identity="74951815000",
        diversion="74951815001",
        presentation=caller_pb2.PRESENTATION_RESTRICTED,
    )
    values = dialled(caller=caller)
    assert values["DIALPLANE_CALLER_NAME"] == "AnnaX"
    assert values["DIALPLANE_CALLER_PRESENTATION"] == "prohib_passed_screen"
    assert values["DIALPLANE_PRIVACY"] == "id"
    assert values["DIALPLANE_ASSERTED_IDENTITY"] == "74951815000"
    assert values["DIALPLANE_DIVERSION"] == "74951815001"


def test_a_presentation_of_a_later_release_is_not_shown() -> None:
    values = dialled(caller=caller_pb2.PresentedCaller(presentation=77))  # type: ignore[arg-type]
    assert values["DIALPLANE_PRIVACY"] == "id"
    assert values["DIALPLANE_CALLER_PRESENTATION"] == "prohib_passed_screen"


def test_a_route_over_another_server_is_carried_only_if_a_providers() -> None:
    carried = dialled(via_server="asterisk-msm", carried_route_id="g8.A")
    assert carried["DIALPLANE_CARRIED_ROUTE_ID"] == "g8.A"
    assert dialled(via_server="asterisk-msm")["DIALPLANE_CARRIED_ROUTE_ID"] == ""


def test_headers_limits_and_admission() -> None:
    values = dialled(
        headers=[build_dial_string_pb2.SipHeader(name="X-Account", value="17; q")],
        longest_duration_s=3600,
        recording=classify_call_pb2.RECORDING_DECISION_ON,
        early_media=build_dial_string_pb2.EARLY_MEDIA_POLICY_PASS,
        admission_reason=refusal_pb2.REFUSAL_REASON_CREDIT_EXHAUSTED,
    )
    assert values["DIALPLANE_HEADER_COUNT"] == "1"
    assert values["DIALPLANE_HEADER_1"] == "X-Account: 17; q"
    assert values["DIALPLANE_LONGEST_DURATION"] == "3600"
    assert values["DIALPLANE_RECORDING"] == "ON"
    assert values["DIALPLANE_EARLY_MEDIA"] == "PASS"
    assert values["DIALPLANE_REASON"] == "CREDIT_EXHAUSTED"


def test_a_location_and_an_end() -> None:
    inputs = of(incoming_dialer, user_call(**CLASSIFIED))
    request = incoming_dialer.request(inputs)
    place = incoming_dialer.answer(replies.location(), request, inputs)
    assert place.status == "LOCATION"
    assert dict(place.values) == {
        v.REASON: "",
        v.LOCATION_KIND: "IVR",
        v.NEXT_CONTEXT: "ivr",
        v.NEXT_EXTENSION: "reception",
        v.NEXT_PRIORITY: "1",
    }
    end = incoming_dialer.answer(replies.no_more_routes(), request, inputs)
    assert end.status == "NO_MORE_ROUTES"
    assert dict(end.values) == {v.REASON: "FINAL_ANSWER", v.CAUSE: "17", v.SIP_STATUS: "486"}


@pytest.mark.parametrize(
    ("status", "dialled_ms", "ring", "progress", "spent"),
    [
        ("NOANSWER", "60000", "2000", "", 58000),
        ("NOANSWER", "60000", "2000", "500", 59500),
        ("NOANSWER", "60000", "", "", 60000),
        ("CONGESTION", "9000", "", "", 0),
        ("BUSY", "", "", "", 0),
        ("BUSY", "", "1500", "", 18500),  # told by DIALPLANE_DIALLED_AT, 20 s ago
        ("NOANSWER", "", "", "", 20000),
        ("BUSY", "x", "-1", "1e9", 0),
    ],
)
def test_ringing(status: str, dialled_ms: str, ring: str, progress: str, spent: int) -> None:
    channel = second_attempt(
        DIALSTATUS=status.encode(),
        DIALEDTIME_MS=dialled_ms.encode(),
        RINGTIME_MS=ring.encode(),
        PROGRESSTIME_MS=progress.encode(),
    )
    assert ringing_ms(of(incoming_dialer, channel)) == spent


@pytest.mark.parametrize(
    ("given", "spent"),
    [("2025-11-22T20:00:00Z", 118500), ("2999-01-01T00:00:00Z", 0), ("", 0), ("soon", 0)],
)
def test_ringing_by_a_clock_that_was_set(given: str, spent: int) -> None:
    channel = second_attempt(DIALPLANE_DIALLED_AT=given.encode(), DIALEDTIME_MS=b"")
    assert ringing_ms(of(incoming_dialer, channel)) == spent


def test_an_outcome_of_nonsense_is_unknown() -> None:
    channel = second_attempt(
        **{
            "DIALSTATUS": b"busy",
            "HANGUPCAUSE": b"128",
            "HANGUPCAUSE(${HANGUPCAUSE_KEYS()},tech)": b"SIP 999 x",
        }
    )
    assert outcome(of(incoming_dialer, channel)) == build_dial_string_pb2.AttemptOutcome()


@pytest.mark.parametrize(
    "number",
    [
        number_pb2.Number(e164="74957777777"),
        number_pb2.Number(e164="74957777777", routing_number="7495"),
        number_pb2.Number(national_short="100"),
        number_pb2.Number(emergency="112"),
        number_pb2.Number(extension="101"),
        number_pb2.Number(feature_code="*97"),
        number_pb2.Number(anonymous=number_pb2.Anonymous()),
    ],
)
def test_a_number_survives_a_channel_variable(number: number_pb2.Number) -> None:
    assert number_from_text(number_to_text(number)) == number


@pytest.mark.parametrize(("text", "name"), [("0", 1), ("35", 2), ("67", 3), ("", 0), ("x", 0)])
def test_presentation(text: str, name: int) -> None:
    assert presentation(text) == name
