"""Each script's translation: what the channel means, and what the reply means for it."""

from typing import Any

import pytest

from dialplane.routing.v1 import (
    call_class_pb2,
    caller_pb2,
    classify_call_pb2,
    target_pb2,
)
from dialplane_shims import (
    create_channel_record,
    hangup,
    incoming,
    make_a_route,
    predial,
)
from dialplane_shims import variables as v
from dialplane_shims.answer import LocalRefusal
from dialplane_shims.inputs import Inputs
from tests.shims import replies
from tests.shims.fake_asterisk import Channel, provider_call, user_call


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
