"""The next step of a call: the first route that is still to be tried, or why there is none."""

from dataclasses import dataclass

from dialplane_service.domain import route_ids
from dialplane_service.domain.answers import Dial, DialAnswer, NoMoreRoutes, NoRouteReason
from dialplane_service.domain.causes import DIAL_STATUS_CAUSE, NO_ROUTE_CAUSE, sip_status
from dialplane_service.domain.events import DialStatus
from dialplane_service.domain.queries import AttemptOutcome
from dialplane_service.domain.routes.context import RouteContext
from dialplane_service.domain.routes.expand import routes_of
from dialplane_service.domain.routes.final_answers import FINAL_SIP_STATUSES, is_final
from dialplane_service.domain.routes.option import RouteOption
from dialplane_service.domain.settings import LONGEST_RING_S, RoutingSettings
from dialplane_service.domain.trace import Candidate, DropReason

MOST_ATTEMPTS = 10
_REQUEST_TERMINATED = 487


@dataclass(frozen=True, slots=True)
class _Position:
    """How far the call has come: the target being tried, and whether its search has ended."""

    target: int
    given_up: bool


def next_step(context: RouteContext, settings: RoutingSettings) -> DialAnswer:
    """The next thing to dial, with every candidate and what became of it.

    Targets are tried in their order and each target's routes in theirs. A final answer ends the
    search for its target only: a busy manager does not keep the call from the group. It ends no
    search for an emergency service, nor for a group that rings in turn: the next member may be free.
    An answered call, a caller who is gone, ten attempts and, but for emergencies, a spent ringing
    budget end it for all.
    """
    query = context.query
    targets = [routes_of(context, target_id) for target_id in query.target_ids]
    position = _position(context, targets)
    options = [
        _still_eligible(option, index, position, query.tried_route_ids)
        for index, target in enumerate(targets)
        for option in target
    ]
    chosen = next((option for option in options if option.drop_reason is None), None)
    ended = _ended(context, settings) or _exhausted(context, options, position, chosen)
    candidates = _ranked(options)
    version = context.data.version
    if ended is not None or chosen is None:
        reason, detail = ended or (NoRouteReason.NO_ELIGIBLE_ROUTE, "")
        return DialAnswer(_no_more(reason, query.last_outcome, detail), version, candidates)
    if chosen.location is not None:
        return DialAnswer(chosen.location, version, candidates)
    return DialAnswer(_dial(chosen, context, settings), version, candidates)


def _position(context: RouteContext, targets: list[list[RouteOption]]) -> _Position:
    tried = context.query.tried_route_ids
    if not tried:
        return _Position(0, given_up=False)
    target, provider_id = _find(context, targets, tried[-1])
    if _is_emergency(context) or isinstance(route_ids.parse(tried[-1]), route_ids.MemberId):
        return _Position(target, given_up=False)
    outcome = context.query.last_outcome or AttemptOutcome()
    return _Position(target, is_final(context.data, provider_id, outcome))


def _is_emergency(context: RouteContext) -> bool:
    return route_ids.EMERGENCY in context.query.target_ids


def _find(
    context: RouteContext, targets: list[list[RouteOption]], route_id: str
) -> tuple[int, int | None]:
    """The index of the target that a tried route belongs to, and the route's provider."""
    for index, target in enumerate(targets):
        for option in target:
            if option.route_id == route_id:
                return index, option.provider_id
    wanted = route_ids.target_of(route_id)
    known = context.query.target_ids
    return (known.index(wanted) if wanted in known else 0), None


def _still_eligible(
    option: RouteOption, index: int, position: _Position, tried: tuple[str, ...]
) -> RouteOption:
    if option.drop_reason is not None:
        return option
    if option.route_id in tried:
        return _dropped(option, DropReason.ALREADY_TRIED, "an earlier attempt used it")
    if index < position.target or (index == position.target and position.given_up):
        return _dropped(option, DropReason.FINAL_ANSWER, "the search for its target has ended")
    return option


def _dropped(option: RouteOption, reason: DropReason, detail: str) -> RouteOption:
    return option._replace(reached=option.reached._replace(drop_reason=reason, detail=detail))


