"""The next step of a call: the first route that is still to be tried, or why there is none."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from dialplane_service.domain import route_ids
from dialplane_service.domain.answers import (
    Dial,
    DialAnswer,
    LocationTarget,
    Money,
    NoMoreRoutes,
    NoRouteReason,
)
from dialplane_service.domain.capacity import PassedOver, Place
from dialplane_service.domain.causes import (
    DIAL_STATUS_CAUSE,
    NO_CIRCUIT,
    NO_ROUTE_CAUSE,
    sip_status,
)
from dialplane_service.domain.events import DialStatus
from dialplane_service.domain.queries import AttemptOutcome
from dialplane_service.domain.rates.amounts import PRICE_SCALE, shown
from dialplane_service.domain.routes.context import RouteContext
from dialplane_service.domain.routes.expand import routes_of
from dialplane_service.domain.routes.explained import basis_of, candidates_of
from dialplane_service.domain.routes.final_answers import FINAL_SIP_STATUSES
from dialplane_service.domain.routes.option import RouteOption
from dialplane_service.domain.routes.places import place_of
from dialplane_service.domain.routes.position import Position, is_emergency, position
from dialplane_service.domain.routes.ways import ALREADY_TRIED
from dialplane_service.domain.settings import LONGEST_RING_S, RoutingSettings
from dialplane_service.domain.trace import DropReason

MOST_ATTEMPTS = 10
_REQUEST_TERMINATED = 487
_ASKED_FOR: Final = (DropReason.CAPACITY_EXCEEDED, "")
_NO_ROOM: Final = frozenset({DropReason.CAPACITY_EXCEEDED, DropReason.CALL_RATE_EXCEEDED})


class Ended(NamedTuple):
    """Why there is nothing to dial. ``q850_cause`` 0: the reason's own."""

    reason: NoRouteReason
    detail: str
    q850_cause: int = 0


@dataclass(frozen=True, slots=True)
class Considered:
    """What was found for one question.

    ``places``: by route id, what must be asked for, in order.
    """

    context: RouteContext
    settings: RoutingSettings
    reached: Position
    ended: Ended | None
    routes: list[RouteOption]
    places: dict[str, Place]

    @property
    def may_hold_a_place(self) -> bool:
        """Whether the attempt before this one may have taken a place that it no longer needs.

        One that was answered had a channel, which gives the place back itself.
        """
        query = self.context.query
        if not query.tried_route_ids or query.simulate:
            return False
        outcome = query.last_outcome or AttemptOutcome()
        if outcome.dial_status is DialStatus.ANSWER:
            return False
        return place_of(self.context, query.tried_route_ids[-1]) is not None

    def answer(self, passed_over: Iterable[PassedOver] = ()) -> DialAnswer:
        """The next thing to dial, when these places were not free."""
        context, query, routes = self.context, self.context.query, self.routes
        why = {(item.provider_id, item.gate_id): item.refusal for item in passed_over}
        if why:
            full = {
                route_id: why[place.provider_id, place.gate_id]
                for route_id, place in self.places.items()
                if (place.provider_id, place.gate_id) in why
            }
            context = replace(context, full=full)
            routes = _looked_at(context, self.reached)
        chosen = _first_eligible(routes)
        ended = self.ended or _exhausted(context, routes, self.reached, chosen)
        return DialAnswer(
            _answer(context, self.settings, chosen, ended),
            context.data.version,
            candidates_of(context, routes) if query.explain else (),
            basis_of(context, routes) if query.explain else None,
        )


def next_step(context: RouteContext, settings: RoutingSettings) -> DialAnswer:
    """The next thing to dial where every place is free; see ``consider``."""
    return consider(context, settings).answer()


