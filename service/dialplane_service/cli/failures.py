"""What went wrong, told once: in words for people, as an object for programs."""

import json
import sys
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from dialplane_service.cli.exit_codes import ExitCode
from dialplane_service.cli.text import safe

_REJECTED: Final = "the service rejects the question"


@dataclass(frozen=True, slots=True)
class Violation:
    """A field of the question that breaks its rule."""

    field: str
    description: str


@dataclass(eq=False)
class Failure(Exception):  # noqa: N818 - one word for all that ends a command early
    """Ends the command.

    ``reason`` is a stable word for programs: one of the contract's ErrorReason without its prefix,
    or SERVICE_UNREACHABLE, USAGE, FAULT. ``status`` is gRPC's word, empty when it was not asked.
    """

    exit_code: ExitCode
    reason: str
    message: str
    remedy: str = ""
    status: str = ""
    metadata: dict[str, str] = field(default_factory=dict)
    violations: list[Violation] = field(default_factory=list)

    def document(self) -> dict[str, Any]:
        """The failure as ``--json`` shows it."""
        body = asdict(self)
        body["exit_code"] = int(self.exit_code)
        return {"error": body}


def usage(message: str, remedy: str = "") -> Failure:
    """Build the failure of a command line that says too much, too little or nonsense."""
    return Failure(ExitCode.USAGE, "USAGE", message, remedy)


def report(failure: Failure, *, as_json: bool) -> None:
    """Write the failure to standard error."""
    if as_json:
        _say(json.dumps(failure.document()))
        return
    reason = f" ({failure.reason})" if failure.reason not in ("USAGE", "FAULT") else ""
    # What this command found wrong by itself says so; what the service says is in its violations.
    headline = _REJECTED if failure.violations and failure.status else failure.message
    _say(f"dialplane: {safe(headline)}{safe(reason)}")
    for item in failure.violations:
        _say(f"  {safe(item.field)}: {safe(item.description)}")
    if failure.remedy:
        _say(f"  {safe(failure.remedy)}")


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
