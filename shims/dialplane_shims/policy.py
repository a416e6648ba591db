"""What an entry point answers when no replica of the service does: declared, never guessed."""

import re
from dataclasses import dataclass

from dialplane_shims import variables as v
from dialplane_shims.answer import (
    LOCATION,
    UNAVAILABLE,
    UNAVAILABLE_CAUSE,
    UNAVAILABLE_SIP_STATUS,
    Answer,
    next_location,
    refused,
)
from dialplane_shims.text import whole_number

# What a dialplan location is made of. The service's own answers are held to the same alphabets.
CONTEXT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,78}")
EXTENSION = re.compile(r"[A-Za-z0-9*#+][A-Za-z0-9*#+._-]{0,78}")


@dataclass(frozen=True)
class Policy:
    """Refuse with a cause, or, where `context` is set, go to a dialplan location."""

    cause: int = UNAVAILABLE_CAUSE
    context: str = ""
    extension: str = ""
    priority: int = 1

    def answer(self, reason: str) -> Answer:
        """Return what the dialplan is told; `reason` says why the service was not asked or heard."""
        if self.context:
            where = next_location(self.context, self.extension, self.priority)
            return Answer(LOCATION, ((v.REASON, reason), *where))
        sip_status = UNAVAILABLE_SIP_STATUS if self.cause == UNAVAILABLE_CAUSE else 0
        return refused(UNAVAILABLE, reason, self.cause, sip_status)


# The decisions and their policy where none is configured.
ENTRY_POINTS = {"incoming": Policy(), "make_a_route": Policy(), "incoming_dialer": Policy()}


def parse_policy(value: object) -> Policy:
    """Read "refuse", "refuse:CAUSE" (Q.850, 1 to 127) or "location:CONTEXT,EXTENSION,PRIORITY".

    Raises ValueError.
    """
    kind, _, rest = str(value).strip().partition(":")
    if kind == "refuse":
        cause = whole_number(rest, 127) if rest else UNAVAILABLE_CAUSE
        if not cause:
            raise ValueError(f"{rest!r} is not a Q.850 cause from 1 to 127")
        return Policy(cause)
    if kind != "location":
        raise ValueError("is neither refuse, refuse:CAUSE nor location:CONTEXT,EXTENSION,PRIORITY")
    parts = [part.strip() for part in rest.split(",")]
    if len(parts) != 3 or not CONTEXT.fullmatch(parts[0]) or not EXTENSION.fullmatch(parts[1]):
        raise ValueError(f"{rest!r} is not CONTEXT,EXTENSION,PRIORITY")
    priority = whole_number(parts[2], 9999)
    if not priority:
        raise ValueError(f"{parts[2]!r} is not a priority from 1 to 9999")
    return Policy(context=parts[0], extension=parts[1], priority=priority)
