"""Each script's happy path, as a process, against a real gRPC server."""

from dialplane.routing.v1 import (
    build_dial_string_pb2 as build,
)
from dialplane.routing.v1 import (
    caller_pb2,
    channel_pb2,
    record_channel_pb2,
)
from dialplane.routing.v1 import (
    classify_call_pb2 as classify,
)
from tests.shims import replies
from tests.shims.fake_asterisk import assert_commands_are_meant, provider_call, user_call
from tests.shims.harness import RunProcess, Serve

CARRIED = {
    "DIALPLANE_CALL_ID": b"c7f3a9",
    "DIALPLANE_DECIDED_AT": b"2025-11-22T22:40:34.123456Z",
    "DIALPLANE_ACCOUNT": b"acme",
    "DIALPLANE_CALLED": b"e164:74957777777",
    "DIALPLANE_CALLING_UNIQUE_ID": b"macomnet-1763851234.7",
}
CLASSIFIED = {
    **CARRIED,
    "DIALPLANE_TARGET_IDS": b"ext-1",
    "DIALPLANE_TIER": b"CLI",
    "DIALPLANE_ENDPOINT": b"msk-101",
    "DIALPLANE_ORIGINAL_NUMBER": b"101",
    "DIALPLANE_ORIGINAL_NAME": b"Anna",
    "DIALPLANE_ORIGINAL_PRESENTATION": b"ALLOWED",
}
CALLED_LEG = {
    **CARRIED,
    "LoopCount": b"2",
    "DIALSTRING": b"SIP/westcall/74957777777",
    "DIALPLANE_ROUTE_ID": b"g8",
    "DIALPLANE_SENT_NUMBER": b"74957777777",
    "DIALPLANE_CALLER_NUMBER": b"74951815000",
    "DIALPLANE_DATA_VERSION": b"42",
    "DIALPLANE_RATE_ID": b"16777229",
    "DIALPLANE_CALLING_UNIQUE_ID": b"macomnet-1763851234.3",
}


def test_incoming_from_a_provider(serve: Serve, run_process: RunProcess) -> None:
    service = serve(ClassifyCall=replies.targets())
    ran = run_process("incoming", provider_call(), service.target)
    assert ran.code == 0, ran.stderr
    assert ran.stderr == ""
    assert service.requests == [
        classify.ClassifyCallRequest(
            server="asterisk-macomnet",
            channel=channel_pb2.Channel(
                unique_id="macomnet-1763851234.7",
                linked_id="macomnet-1763851234.7",
                name="PJSIP/westcall-00000001",
                sip_call_id="3c2675ab@192.0.2.7",
            ),
            dialled="74951815000",
            caller=caller_pb2.Caller(
                number="74951234567", name="Anna", presentation=caller_pb2.PRESENTATION_ALLOWED
            ),
            provider=classify.ProviderOrigin(peer_address="195.94.225.2", peer_port=5060),
        )
    ]
    created = ran.channel["DIALPLANE_LEG_CREATED_AT"]
    assert ran.channel.sets == [
        ("__DIALPLANE_CALL_ID", "c7f3a9"),
        ("__DIALPLANE_DECIDED_AT", "2025-11-22T22:40:34.123456Z"),
        ("__DIALPLANE_ACCOUNT", "acme"),
        ("__DIALPLANE_CALLING_UNIQUE_ID", "macomnet-1763851234.7"),
        ("DIALPLANE_LEG_CREATED_AT", created),
        ("__DIALPLANE_CALLED", "e164:74951815000"),
        ("DIALPLANE_TARGET_IDS", "ep-12,rg-3"),
        ("DIALPLANE_CALL_CLASS", "INCOMING"),
        ("DIALPLANE_TIER", "CLI"),
        ("DIALPLANE_ORIGINAL_NUMBER", "74951234567"),
        ("DIALPLANE_ORIGINAL_NAME", "Anna"),
        ("DIALPLANE_ORIGINAL_PRESENTATION", "ALLOWED"),
        ("DIALPLANE_NEXT_CONTEXT", "make_a_call"),
        ("DIALPLANE_NEXT_EXTENSION", "74951815000"),
        ("DIALPLANE_NEXT_PRIORITY", "1"),
        ("DIALPLANE_STATUS", "TARGETS"),
    ]
    assert_commands_are_meant(ran.commands)