def consider(context: RouteContext, settings: RoutingSettings) -> Considered:
    """What may be dialled next; where the question asks to explain, what became of every candidate.

    Targets are tried in their order and each target's routes in theirs. A final answer ends the
    search for its target only: a busy manager does not keep the call from the group. It ends no
    search for an emergency service, nor for a group that rings in turn: the next member may be free.
    An answered call, a caller who is gone, ten attempts and, but for emergencies, a spent ringing
    budget end it for all.
    """
    reached, ended = position(context), _ended(context, settings)
    routes = [] if ended is not None and not context.query.explain else _looked_at(context, reached)
    # A question of a person takes no place.
    takes_one = ended is None and not context.query.simulate
    places = _places(context, reached, routes) if takes_one else {}
    return Considered(context, settings, reached, ended, routes, places)


def _looked_at(context: RouteContext, reached: Position) -> list[RouteOption]:
    """The routes up to the first eligible one; all of them where somebody wants to see them."""
    routes = []
    for route in _routes(context, reached):
        routes.append(route)
        if route.drop_reason is None and not context.query.explain:
            break
    return routes


def _first_eligible(routes: Iterable[RouteOption]) -> RouteOption | None:
    return next((route for route in routes if route.drop_reason is None), None)


def _places(
    context: RouteContext, reached: Position, routes: Iterable[RouteOption]
) -> dict[str, Place]:
    """What must be asked for: the best route's place, that of the best when it is full, and so on.

    Up to the first route that needs none. Room is asked for once, yet decides before ranking does.
    """
    best = _first_eligible(routes)
    place = place_of(context, best.route_id) if best is not None else None
    if best is None or place is None:
        return {}
    places: dict[str, Place] = {}
    unexplained = replace(context, query=replace(context.query, explain=False))
    if not context.plan.order_depends_on_who_is_left:
        for route in _routes(unexplained, reached):
            if route.drop_reason is None:
                place = place_of(context, route.route_id)
                if place is None:
                    break
                places[route.route_id] = place
        return places
    while place is not None:
        places[best.route_id] = place
        full = dict.fromkeys(places, _ASKED_FOR)
        best = _first_eligible(_looked_at(replace(unexplained, full=full), reached))
        if best is None or best.route_id in places:
            break
        place = place_of(context, best.route_id)
    return places


def _routes(context: RouteContext, reached: Position) -> Iterator[RouteOption]:
    """The routes of all targets; of those whose turn is over only where somebody wants to see them."""
    query = context.query
    for index, target_id in enumerate(query.target_ids):
        passed = reached.has_passed(index)
        if passed and not query.explain:
            continue
        for route in routes_of(context, target_id):
            if route.drop_reason is not None:
                yield route
            elif route.route_id in query.tried_route_ids:
                yield route.without(*ALREADY_TRIED)
            elif passed:
                yield route.without(DropReason.FINAL_ANSWER, "the search for its target has ended")
            else:
                yield route


def _answer(
    context: RouteContext,
    settings: RoutingSettings,
    chosen: RouteOption | None,
    ended: Ended | None,
) -> Dial | LocationTarget | NoMoreRoutes:
    if ended is not None or chosen is None:
        why = ended or Ended(NoRouteReason.NO_ELIGIBLE_ROUTE, "")
        return _no_more(why, context.query.last_outcome)
    return chosen.location or _dial(chosen, context, settings)


def _ended(context: RouteContext, settings: RoutingSettings) -> Ended | None:
    """Why the call ends here whatever routes are left."""
    query = context.query
    outcome = query.last_outcome or AttemptOutcome()
    if outcome.dial_status is DialStatus.ANSWER:
        return Ended(NoRouteReason.ANSWERED, "the call was answered")
    if _caller_is_gone(outcome):
        return Ended(NoRouteReason.CALLER_GONE, "the caller hung up")
    if query.attempt > MOST_ATTEMPTS:
        return Ended(NoRouteReason.ATTEMPTS_EXHAUSTED, f"{MOST_ATTEMPTS} attempts were made")
    left = _ringing_left_s(context, settings)
    if left < settings.shortest_ring_s and not is_emergency(context):
        detail = f"the call rang for {settings.ringing_budget_s} s in all"
        return Ended(NoRouteReason.RINGING_BUDGET_SPENT, detail)
    return None


