"""What is wrong, as people are told."""

from dialplane.admin.v1.diagnosis_service_pb2 import DiagnoseResponse
from dialplane.admin.v1.finding_pb2 import Finding as FindingMessage
from dialplane_service.application.diagnose import Diagnosis
from dialplane_service.rpc.conversion.instants import to_optional_timestamp
from dialplane_service.rpc.conversion.words import SEVERITY


def to_diagnose_response(diagnosis: Diagnosis, service_version: str) -> DiagnoseResponse:
    """Convert a diagnosis."""
    return DiagnoseResponse(
        findings=[
            FindingMessage(
                severity=SEVERITY.wire(finding.severity),
                code=finding.code,
                subject=finding.subject,
                problem=finding.problem,
                remedy=finding.remedy,
            )
            for finding in diagnosis.findings
        ],
        checks=diagnosis.checks,
        service_version=service_version,
        data_version=diagnosis.data_version,
        data_loaded_at=to_optional_timestamp(diagnosis.data_loaded_at),
        database_available=diagnosis.database_available,
    )
