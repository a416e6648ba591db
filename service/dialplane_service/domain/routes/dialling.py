"""How a route gets its dial string: at a peer of this server, or over another server's forward path."""

from collections.abc import Callable
from dataclasses import replace

from dialplane_service.domain.records import Gate, Server, TrunkAddress
from dialplane_service.domain.routes.context import RouteContext
from dialplane_service.domain.routes.dial_strings import (
    DialStringError,
    device,
    number_at_peer,
    number_at_server,
)
from dialplane_service.domain.routes.option import RouteOption
from dialplane_service.domain.trace import DropReason


def at_gate(option: RouteOption, context: RouteContext, gate: Gate, sent: str) -> RouteOption:
    """Dial a gate: here by its name, elsewhere over its server's forward path."""
    if gate.serverid != context.server.id:
        return over_server(option, context, context.data.server.get(gate.serverid))
    driver, peer = context.server.sip_driver, gate.gatename
    return _dialled(option, sent, lambda: number_at_peer(gate.proto, driver, peer, sent))


def at_address(
    option: RouteOption, context: RouteContext, row: TrunkAddress, sent: str
) -> RouteOption:
    """Dial an address: by its domain name, else by the address itself."""
    peer = _peer_name(row)
    if peer is None:
        detail = "the address row has neither a domain name nor an address"
        return replace(option, drop_reason=DropReason.NO_ADDRESS, detail=detail)
    driver = context.server.sip_driver
    return _dialled(option, sent, lambda: number_at_peer(row.proto, driver, peer, sent, row.port))


def over_server(option: RouteOption, context: RouteContext, server: Server | None) -> RouteOption:
    """Carry the number first dialled to another server, which takes the call from there."""
    sent = context.dialled
    if server is not None and server.id != context.server.id:
        option = replace(option, via_server=server.servername)
        return _dialled(option, sent, lambda: number_at_server(context.server, server, sent))
    detail = "the server that holds it is not known, or is this one"
    return replace(option, drop_reason=DropReason.SERVER_UNREACHABLE, detail=detail)


def device_string(context: RouteContext, endpoint_id: int) -> str | None:
    """What rings a device: here its name, elsewhere its server's forward path; ``None``: nothing.

    Raises:
        DialStringError: the name or the number holds anything but its alphabet.
    """
    endpoint = context.data.endpoint.get(endpoint_id)
    server = context.data.server.get(endpoint.server_id) if endpoint is not None else None
    if endpoint is None or server is None:
        return None
    if server.id == context.server.id:
        return device(endpoint.proto, server.sip_driver, endpoint.endpointname)
    return number_at_server(context.server, server, context.dialled)


def ringing(
    option: RouteOption, context: RouteContext, build: Callable[[], str | None]
) -> RouteOption:
    """Dial what ``build`` gives, with the number first dialled."""
    return _dialled(option, context.query.called.digits, build)


def _dialled(option: RouteOption, sent: str, build: Callable[[], str | None]) -> RouteOption:
    """A part outside its alphabet drops the one route, not the call."""
    try:
        text = build()
    except DialStringError as error:
        detail = str(error)
        return replace(option, drop_reason=DropReason.DIAL_STRING_INVALID, detail=detail)
    if text is None:
        detail = "the server that holds it has no forward path"
        return replace(option, drop_reason=DropReason.SERVER_UNREACHABLE, detail=detail)
    return replace(option, dial_string=text, sent_number=sent)


def _peer_name(row: TrunkAddress) -> str | None:
    if row.domainname:
        return row.domainname
    if row.ipaddress is None:
        return None
    return f"[{row.ipaddress}]" if ":" in row.ipaddress else row.ipaddress