def _caller_is_gone(outcome: AttemptOutcome) -> bool:
    """Dial's own word decides: an attempt that rings out is answered with 487 as well."""
    if outcome.dial_status is not None:
        return outcome.dial_status is DialStatus.CANCEL
    return outcome.sip_status == _REQUEST_TERMINATED


def _exhausted(
    context: RouteContext,
    routes: list[RouteOption],
    reached: Position,
    chosen: RouteOption | None,
) -> Ended | None:
    """Why no route is left."""
    if chosen is not None:
        return None
    if reached.given_up:
        return Ended(NoRouteReason.FINAL_ANSWER, "the last answer was final")
    if context.query.tried_route_ids:
        return Ended(NoRouteReason.ROUTES_EXHAUSTED, "every eligible route has been tried")
    if not routes and is_emergency(context):
        detail = "no emergency route is configured for the number here"
        return Ended(NoRouteReason.NO_EMERGENCY_ROUTE, detail)
    if any(route.drop_reason in _NO_ROOM for route in routes):
        detail = "who could carry the call carries as many as it may; the trace says who"
        return Ended(NoRouteReason.NO_ELIGIBLE_ROUTE, detail, NO_CIRCUIT)
    detail = "no candidate is eligible; the trace says why"
    return Ended(NoRouteReason.NO_ELIGIBLE_ROUTE, detail)


def _no_more(why: Ended, outcome: AttemptOutcome | None) -> NoMoreRoutes:
    """The caller hears the last attempt's own cause, where one was made and gave one."""
    outcome = outcome or AttemptOutcome()
    status = outcome.sip_status or 0
    cause = (
        outcome.q850_cause
        or FINAL_SIP_STATUSES.get(status)
        or (outcome.dial_status and DIAL_STATUS_CAUSE.get(outcome.dial_status))
        or why.q850_cause
        or NO_ROUTE_CAUSE[why.reason]
    )
    sip = status if status >= 400 else sip_status(cause)
    return NoMoreRoutes(why.reason, cause, sip, why.detail)


def _ringing_left_s(context: RouteContext, settings: RoutingSettings) -> int:
    return settings.ringing_budget_s - context.query.ringing_spent_ms // 1000


def _dial(option: RouteOption, context: RouteContext, settings: RoutingSettings) -> Dial:
    timeout = min(option.ring_timeout_s or settings.ring_timeout_s, LONGEST_RING_S)
    if not is_emergency(context):
        timeout = min(timeout, _ringing_left_s(context, settings))
    return Dial(
        dial_string=option.reached.dial_string,
        route_id=option.route_id,
        caller=option.caller,
        dial_options=option.dial_options,
        ring_timeout_s=max(timeout, 1),
        provider=option.provider,
        tier=option.tier,
        sent_number=option.reached.sent_number,
        via_server=option.reached.via_server,
        carried_route_id=_carried_route_id(option),
        rate_id=_rate_id(option),
        price_per_minute=_own_price(option),
    )


def _rate_id(option: RouteOption) -> int:
    """The rate that priced the route."""
    rate = option.priced.quote.rate if option.priced is not None else None
    return rate.id if rate is not None else 0


def _own_price(option: RouteOption) -> Money | None:
    """What a minute costs the account."""
    sale = option.priced.quotes.sale() if option.priced is not None else None
    if sale is None:
        return None
    return Money(sale.deck.currency, shown(sale.rate.price_per_minute, PRICE_SCALE))


def _carried_route_id(option: RouteOption) -> str:
    """What the other server is told to dial; a number that it serves it classifies itself."""
    if not option.reached.via_server:
        return ""
    parsed = route_ids.parse(option.route_id)
    if isinstance(parsed, route_ids.RowId) and parsed.letter == route_ids.SERVER:
        return ""
    return option.route_id
