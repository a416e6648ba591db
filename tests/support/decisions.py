"""Questions to a service on the demo rows, whose answers are known."""

from typing import Any

import grpc
from google.protobuf.timestamp_pb2 import Timestamp
from grpc_health.v1 import health_pb2, health_pb2_grpc

from dialplane.routing.v1 import build_dial_string_pb2, classify_call_pb2
from dialplane.routing.v1.routing_service_pb2_grpc import RoutingServiceStub

WESTCALL = "195.94.225.2"
ROUTING = "dialplane.routing.v1.RoutingService"


def incoming(
    dialled: str, *, caller: str = "", server: str = "asterisk-macomnet", **origin: str
) -> classify_call_pb2.ClassifyCallRequest:
    """A call from a provider, by default Westcall."""
    request = classify_call_pb2.ClassifyCallRequest(server=server, dialled=dialled)
    request.channel.unique_id = "decision-1"
    request.caller.number = caller
    origin.setdefault("peer_address", WESTCALL)
    request.provider.CopyFrom(classify_call_pb2.ProviderOrigin(**origin))
    return request


def from_device(dialled: str, endpoint: str = "acme-201") -> classify_call_pb2.ClassifyCallRequest:
    """A call from a user's device."""
    request = classify_call_pb2.ClassifyCallRequest(server="asterisk-macomnet", dialled=dialled)
    request.channel.unique_id = "decision-1"
    request.endpoint.endpoint = endpoint
    return request


def next_step(
    called: str = "74957777777", *target_ids: str, **fields: Any
) -> build_dial_string_pb2.BuildDialStringRequest:
    """The question for something to dial; the first attempt unless `fields` say otherwise."""
    request = build_dial_string_pb2.BuildDialStringRequest(
        call_id="decision",
        server="asterisk-macomnet",
        target_ids=target_ids,
        **{
            "attempt": 1,
            "account": "acme",
            "decided_at": Timestamp(seconds=1_780_000_000),
            **fields,
        },
    )
    request.called.e164 = called
    return request


def decides(stub: RoutingServiceStub, timeout: float = 2) -> int:
    """Two decisions that must be right; returns the data version they were made with."""
    where = stub.ClassifyCall(incoming("74951815000"), timeout=timeout)
    assert [target.target_id for target in where.targets.targets] == ["r1"], where
    step = stub.BuildDialString(next_step("74957777777", "n"), timeout=timeout)
    # The cheapest of those that may show a number of the account.
    assert step.dial.dial_string == "SIP/sbc.voxbeam.com/001110174957777777", step
    assert step.data_version == where.data_version
    return int(where.data_version)


def health(target: str, service: str = ROUTING) -> str:
    """What a health check says."""

    with grpc.insecure_channel(target) as channel:
        answer = health_pb2_grpc.HealthStub(channel).Check(
            health_pb2.HealthCheckRequest(service=service), timeout=2
        )
    return str(health_pb2.HealthCheckResponse.ServingStatus.Name(answer.status))
