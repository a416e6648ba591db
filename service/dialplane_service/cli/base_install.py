"""What the command says where the service's packages are not installed: the base install has the shims only."""

import sys
from typing import Final

from dialplane_service.cli.exit_codes import ExitCode
from dialplane_service.cli.failures import Failure, report

MESSAGE: Final = "this command needs dialplane[service]: pip install 'dialplane[service]'"


def tell() -> int:
    """Say so; returns the exit code of a command that cannot be given here."""
    report(Failure(ExitCode.USAGE, "USAGE", MESSAGE), as_json="--json" in sys.argv)
    return ExitCode.USAGE


def failure(error: ModuleNotFoundError) -> Failure | None:
    """Build the same of a package that a subcommand misses; None when the module is one of ours."""
    package = (error.name or "").partition(".")[0]
    ours = package in ("", "dialplane", "dialplane_service", "dialplane_shims")
    return None if ours else Failure(ExitCode.USAGE, "USAGE", f"{MESSAGE} (no {package} here)")