def test_make_a_route(serve: Serve, run_process: RunProcess) -> None:
    service = serve(ClassifyCall=replies.targets())
    ran = run_process("make_a_route", user_call(), service.target)
    assert ran.code == 0, ran.stderr
    (request,) = service.requests
    assert request.endpoint == classify.EndpointOrigin(endpoint="msk-101")
    assert request.dialled == "74957777777"
    assert ran.channel["DIALPLANE_ENDPOINT"] == "msk-101"
    assert ran.channel.sets[-1] == ("DIALPLANE_STATUS", "TARGETS")


def test_incoming_dialer_first_attempt(serve: Serve, run_process: RunProcess) -> None:
    service = serve(BuildDialString=replies.dial())
    ran = run_process("incoming_dialer", user_call(**CLASSIFIED), service.target)
    assert ran.code == 0, ran.stderr
    assert service.requests == [
        build.BuildDialStringRequest(
            call_id="c7f3a9",
            decided_at=replies.DECIDED_AT,
            server="asterisk-macomnet",
            account="acme",
            called={"e164": "74957777777"},
            target_ids=["ext-1"],
            caller={"number": "101", "name": "Anna", "presentation": "PRESENTATION_ALLOWED"},
            tier="TIER_CLI",
            attempt=1,
            endpoint="msk-101",
            channel={
                "unique_id": "macomnet-1763851234.7",
                "linked_id": "macomnet-1763851234.7",
                "name": "PJSIP/msk-101-00000003",
            },
        )
    ]
    assert ran.channel.sets == [
        ("DIALPLANE_TRIED", ""),
        ("DIALPLANE_RINGING_SPENT_MS", "0"),
        ("DIALPLANE_REASON", ""),
        ("__DIALSTRING", "SIP/westcall/74957777777"),
        ("DIALPLANE_DIAL_OPTIONS", "i"),
        ("DIALPLANE_RING_TIMEOUT", "60"),
        ("DIALPLANE_LONGEST_DURATION", ""),
        ("__DIALPLANE_CALLER_NUMBER", "74951815000"),
        ("DIALPLANE_CALLER_NAME", "Anna"),
        ("DIALPLANE_CALLER_PRESENTATION", "allowed_passed_screen"),
        ("DIALPLANE_ASSERTED_IDENTITY", ""),
        ("DIALPLANE_DIVERSION", ""),
        ("DIALPLANE_PRIVACY", ""),
        ("DIALPLANE_PROVIDER", "Westcall"),
        ("DIALPLANE_ROUTE_TIER", "CLI"),
        ("__DIALPLANE_SENT_NUMBER", "74957777777"),
        ("DIALPLANE_VIA_SERVER", ""),
        ("DIALPLANE_CARRIED_ROUTE_ID", ""),
        ("DIALPLANE_RECORDING", ""),
        ("DIALPLANE_EARLY_MEDIA", ""),
        ("DIALPLANE_HEADER_COUNT", "0"),
        ("__DIALPLANE_DATA_VERSION", "42"),
        ("__DIALPLANE_RATE_ID", "16777229"),
        ("__DIALPLANE_ROUTE_ID", "g8"),
        ("__LoopCount", "1"),
        ("DIALPLANE_DIALLED_AT", ran.channel["DIALPLANE_DIALLED_AT"]),
        ("DIALPLANE_STATUS", "DIAL"),
    ]
    assert_commands_are_meant(ran.commands)


