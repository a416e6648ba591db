"""Whether the places that decide calls do so: the service cannot see that for itself."""

from collections.abc import Sequence
from typing import Final

import grpc
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse
from grpc_health.v1.health_pb2_grpc import HealthStub

from dialplane.admin.v1.finding_pb2 import Finding, Severity
from dialplane_service.cli.client import open_channel, silence
from dialplane_service.cli.options import START_THE_SERVICE
from dialplane_service.cli.targets import shown

SERVICE: Final = "dialplane.routing.v1.RoutingService"
_SECONDS: Final = 1.0


def routing_findings(places: Sequence[str]) -> list[Finding]:
    """A finding for each place that does not take calls."""
    return [
        Finding(
            severity=Severity.SEVERITY_ERROR,
            code="routing_target_not_serving",
            subject=shown(place),
            problem=f"Nobody decides calls at {shown(place)}: {why}.",
            remedy=START_THE_SERVICE,
        )
        for place in places
        if (why := _fault(place)) is not None
    ]


def _fault(place: str) -> str | None:
    with open_channel(place) as channel:
        request = HealthCheckRequest(service=SERVICE)
        try:
            response = HealthStub(channel).Check(request, timeout=_SECONDS)
        except grpc.RpcError as error:
            return silence(error) or _answered(error.code())
        if response.status == HealthCheckResponse.SERVING:
            return None
        return "it is starting or stopping, or has no decision data"


def _answered(code: grpc.StatusCode) -> str | None:
    if code is grpc.StatusCode.UNIMPLEMENTED:
        return None  # it speaks gRPC, and has no health service to ask
    if code is grpc.StatusCode.NOT_FOUND:
        return "the service there decides no calls, perhaps it is the address for people and tools"
    if code is grpc.StatusCode.DEADLINE_EXCEEDED:
        return f"no answer within {_SECONDS:.0f} s"
    return f"its health check ends with {code.name}"
