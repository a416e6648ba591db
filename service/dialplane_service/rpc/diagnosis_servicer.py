"""``admin.v1``'s ``DiagnosisService``."""

from typing import Any

from dialplane.admin.v1.diagnosis_service_pb2 import DiagnoseRequest, DiagnoseResponse
from dialplane.admin.v1.diagnosis_service_pb2_grpc import DiagnosisServiceServicer
from dialplane_service.application.diagnose import Diagnose
from dialplane_service.rpc.conversion.diagnosis import to_diagnose_response


class DiagnosisServicer(DiagnosisServiceServicer):
    """Says what is wrong."""

    def __init__(self, diagnose: Diagnose, service_version: str) -> None:
        self._diagnose = diagnose
        self._service_version = service_version

    async def Diagnose(  # noqa: N802 - gRPC's name
        self,
        request: DiagnoseRequest,  # noqa: ARG002 - it has no fields
        context: Any,  # noqa: ANN401, ARG002
    ) -> DiagnoseResponse:
        """See the proto."""
        return to_diagnose_response(await self._diagnose(), self._service_version)