def _ended(context: RouteContext, settings: RoutingSettings) -> tuple[NoRouteReason, str] | None:
    """Why the call ends here whatever routes are left."""
    query = context.query
    outcome = query.last_outcome or AttemptOutcome()
    if outcome.dial_status is DialStatus.ANSWER:
        return NoRouteReason.ANSWERED, "the call was answered"
    if _caller_is_gone(outcome):
        return NoRouteReason.CALLER_GONE, "the caller hung up"
    if query.attempt > MOST_ATTEMPTS:
        return NoRouteReason.ATTEMPTS_EXHAUSTED, f"{MOST_ATTEMPTS} attempts were made"
    left = _ringing_left_s(context, settings)
    if left < settings.shortest_ring_s and not _is_emergency(context):
        detail = f"the call rang for {settings.ringing_budget_s} s in all"
        return NoRouteReason.RINGING_BUDGET_SPENT, detail
    return None


def _caller_is_gone(outcome: AttemptOutcome) -> bool:
    """Dial's own word decides: an attempt that rings out is answered with 487 as well."""
    if outcome.dial_status is not None:
        return outcome.dial_status is DialStatus.CANCEL
    return outcome.sip_status == _REQUEST_TERMINATED


def _exhausted(
    context: RouteContext,
    options: list[RouteOption],
    position: _Position,
    chosen: RouteOption | None,
) -> tuple[NoRouteReason, str] | None:
    """Why no route is left."""
    if chosen is not None:
        return None
    if position.given_up:
        return NoRouteReason.FINAL_ANSWER, "the last answer was final"
    if context.query.tried_route_ids:
        return NoRouteReason.ROUTES_EXHAUSTED, "every eligible route has been tried"
    if not options and _is_emergency(context):
        detail = "no emergency route is configured for the number here"
        return NoRouteReason.NO_EMERGENCY_ROUTE, detail
    return NoRouteReason.NO_ELIGIBLE_ROUTE, "no candidate is eligible; the trace says why"


def _no_more(reason: NoRouteReason, outcome: AttemptOutcome | None, detail: str) -> NoMoreRoutes:
    """The caller hears the last attempt's own cause, where one was made and gave one."""
    outcome = outcome or AttemptOutcome()
    status = outcome.sip_status or 0
    cause = (
        outcome.q850_cause
        or FINAL_SIP_STATUSES.get(status)
        or (outcome.dial_status and DIAL_STATUS_CAUSE.get(outcome.dial_status))
        or NO_ROUTE_CAUSE[reason]
    )
    return NoMoreRoutes(reason, cause, status if status >= 400 else sip_status(cause), detail)


def _ringing_left_s(context: RouteContext, settings: RoutingSettings) -> int:
    return settings.ringing_budget_s - context.query.ringing_spent_ms // 1000


def _dial(option: RouteOption, context: RouteContext, settings: RoutingSettings) -> Dial:
    timeout = min(option.ring_timeout_s or settings.ring_timeout_s, LONGEST_RING_S)
    if not _is_emergency(context):
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
    )


def _carried_route_id(option: RouteOption) -> str:
    """What the other server is told to dial; a number that it serves it classifies itself."""
    parsed = route_ids.parse(option.route_id)
    if isinstance(parsed, route_ids.RowId) and parsed.letter == route_ids.SERVER:
        return ""
    return option.route_id if option.reached.via_server else ""


def _ranked(options: list[RouteOption]) -> tuple[Candidate, ...]:
    """The eligible candidates with their ranks, then the dropped ones."""
    eligible = [option for option in options if option.drop_reason is None]
    rest = [option for option in options if option.drop_reason is not None]
    return tuple(
        Candidate(
            route_id=option.route_id,
            provider=option.provider,
            tier=option.tier,
            dial_string=option.reached.dial_string,
            rank=rank if option.drop_reason is None else 0,
            drop_reason=option.drop_reason,
            detail=option.reached.detail or _why(option),
            row=option.row,
            caller_number=option.caller.number,
            priority=option.priority,
        )
        for rank, option in enumerate([*eligible, *rest], start=1)
    )


def _why(option: RouteOption) -> str:
    return f"priority {option.priority}" if option.priority else "on-net"