def test_create_channel_record_of_a_called_leg(serve: Serve, run_process: RunProcess) -> None:
    service = serve(RecordChannel=replies.recorded())
    ran = run_process("create_channel_record", provider_call(**CALLED_LEG), service.target)
    assert ran.code == 0, ran.stderr
    (request,) = service.requests
    occurred_at = request.occurred_at
    assert request == record_channel_pb2.RecordChannelRequest(
        server="asterisk-macomnet",
        channel={
            "unique_id": "macomnet-1763851234.7",
            "linked_id": "macomnet-1763851234.7",
            "name": "PJSIP/westcall-00000001",
            "sip_call_id": "3c2675ab@192.0.2.7",
        },
        event="CHANNEL_EVENT_CREATED",
        occurred_at=occurred_at,
        call_id="c7f3a9",
        leg="LEG_CALLED",
        attempt=2,
        route_id="g8",
        dial_string="SIP/westcall/74957777777",
        account="acme",
        called_number="74957777777",
        sent_number="74957777777",
        caller_number="74951815000",
        data_version=42,
        calling_unique_id="macomnet-1763851234.3",
        decided_at=replies.DECIDED_AT,
        rate_id=16_777_229,
    )
    assert ran.channel.sets == [
        ("DIALPLANE_LEG", "called"),
        ("DIALPLANE_LEG_ROUTE_ID", "g8"),
        ("DIALPLANE_LEG_ATTEMPT", "2"),
        ("DIALPLANE_LEG_CREATED_AT", occurred_at.ToJsonString()),
        ("DIALPLANE_STATUS", "RECORDED"),
    ]


def test_predial(serve: Serve, run_process: RunProcess) -> None:
    service = serve(RecordChannel=replies.recorded())
    ran = run_process("predial", provider_call(**CALLED_LEG), service.target)
    (request,) = service.requests
    assert request.event == record_channel_pb2.CHANNEL_EVENT_ANSWERED
    assert (request.leg, request.attempt) == (channel_pb2.LEG_CALLED, 2)
    assert ran.channel.sets == [
        ("DIALPLANE_LEG_ANSWERED_AT", request.occurred_at.ToJsonString()),
        ("DIALPLANE_STATUS", "RECORDED"),
    ]


def test_hangup_of_the_calling_leg(serve: Serve, run_process: RunProcess) -> None:
    service = serve(Hangup=replies.hung_up())
    channel = user_call(
        **CLASSIFIED,
        **{
            "DIALPLANE_LEG_CREATED_AT": b"2025-11-22T22:40:34Z",
            "HANGUPCAUSE": b"16",
            "CHANNEL(hangupsource)": b"PJSIP/msk-101-00000003",
            "DIALSTATUS": b"ANSWER",
            "ANSWEREDTIME_MS": b"61250",
            "DIALEDTIME_MS": b"64730",
            "RINGTIME_MS": b"1480",
        },
    )
    ran = run_process("hangup", channel, service.target)
    (request,) = service.requests
    assert request.leg == channel_pb2.LEG_CALLING
    assert (request.attempt, request.route_id) == (0, "")
    assert request.q850_cause == 16
    assert request.hangup_source == channel_pb2.HANGUP_SOURCE_CALLER
    assert request.dial_status == channel_pb2.DIAL_STATUS_ANSWER
    assert (request.answered_ms, request.dialled_ms, request.ring_ms) == (61250, 64730, 1480)
    assert not request.HasField("progress_ms")
    assert request.created_at.ToJsonString() == "2025-11-22T22:40:34Z"
    assert ran.channel.sets == [("DIALPLANE_STATUS", "RECORDED")]


def test_hangup_of_a_called_leg(serve: Serve, run_process: RunProcess) -> None:
    service = serve(Hangup=replies.hung_up())
    channel = provider_call(
        **CALLED_LEG,
        **{
            "HANGUPCAUSE": b"17",
            "HANGUPCAUSE(PJSIP/westcall-00000001,tech)": b"SIP 486 Busy Here",
            "ANSWEREDTIME_MS": b"99",
        },
    )
    ran = run_process("hangup", channel, service.target)
    (request,) = service.requests
    assert request.leg == channel_pb2.LEG_CALLED
    assert (request.attempt, request.route_id) == (2, "g8")
    assert (request.q850_cause, request.sip_status) == (17, 486)
    assert request.tech_cause == "SIP 486 Busy Here"
    assert not request.HasField("answered_ms")
    assert request.calling_unique_id == "macomnet-1763851234.3"
    assert ran.channel.sets == [("DIALPLANE_STATUS", "RECORDED")]
