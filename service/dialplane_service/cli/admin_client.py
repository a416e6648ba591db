"""Questions to ``admin.v1``."""

from collections.abc import Sequence
from dataclasses import dataclass

from dialplane.admin.v1.call_pb2 import Call
from dialplane.admin.v1.calls_service_pb2 import (
    GetCallRequest,
    ListCallsRequest,
    ListCallsResponse,
)
from dialplane.admin.v1.calls_service_pb2_grpc import CallsServiceStub
from dialplane.admin.v1.diagnosis_service_pb2 import DiagnoseRequest, DiagnoseResponse
from dialplane.admin.v1.diagnosis_service_pb2_grpc import DiagnosisServiceStub
from dialplane_service.cli.client import ask
from dialplane_service.cli.options import START_THE_SERVICE_ADMIN


@dataclass(frozen=True, slots=True)
class AdminClient:
    """Asks one of the places, within the time; every method raises ``Failure`` without an answer."""

    places: Sequence[str]
    timeout_s: float

    def list_calls(self, request: ListCallsRequest) -> ListCallsResponse:
        """Ask for a page of calls."""
        return ask(
            self.places,
            self.timeout_s,
            lambda channel, seconds: CallsServiceStub(channel).ListCalls(request, timeout=seconds),
            START_THE_SERVICE_ADMIN,
        )

    def get_call(self, call_id: str, *, explain: bool = False) -> Call:
        """Ask for one call."""
        request = GetCallRequest(call_id=call_id, explain=explain)
        response = ask(
            self.places,
            self.timeout_s,
            lambda channel, seconds: CallsServiceStub(channel).GetCall(request, timeout=seconds),
            START_THE_SERVICE_ADMIN,
        )
        return response.call

    def diagnose(self) -> DiagnoseResponse:
        """Ask what is wrong."""
        return ask(
            self.places,
            self.timeout_s,
            lambda channel, seconds: DiagnosisServiceStub(channel).Diagnose(
                DiagnoseRequest(), timeout=seconds
            ),
            START_THE_SERVICE_ADMIN,
        )
