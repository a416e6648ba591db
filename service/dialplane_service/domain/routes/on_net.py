"""Routes to our own devices, groups and servers."""

from dialplane_service.domain.records import Endpoint, RingGroup, Server
from dialplane_service.domain.routes import dial_strings
from dialplane_service.domain.routes.caller_id import presented_on_net
from dialplane_service.domain.routes.context import RouteContext
from dialplane_service.domain.routes.option import RouteOption, dropped
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
    server = context.data.server.get(endpoint.server_id)
    text = None if server is None else _ring(context, server, endpoint)
    if server is None or text is None:
        detail = "the device's server has no forward path"
        return dropped(name, row, DropReason.SERVER_UNREACHABLE, detail)
    return RouteOption(
        name,
        row,
        dial_string=text,
        sent_number=context.query.called.digits,
        via_server="" if server.id == context.server.id else server.servername,
        caller=presented_on_net(context),
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

    ``here_only``: another server rings its own; this one was asked for the devices it holds.
    """
    name, row = f"r{group.id}", f"ring_groups#{group.id}"
    strings: list[str] = []
    carried: set[int] = set()
    for member in context.data.group_members.get(group.id, ()):
        endpoint = context.data.endpoint.get(member.endpoint_id)
        server = context.data.server.get(endpoint.server_id) if endpoint is not None else None
        if endpoint is None or server is None or not endpoint.enabled:
            continue
        elsewhere = server.id != context.server.id
        if elsewhere and (here_only or server.id in carried):
            continue
        text = _ring(context, server, endpoint)
        if text is not None:
            strings.append(text)
            if elsewhere:
                carried.add(server.id)
    if not strings:
        detail = "no device of the group is on and can be reached"
        return dropped(name, row, DropReason.TARGET_DISABLED, detail)
    return RouteOption(
        name,
        row,
        dial_string=dial_strings.several(strings),
        sent_number=context.query.called.digits,
        caller=presented_on_net(context),
        ring_timeout_s=group.ring_timeout_s,
    )


def server_route(context: RouteContext, server_id: int) -> RouteOption:
    """The route that carries the call to the server that serves its number."""
    name, row = f"s{server_id}", f"servers#{server_id}"
    server = context.data.server.get(server_id)
    if server is None:
        return dropped(name, row, DropReason.TARGET_UNKNOWN, "the server no longer exists")
    text = dial_strings.number_at_server(context.server, server, context.dialled)
    if text is None or server.id == context.server.id:
        detail = "the server has no forward path from here"
        return dropped(name, row, DropReason.SERVER_UNREACHABLE, detail)
    return RouteOption(
        name,
        row,
        dial_string=text,
        sent_number=context.dialled,
        via_server=server.servername,
        caller=presented_on_net(context),
    )


def _ring(context: RouteContext, server: Server, endpoint: Endpoint) -> str | None:
    if server.id == context.server.id:
        return dial_strings.device(endpoint.proto, server.sip_driver, endpoint.endpointname)
    return dial_strings.number_at_server(context.server, server, context.dialled)
