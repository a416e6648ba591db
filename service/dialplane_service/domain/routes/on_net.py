"""Routes to our own devices, groups and servers."""

from dialplane_service.domain.records import RingGroup
from dialplane_service.domain.routes.caller_id import presented_on_net
from dialplane_service.domain.routes.context import RouteContext
from dialplane_service.domain.routes.dial_strings import several
from dialplane_service.domain.routes.dialling import device_string, over_server, reached
from dialplane_service.domain.routes.option import Reached, RouteOption, dropped
from dialplane_service.domain.trace import DropReason


def endpoint_route(
    context: RouteContext, endpoint_id: int, route_id: str | None = None
) -> RouteOption:
    """The route that rings one device, over its server's forward path when it is elsewhere."""
    name = route_id or f"e{endpoint_id}"
    row = f"endpoints#{endpoint_id}"
    endpoint = context.data.endpoint.get(endpoint_id)
    if endpoint is None:
        return dropped(name, row, DropReason.TARGET_UNKNOWN, "the device no longer exists")
    if not endpoint.enabled:
        return dropped(name, row, DropReason.TARGET_DISABLED, "the device is switched off")
    way = reached(context.query.called.digits, lambda: device_string(context, endpoint_id))
    return RouteOption(
        name,
        row,
        _through(way, _elsewhere(context, endpoint.server_id)),
        presented_on_net(context),
        ring_timeout_s=endpoint.ring_timeout_s,
    )


def member_routes(context: RouteContext, group: RingGroup) -> list[RouteOption]:
    """One route per device of a group that rings in turn, in the order of its positions."""
    members = context.data.group_members.get(group.id, ())
    return [
        endpoint_route(context, member.endpoint_id, f"r{group.id}.e{member.endpoint_id}")
        for member in members
    ]


def ring_all_route(
    context: RouteContext, group: RingGroup, *, here_only: bool = False
) -> RouteOption:
    """The one route that rings all devices of a group: those here by name, each other server once.

    ``here_only``: another server asked for the devices that this one holds, and rings the others
    itself.
    """
    others: list[str] = []

    def build() -> str | None:
        strings: dict[str, None] = {}
        for member in context.data.group_members.get(group.id, ()):
            endpoint = context.data.endpoint.get(member.endpoint_id)
            if endpoint is None or not endpoint.enabled:
                continue
            if here_only and endpoint.server_id != context.server.id:
                continue
            text = device_string(context, member.endpoint_id)
            if text is not None:
                strings[text] = None
                others.extend(_elsewhere(context, endpoint.server_id))
        return several(list(strings)) if strings else None

    return RouteOption(
        f"r{group.id}",
        f"ring_groups#{group.id}",
        _through(reached(context.query.called.digits, build), others),
        presented_on_net(context),
        ring_timeout_s=group.ring_timeout_s,
    )


def _elsewhere(context: RouteContext, server_id: int) -> list[str]:
    server = context.data.server.get(server_id)
    return [] if server is None or server.id == context.server.id else [server.servername]


def _through(way: Reached, servers: list[str]) -> Reached:
    return way._replace(via_server=servers[0]) if servers else way


def server_route(context: RouteContext, server_id: int) -> RouteOption:
    """The route that carries the call to the server that serves its number."""
    return RouteOption(
        f"s{server_id}",
        f"servers#{server_id}",
        over_server(context, context.data.server.get(server_id)),
        presented_on_net(context),
    )
