"""What the command's exit code says."""

from enum import IntEnum
from typing import Final


class ExitCode(IntEnum):
    """The same for every subcommand that asks the service."""

    OK = 0
    NO = 1
    USAGE = 2
    UNAVAILABLE = 3
    REJECTED = 4
    NOT_FOUND = 5
    INTERNAL = 70
    NOT_PERMITTED = 77
    INTERRUPTED = 130


MEANINGS: Final = {
    ExitCode.OK: "answered",
    ExitCode.NO: "answered, and the answer is no: refused, no route, or a finding of severity error",
    ExitCode.USAGE: "the command line is wrong",
    ExitCode.UNAVAILABLE: "the service, or its database, cannot be reached or is too slow",
    ExitCode.REJECTED: "the service rejects the question; it says which field is wrong",
    ExitCode.NOT_FOUND: "no such server, account or call",
    ExitCode.INTERNAL: "a fault of the service or of this command",
    ExitCode.NOT_PERMITTED: "the credentials are missing or do not allow it",
    ExitCode.INTERRUPTED: "interrupted",
}

JSON: Final = """\b
With --json:
  null stands for nothing, instants are RFC 3339 in UTC, money is text, integers
  are exact. Names are only ever added. An error is one object on standard error:
  error: exit_code, reason, message, remedy, status, metadata, violations."""

EPILOG: Final = "\b\nExit codes:\n" + "\n".join(
    f"  {code.value:<4}{meaning}" for code, meaning in MEANINGS.items()
)
QUESTION_EPILOG: Final = f"{JSON}\n\n{EPILOG}"
"""For the end of a help text: of the whole command, of a subcommand that asks the service."""
