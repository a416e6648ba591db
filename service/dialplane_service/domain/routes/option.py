"""One way to carry a leg, eligible or dropped with its reason."""

from typing import Final, NamedTuple

from dialplane_service.domain.answers import LocationTarget, PresentedCaller
from dialplane_service.domain.kinds import Tier
from dialplane_service.domain.queries import Presentation
from dialplane_service.domain.ranking.offers import Quote
from dialplane_service.domain.ranking.quotes import Quotes
from dialplane_service.domain.trace import DropReason

NOBODY: Final = PresentedCaller("", "", "", "", Presentation.ALLOWED)


class Reached(NamedTuple):
    """How a route is dialled; ``drop_reason`` set: it cannot be, and ``detail`` says why."""

    dial_string: str = ""
    sent_number: str = ""
    via_server: str = ""
    drop_reason: DropReason | None = None
    detail: str = ""


class Priced(NamedTuple):
    """What a route's provider charges for the leg, among what all of them do."""

    quotes: Quotes
    quote: Quote


UNREACHED: Final = Reached()


class RouteOption(NamedTuple):
    """A route. ``location`` set: a place in the dialplan. ``priced`` unset: nothing is bought for it.

    ``ring_timeout_s`` in seconds, unset: the default. ``priority``: lower is tried earlier; on-net
    routes have 0. ``row`` is "table#id". ``note``: what else people are to know of it.
    """

    route_id: str
    row: str
    reached: Reached = UNREACHED
    caller: PresentedCaller = NOBODY
    dial_options: str = ""
    ring_timeout_s: int | None = None
    provider: str = ""
    provider_id: int | None = None
    tier: Tier | None = None
    priority: int = 0
    location: LocationTarget | None = None
    priced: Priced | None = None
    note: str = ""

    def without(self, reason: DropReason, detail: str) -> "RouteOption":
        """The same route, not to be used."""
        return self._replace(reached=self.reached._replace(drop_reason=reason, detail=detail))

    @property
    def drop_reason(self) -> DropReason | None:
        """Why the route is not eligible; ``None``: it is."""
        return self.reached.drop_reason


def dropped(route_id: str, row: str, reason: DropReason, detail: str) -> RouteOption:
    """A candidate that cannot be used, whatever else is known of it."""
    return RouteOption(route_id, row, Reached(drop_reason=reason, detail=detail))
