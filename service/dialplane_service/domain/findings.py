"""What ``doctor`` finds."""

from dataclasses import dataclass
from enum import IntEnum


class Severity(IntEnum):
    """How bad a finding is."""

    NOTICE = 1
    WARNING = 2
    ERROR = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong, or may be.

    ``code`` is stable, for programs; ``subject`` is "table#id" or a component's name;
    ``problem`` and ``remedy`` are one sentence each, for people.
    """

    severity: Severity
    code: str
    subject: str
    problem: str
    remedy: str
