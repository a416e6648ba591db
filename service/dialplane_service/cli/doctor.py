"""``dialplane doctor``: what is wrong with this installation and its data, and what to do."""

from enum import StrEnum
from typing import Annotated, Final

import typer

from dialplane.admin.v1.finding_pb2 import Finding, Severity
from dialplane_service.cli import options, targets
from dialplane_service.cli.admin_client import AdminClient
from dialplane_service.cli.doctor_answer import show
from dialplane_service.cli.exit_codes import ExitCode
from dialplane_service.cli.failures import Failure
from dialplane_service.cli.routing_health import routing_findings
from dialplane_service.cli.screen import Screen


class FailOn(StrEnum):
    """From which severity on the exit code is 1."""

    NOTICE = "notice"
    WARNING = "warning"
    ERROR = "error"


_LEAST: Final = {
    FailOn.NOTICE: Severity.SEVERITY_NOTICE,
    FailOn.WARNING: Severity.SEVERITY_WARNING,
    FailOn.ERROR: Severity.SEVERITY_ERROR,
}


def doctor(
    fail_on: Annotated[
        FailOn,
        typer.Option(case_sensitive=False, help="The least severity that makes the exit code 1."),
    ] = FailOn.ERROR,
    json: options.Json = False,
    target: options.Target = options.ROUTING_TARGET,
    admin_target: options.AdminTarget = options.ADMIN_TARGET,
    timeout: options.Timeout = 10.0,
    no_color: options.NoColor = False,
) -> None:
    """Say what is wrong with this installation and its data, and what to do about it.

    Looks at the database, the decision data, the configuration, and whether every place of
    --target answers calls. The worst comes first. The exit code is 1 with a finding of severity
    error (see --fail-on), 0 with lesser ones or none, 3 when the service does not answer.

    --json gives findings (severity, code, subject, problem, remedy; codes are stable), counts,
    checks, service_version, data_version, data_loaded_at and database_available.

    \b
    Examples:
      dialplane doctor
      dialplane doctor --fail-on warning --json
    """  # noqa: D301 - \b keeps the lines of a help text apart
    places = targets.targets(target, "--target")
    client = AdminClient(targets.targets(admin_target, "--admin-target"), timeout)
    own = routing_findings(places)
    try:
        response = client.diagnose()
    except Failure as failure:
        if failure.exit_code is ExitCode.UNAVAILABLE and own and not json:
            show(Screen(not no_color), None, own, as_json=False)
        raise
    findings = sorted([*own, *response.findings], key=lambda row: -row.severity)
    show(Screen(not no_color), response, findings, as_json=json)
    if _worst(findings) >= _LEAST[fail_on]:
        raise typer.Exit(ExitCode.NO)


def _worst(findings: list[Finding]) -> int:
    return max((row.severity for row in findings), default=Severity.SEVERITY_UNSPECIFIED)
