"""What a step tells the dialplan, and the statuses it can have."""

from dataclasses import dataclass, field

from dialplane_shims import variables as v
from dialplane_shims.variables import Variable

# Decisions
TARGETS = "TARGETS"  # classified: go to the next location, which dials the targets
DIAL = "DIAL"  # dial DIALSTRING
LOCATION = "LOCATION"  # go to the next location
REFUSED = "REFUSED"  # the service says no: hang up with DIALPLANE_CAUSE
NO_MORE_ROUTES = "NO_MORE_ROUTES"  # nothing is left to dial: hang up with DIALPLANE_CAUSE
UNAVAILABLE = "UNAVAILABLE"  # no answer was to be had: hang up with DIALPLANE_CAUSE
# Events
RECORDED = "RECORDED"  # committed by the service
SPOOLED = "SPOOLED"  # kept on this host, delivered later
REJECTED = "REJECTED"  # refused as invalid, kept in the spool's folder rejected/
LOST = "LOST"  # neither delivered nor kept: standard error says why

STATUSES = (
    TARGETS,
    DIAL,
    LOCATION,
    REFUSED,
    NO_MORE_ROUTES,
    UNAVAILABLE,
    RECORDED,
    SPOOLED,
    REJECTED,
    LOST,
)

# Q.850 cause 42, switching equipment congestion, beside SIP 503: a provider tries elsewhere.
UNAVAILABLE_CAUSE = 42
UNAVAILABLE_SIP_STATUS = 503


@dataclass(frozen=True)
class Answer:
    """A status, and the variables to set before it, in order."""

    status: str
    values: tuple[tuple[Variable, str], ...] = field(default=())


class LocalRefusal(Exception):  # noqa: N818  # a "no", which is not an error
    """The step's input cannot be a call: refused here, as the service would."""

    def __init__(self, reason: str, cause: int, sip_status: int) -> None:
        super().__init__(reason)
        self.answer = refused(REFUSED, reason, cause, sip_status)


class NonsenseReplyError(Exception):
    """The service's reply breaks the contract; nothing of it is used."""


def refused(status: str, reason: str, cause: int, sip_status: int) -> Answer:
    """Return the answer that ends a call."""
    return Answer(
        status,
        (
            (v.REASON, reason),
            (v.CAUSE, str(cause)),
            (v.SIP_STATUS, str(sip_status) if sip_status else ""),
        ),
    )


def next_location(context: str, extension: str, priority: int) -> tuple[tuple[Variable, str], ...]:
    """Return the variables of the next dialplan location."""
    return (
        (v.NEXT_CONTEXT, context),
        (v.NEXT_EXTENSION, extension),
        (v.NEXT_PRIORITY, str(priority)),
    )
