"""What ``dialplane doctor`` shows."""

from collections import Counter
from collections.abc import Sequence

from dialplane.admin.v1.diagnosis_service_pb2 import DiagnoseResponse
from dialplane.admin.v1.finding_pb2 import Finding, Severity
from dialplane_service.cli import documents
from dialplane_service.cli.documents import Document
from dialplane_service.cli.screen import STYLES, Screen

_INDENT = "  "


def show(
    screen: Screen, response: DiagnoseResponse | None, findings: Sequence[Finding], *, as_json: bool
) -> None:
    """Write the findings; ``response`` unset: the service itself did not answer."""
    if as_json and response is not None:
        screen.document(document(response, findings))
        return
    for finding in findings:
        severity = _severity(finding)
        screen.line(f"{severity}  {finding.code}  {finding.subject}", STYLES.get(severity, ""))
        screen.line(f"{_INDENT}{finding.problem}")
        screen.line(f"{_INDENT}-> {finding.remedy}")
        screen.line()
    if response is None:
        return
    counts = _counts(findings)
    told = ", ".join(
        f"{count} {name}{'s' if count > 1 else ''}" for name, count in counts.items() if count
    )
    screen.facts(
        {
            "Findings": told or "none: all is well",
            "Checks": str(response.checks),
            "Service": response.service_version,
            "Data": f"version {response.data_version}, loaded"
            f" {documents.instant(response, 'data_loaded_at') or 'never'}",
            "MariaDB": "answers" if response.database_available else "does not answer",
        }
    )


def document(response: DiagnoseResponse, findings: Sequence[Finding]) -> Document:
    """The diagnosis as ``--json`` shows it."""
    return {
        "findings": [
            {
                "severity": _severity(row),
                "code": row.code,
                "subject": row.subject,
                "problem": row.problem,
                "remedy": row.remedy,
            }
            for row in findings
        ],
        "counts": _counts(findings),
        "checks": response.checks,
        "service_version": response.service_version,
        "data_version": response.data_version,
        "data_loaded_at": documents.instant(response, "data_loaded_at"),
        "database_available": response.database_available,
    }


def _severity(finding: Finding) -> str:
    return documents.word(Severity, finding.severity) or "NOTICE"


def _counts(findings: Sequence[Finding]) -> dict[str, int]:
    found = Counter(map(_severity, findings))
    return {name.lower(): found[name] for name in ("ERROR", "WARNING", "NOTICE")}
