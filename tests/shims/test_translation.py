"""Each script's translation: what the channel means, and what the reply means for it."""

from typing import Any

import pytest

from dialplane.routing.v1 import (
    build_dial_string_pb2,
    call_class_pb2,
    caller_pb2,
    channel_pb2,
    classify_call_pb2,
    number_pb2,
    refusal_pb2,
    target_pb2,
)
from dialplane_shims import (
    create_channel_record,
    hangup,
    incoming,
    incoming_dialer,
    make_a_route,
    predial,
)
from dialplane_shims import variables as v
from dialplane_shims.answer import LocalRefusal
from dialplane_shims.attempt import outcome, ringing_ms
from dialplane_shims.inputs import Inputs, number_from_text, number_to_text, presentation
from tests.shims import replies
from tests.shims.fake_asterisk import Channel, provider_call, user_call
from tests.shims.test_scripts import CLASSIFIED


def inputs_of(channel: Channel, *variables: v.Variable) -> Inputs:
    """The inputs that a step would have read from `channel`."""
    environment = {key: value.decode() for key, value in channel.environment.items()}
    values = {each: channel.variables.get(each.name, b"").decode() for each in variables}
    return Inputs(environment, values, "", 1_763_851_234_000_000_000)


def of(script: Any, channel: Channel) -> Inputs:
    environment = {key: value.decode() for key, value in channel.environment.items()}
    return inputs_of(channel, *script.reads(environment), v.TECH_CAUSE_OF_DIAL)


# incoming


def sister_call(**variables: bytes) -> Channel:
    return provider_call(
        FROM_IP=b"[2001:db8::7]:4569",
        DIALPLANE_ORIGIN=b"sister",
        DIALPLANE_IN_CALL_ID=b"c7f3a9",
        DIALPLANE_IN_ROUTE_ID=b"g1",
        DIALPLANE_IN_ACCOUNT=b"acme",
        **variables,
    )


def test_a_sisters_call_carries_its_ids() -> None:
    request = incoming.request(of(incoming, sister_call()))
    assert request.sister == classify_call_pb2.SisterOrigin(
        peer_address="2001:db8::7", route_id="g1", account="acme"
    )
    assert request.call_id == "c7f3a9"


def test_a_providers_call_carries_nothing_of_a_sisters() -> None:
    channel = sister_call()
    channel.variables["DIALPLANE_ORIGIN"] = b""
    request = incoming.request(of(incoming, channel))
    assert request.call_id == ""
    assert request.WhichOneof("origin") == "provider"


@pytest.mark.parametrize(
    ("carried", "seconds"),
    [
        (b"2026-11-22T10:15:30.123456Z", 1_795_342_530),
        (b"", None),
        (b"yesterday", None),
        (b"1969-12-31T23:59:59Z", None),
    ],
)
def test_a_sisters_call_is_decided_as_of_its_own_instant(
    carried: bytes, seconds: int | None
) -> None:
    request = incoming.request(of(incoming, sister_call(DIALPLANE_IN_DECIDED_AT=carried)))
    assert (request.decided_at.seconds if request.HasField("decided_at") else None) == seconds


def test_a_broken_carried_route_is_not_another_call() -> None:
    channel = sister_call()
    channel.variables["DIALPLANE_IN_ROUTE_ID"] = b"g1&x"
    with pytest.raises(LocalRefusal, match="CARRIED_ROUTE_UNKNOWN"):
        incoming.request(of(incoming, channel))


@pytest.mark.parametrize(
    "address", ["", "sip.example.net", "1.2.3", "1.2.3.4 ", "::1%lo", "x" * 99]
)
def test_no_peer_address_is_no_call(address: str) -> None:
    channel = provider_call(FROM_IP=address.encode())
    if address.strip() == "1.2.3.4":
        assert incoming.request(of(incoming, channel)).provider.peer_address == "1.2.3.4"
        return
    with pytest.raises(LocalRefusal, match="PEER_ADDRESS_UNKNOWN"):
        incoming.request(of(incoming, channel))


def test_what_is_not_the_extension_and_who_is_not_the_caller() -> None:
    channel = provider_call(
        DIALPLANE_IN_DIALLED=b"+74951815000",
        DIALPLANE_IN_FORWARDED_ADDRESS=b"198.51.100.4",
        DIALPLANE_IN_ASSERTED_IDENTITY=b'"Anna" <sip:+74951234567@192.0.2.7;user=phone>',
        DIALPLANE_IN_ATTESTATION=b"B",
    )
    channel.environment["agi_callerid"] = b"unknown"
    channel.environment["agi_callingpres"] = b"35"
    channel.environment["agi_rdnis"] = b"74951815001"
    request = incoming.request(of(incoming, channel))
    assert request.dialled == "+74951815000"
    assert request.provider.forwarded_address == "198.51.100.4"
    assert request.caller == caller_pb2.Caller(
        name="Anna",
        presentation=caller_pb2.PRESENTATION_RESTRICTED,
        asserted_identity="+74951234567",
        diversion="74951815001",
        attestation=caller_pb2.STIR_ATTESTATION_PARTIAL,
    )


@pytest.mark.parametrize(
    ("header", "forwarded"),
    [
        (b" 198.51.100.4 ", "198.51.100.4"),
        (b"[2001:db8::1]:5060", "2001:db8::1"),
        (b"", ""),
        (b"sip.example.net", "sip.example.net"),
        (b"1.2.3.4.5", "1.2.3.4.5"),
    ],
)
def test_a_broken_forwarded_address_is_not_taken_for_none(header: bytes, forwarded: str) -> None:
    channel = provider_call(DIALPLANE_IN_FORWARDED_ADDRESS=header)
    assert incoming.request(of(incoming, channel)).provider.forwarded_address == forwarded


