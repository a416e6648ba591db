"""The routes of each target, in the order of the targets."""

from collections.abc import Iterable

from dialplane_service.domain import route_ids
from dialplane_service.domain.answers import LocationTarget
from dialplane_service.domain.classification.targets import location_target
from dialplane_service.domain.kinds import LocationKind, RingStrategy, TargetKind
from dialplane_service.domain.numbers import NumberKind, is_e164
from dialplane_service.domain.routes.carried import carried_route
from dialplane_service.domain.routes.context import RouteContext
from dialplane_service.domain.routes.emergency_routes import emergency_routes
from dialplane_service.domain.routes.on_net import (
    endpoint_route,
    member_routes,
    ring_all_route,
    server_route,
)
from dialplane_service.domain.routes.option import RouteOption, dropped
from dialplane_service.domain.routes.provider_routes import provider_routes
from dialplane_service.domain.trace import DropReason

ECHO_TEST = LocationTarget(
    route_ids.ECHO_TEST, "echo_test", LocationKind.ECHO_TEST, "service", "echo_test", 1
)
"""Where the dialplan keeps its echo test."""


def routes_of(context: RouteContext, target_id: str) -> Iterable[RouteOption]:
    """The candidates of one target, eligible or dropped; all of them where the question asks to explain."""
    if target_id == route_ids.DIALLED_NUMBER:
        called = context.query.called
        if called.kind is not NumberKind.E164 or not is_e164(called.digits):
            return [_not_outside(target_id)]
        return provider_routes(context, called.digits)
    if target_id == route_ids.EMERGENCY:
        return emergency_routes(context)
    if target_id == route_ids.ECHO_TEST:
        return [_place(ECHO_TEST, "")]
    if target_id.startswith(route_ids.CARRIED):
        return [carried_route(context, target_id.removeprefix(route_ids.CARRIED))]
    parsed = route_ids.parse(target_id)
    if isinstance(parsed, route_ids.RowId):
        return _of_row(context, target_id, parsed)
    return [_unknown(target_id)]


def _of_row(
    context: RouteContext, target_id: str, parsed: route_ids.RowId
) -> Iterable[RouteOption]:
    data = context.data
    if parsed.letter == "e":
        return [endpoint_route(context, parsed.row)]
    if parsed.letter == "r":
        return _group(context, target_id, parsed.row)
    if parsed.letter == "s":
        return [server_route(context, parsed.row)]
    if parsed.letter == "l":
        location = data.location.get(parsed.row)
        if location is not None:
            return [_place(location_target(location), f"dialplan_locations#{location.id}")]
    if parsed.letter == "t":
        row = data.target.get(parsed.row)
        if row is not None and row.kind is TargetKind.EXTERNAL and row.number:
            if not is_e164(row.number):
                return [_not_outside(target_id)]
            return provider_routes(context, row.number, row.id)
    return [_unknown(target_id)]


def _unknown(target_id: str) -> RouteOption:
    detail = "what the target names no longer exists"
    return dropped(target_id, "", DropReason.TARGET_UNKNOWN, detail)


def _not_outside(target_id: str) -> RouteOption:
    """An emergency number, an extension or a short number is nothing to buy from a provider."""
    detail = "only a full international number is carried by providers"
    return dropped(target_id, "", DropReason.TARGET_UNKNOWN, detail)


def _group(context: RouteContext, target_id: str, group_id: int) -> list[RouteOption]:
    group = context.data.ring_group.get(group_id)
    row = f"ring_groups#{group_id}"
    if group is None:
        return [dropped(target_id, row, DropReason.TARGET_UNKNOWN, "the group no longer exists")]
    if not group.enabled:
        return [dropped(target_id, row, DropReason.TARGET_DISABLED, "the group is switched off")]
    if group.strategy is RingStrategy.LINEAR:
        return member_routes(context, group)
    return [ring_all_route(context, group)]


def _place(location: LocationTarget, row: str) -> RouteOption:
    return RouteOption(location.target_id, row, location=location)
