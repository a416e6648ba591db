"""Replies of the service, as tests need them."""

from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp

from dialplane.routing.v1 import (
    build_dial_string_pb2,
    call_class_pb2,
    caller_pb2,
    classify_call_pb2,
    hangup_pb2,
    no_more_routes_pb2,
    number_pb2,
    record_channel_pb2,
    refusal_pb2,
    target_pb2,
    tier_pb2,
)

DECIDED_AT = Timestamp(seconds=1_763_851_234, nanos=123_456_000)


def targets(**fields: Any) -> classify_call_pb2.ClassifyCallResponse:
    return classify_call_pb2.ClassifyCallResponse(
        **{
            "call_id": "c7f3a9",
            "decided_at": DECIDED_AT,
            "data_version": 42,
            "call_class": call_class_pb2.CALL_CLASS_INCOMING,
            "called": number_pb2.Number(e164="74951815000"),
            "account": "acme",
            "tier": tier_pb2.TIER_CLI,
            "targets": classify_call_pb2.Targets(
                targets=[
                    target_pb2.Target(
                        target_id="ep-12", endpoint=target_pb2.EndpointTarget(endpoint="msk-101")
                    ),
                    target_pb2.Target(
                        target_id="rg-3", ring_group=target_pb2.RingGroupTarget(name="sales")
                    ),
                ]
            ),
            **fields,
        }
    )


def refusal(**fields: Any) -> classify_call_pb2.ClassifyCallResponse:
    return classify_call_pb2.ClassifyCallResponse(
        call_id="c7f3a9",
        decided_at=DECIDED_AT,
        refusal=refusal_pb2.Refusal(
            **{
                "reason": refusal_pb2.REFUSAL_REASON_UNKNOWN_NUMBER,
                "q850_cause": 1,
                "sip_status": 404,
                "detail": "nobody rents it",
                **fields,
            }
        ),
    )


def dial(**fields: Any) -> build_dial_string_pb2.BuildDialStringResponse:
    return build_dial_string_pb2.BuildDialStringResponse(
        dial=build_dial_string_pb2.DialInstruction(
            **{
                "dial_string": "SIP/westcall/74957777777",
                "route_id": "g8",
                "caller": caller_pb2.PresentedCaller(
                    number="74951815000",
                    name="Anna",
                    presentation=caller_pb2.PRESENTATION_ALLOWED,
                ),
                "dial_options": "i",
                "ring_timeout_s": 60,
                "provider": "Westcall",
                "tier": tier_pb2.TIER_CLI,
                "sent_number": "74957777777",
                "rate_id": 16_777_229,
                **fields,
            }
        ),
        data_version=42,
    )


def location(**fields: Any) -> build_dial_string_pb2.BuildDialStringResponse:
    return build_dial_string_pb2.BuildDialStringResponse(
        location=target_pb2.DialplanLocation(
            **{
                "name": "reception",
                "kind": target_pb2.LOCATION_KIND_IVR,
                "context": "ivr",
                "extension": "reception",
                "priority": 1,
                **fields,
            }
        )
    )


def no_more_routes(**fields: Any) -> build_dial_string_pb2.BuildDialStringResponse:
    return build_dial_string_pb2.BuildDialStringResponse(
        no_more_routes=no_more_routes_pb2.NoMoreRoutes(
            **{
                "reason": no_more_routes_pb2.NO_ROUTE_REASON_FINAL_ANSWER,
                "q850_cause": 17,
                "sip_status": 486,
                **fields,
            }
        )
    )


def recorded() -> record_channel_pb2.RecordChannelResponse:
    return record_channel_pb2.RecordChannelResponse(recorded_at=DECIDED_AT)


def hung_up() -> hangup_pb2.HangupResponse:
    return hangup_pb2.HangupResponse(recorded_at=DECIDED_AT)
