"""One way to carry a leg, eligible or dropped with its reason."""

from dataclasses import dataclass, field

from dialplane_service.domain.answers import LocationTarget, PresentedCaller
from dialplane_service.domain.kinds import Tier
from dialplane_service.domain.queries import Presentation
from dialplane_service.domain.trace import DropReason

NOBODY = PresentedCaller("", "", "", "", Presentation.ALLOWED)


@dataclass(frozen=True, slots=True)
class RouteOption:
    """A route. ``drop_reason`` set: it is not eligible. ``location`` set: a place in the dialplan.

    ``ring_timeout_s`` in seconds, unset: the default. ``priority``: lower is tried earlier; on-net
    routes have 0. ``row`` is "table#id".
    """

    route_id: str
    row: str
    dial_string: str = ""
    sent_number: str = ""
    via_server: str = ""
    caller: PresentedCaller = field(default=NOBODY)
    dial_options: str = ""
    ring_timeout_s: int | None = None
    provider: str = ""
    provider_id: int | None = None
    tier: Tier | None = None
    priority: int = 0
    location: LocationTarget | None = None
    drop_reason: DropReason | None = None
    detail: str = ""


def dropped(route_id: str, row: str, reason: DropReason, detail: str) -> RouteOption:
    """A candidate that cannot be used, whatever else is known of it."""
    return RouteOption(route_id, row, drop_reason=reason, detail=detail)
