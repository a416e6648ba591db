"""How a route gets its dial string: at a peer of this server, or over another server's forward path."""

from collections.abc import Callable

from dialplane_service.domain.records import Gate, Server, TrunkAddress
from dialplane_service.domain.routes.context import RouteContext
from dialplane_service.domain.routes.dial_strings import (
    DialStringError,
    device,
    number_at_peer,
    number_at_server,
)
from dialplane_service.domain.routes.option import Reached
from dialplane_service.domain.trace import DropReason


def at_gate(context: RouteContext, gate: Gate, sent: str) -> Reached:
    """Dial a gate: here by its name, elsewhere over its server's forward path."""
    if gate.serverid != context.server.id:
        return over_server(context, context.data.server.get(gate.serverid))
    driver, peer = context.server.sip_driver, gate.gatename
    return reached(sent, lambda: number_at_peer(gate.proto, driver, peer, sent))


def at_address(context: RouteContext, row: TrunkAddress, sent: str) -> Reached:
    """Dial an address: by its domain name, else by the address itself."""
    peer = _peer_name(row)
    if peer is None:
        detail = "the address row has neither a domain name nor an address"
        return Reached(drop_reason=DropReason.NO_ADDRESS, detail=detail)
    driver = context.server.sip_driver
    return reached(sent, lambda: number_at_peer(row.proto, driver, peer, sent, row.port))


def over_server(context: RouteContext, server: Server | None) -> Reached:
    """Carry the number first dialled to another server, which takes the call from there."""
    if server is None or server.id == context.server.id:
        detail = "the server that holds it is not known, or is this one"
        return Reached(drop_reason=DropReason.SERVER_UNREACHABLE, detail=detail)
    here, sent = context.server, context.dialled
    return reached(sent, lambda: number_at_server(here, server, sent), server.servername)


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


def reached(sent: str, build: Callable[[], str | None], via_server: str = "") -> Reached:
    """Dial what ``build`` gives. A part outside its alphabet drops the one route, not the call."""
    try:
        text = build()
    except DialStringError as error:
        return Reached(
            via_server=via_server,
            drop_reason=DropReason.DIAL_STRING_INVALID,
            detail=str(error),
        )
    if text is None:
        return Reached(
            via_server=via_server,
            drop_reason=DropReason.SERVER_UNREACHABLE,
            detail="the server that holds it has no forward path",
        )
    return Reached(text, sent, via_server)


def _peer_name(row: TrunkAddress) -> str | None:
    if row.domainname:
        return row.domainname
    if row.ipaddress is None:
        return None
    return f"[{row.ipaddress}]" if ":" in row.ipaddress else row.ipaddress