def test_a_refusal() -> None:
    channel = provider_call()
    inputs = of(incoming, channel)
    told = incoming.answer(replies.refusal(), incoming.request(inputs), inputs)
    values = {variable.name: value for variable, value in told.values}
    assert told.status == "REFUSED"
    assert values["DIALPLANE_REASON"] == "UNKNOWN_NUMBER"
    assert (values["DIALPLANE_CAUSE"], values["DIALPLANE_SIP_STATUS"]) == ("1", "404")
    assert values["DIALPLANE_CALL_ID"] == "c7f3a9"  # its end is recorded too


def test_a_refusal_that_a_later_release_added() -> None:
    inputs = of(incoming, provider_call())
    told = incoming.answer(replies.refusal(reason=999), incoming.request(inputs), inputs)
    assert (v.REASON, "999") in told.values


def test_a_number_of_another_server() -> None:
    target = target_pb2.Target(
        target_id="s2",
        server=target_pb2.ServerTarget(server="asterisk-msm", forward_path="IAX2/msm@msm"),
    )
    reply = replies.targets(
        call_class=call_class_pb2.CALL_CLASS_FORWARD,
        targets=classify_call_pb2.Targets(targets=[target]),
    )
    inputs = of(incoming, provider_call())
    told = incoming.answer(reply, incoming.request(inputs), inputs)
    assert (v.FORWARD_PATH, "IAX2/msm@msm") in told.values
    assert (v.NEXT_CONTEXT, "redirect") in told.values


def test_a_forwarded_call_starts_its_attempts_anew() -> None:
    inputs = of(incoming, provider_call(DIALPLANE_TRIED=b"g1", DIALPLANE_CALL_ID=b"c7f3a9"))
    told = incoming.answer(replies.targets(), incoming.request(inputs), inputs)
    for reset in ((v.TRIED, ""), (v.ROUTE_ID, ""), (v.RINGING_SPENT_MS, "0"), (v.REASON, "")):
        assert reset in told.values


# make_a_route


@pytest.mark.parametrize(
    ("channel", "function"),
    [
        ("PJSIP/msk-101-00000003", "CHANNEL(endpoint)"),
        ("SIP/msk-101-00000003", "CHANNEL(peername)"),
        ("IAX2/msk-101-4569", "CHANNEL(peername)"),
    ],
)
def test_the_device_is_what_asterisk_authenticated(channel: str, function: str) -> None:
    call = user_call()
    del call.variables["CHANNEL(endpoint)"]
    call.environment["agi_channel"] = channel.encode()
    call.variables[function] = b"msk-102"
    assert make_a_route.request(of(make_a_route, call)).endpoint.endpoint == "msk-102"


def test_no_device_is_no_call() -> None:
    call = user_call()
    del call.variables["CHANNEL(endpoint)"]
    with pytest.raises(LocalRefusal, match="UNKNOWN_ENDPOINT"):
        make_a_route.request(of(make_a_route, call))


def test_a_forwarded_call_is_the_forwarding_devices() -> None:
    call = user_call(
        DIALPLANE_IN_FORWARDING_ENDPOINT=b"PJSIP/msk-104-a-0000002a", DIALPLANE_CALL_ID=b"c7f3a9"
    )
    call.environment["agi_channel"] = b"Local/79161234567@users_context-00000001;2"
    inputs = of(make_a_route, call)
    request = make_a_route.request(inputs)
    assert request.endpoint == classify_call_pb2.EndpointOrigin(
        endpoint="msk-104-a", forwarding_endpoint="msk-104-a"
    )
    assert request.call_id == "c7f3a9"
    told = make_a_route.answer(replies.targets(), request, inputs)
    assert (v.ENDPOINT, "msk-104-a") in told.values


# incoming_dialer


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


# hangup


@pytest.mark.parametrize(
    ("leg", "cause", "dial_status", "words", "told"),
    [
        ("calling", "127", "CANCEL", "", 16),  # PJSIP: the caller left while it rang
        ("calling", "", "CANCEL", "", 16),  # chan_sip
        ("calling", "17", "CANCEL", "", 17),
        ("calling", "127", "CONGESTION", "", 127),
        ("called", "127", "", "SIP 180 Ringing", 16),
        ("called", "127", "", "SIP 500 Server Internal Error", 127),
        ("called", "127", "", "", 127),
        ("called", "19", "", "SIP 180 Ringing", 19),
    ],
)
def test_whoever_gives_up_clears_normally(
    leg: str, cause: str, dial_status: str, words: str, told: int
) -> None:
    channel = provider_call(
        DIALPLANE_LEG=leg.encode(), HANGUPCAUSE=cause.encode(), DIALSTATUS=dial_status.encode()
    )
    channel.variables[v.TECH_CAUSE_OF_CHANNEL.name] = words.encode()
    environment = {key: value.decode() for key, value in channel.environment.items()}
    read = (*hangup.reads(environment), v.TECH_CAUSE_OF_CHANNEL)
    assert hangup.request(inputs_of(channel, *read)).q850_cause == told


# predial, create_channel_record


def test_an_event_that_is_told_late_has_its_own_instant() -> None:
    at = b"2026-11-22T10:15:30.123Z"
    channel = provider_call(DIALPLANE_LEG_ANSWERED_AT=at, DIALPLANE_LEG_CREATED_AT=at)
    for script in (predial, create_channel_record):
        told = script.request(of(script, channel)).occurred_at
        assert told.ToJsonString() == "2026-11-22T10:15:30.123Z"
