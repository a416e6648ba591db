"""``dialplane_emergency.conf``: emergency numbers that need no service, no agent and no shim."""

from collections.abc import Iterable
from typing import Final

from dialplane_service.domain.asterisk_files.checks import INVALID
from dialplane_service.domain.asterisk_files.host import Host
from dialplane_service.domain.asterisk_files.text import AsteriskFile, file, section
from dialplane_service.domain.records import EmergencyRoute, Server
from dialplane_service.domain.routes.emergency_routes import emergency_route

_ABOUT: Final = (
    "Emergency numbers, in the order of emergency_routes, dialled without asking anybody. They stand",
    "beside the patterns of both contexts, and an exact extension is preferred to every pattern.",
)
_OPTIONS: Final = "ib(service^emergency_handler^1)"


def emergency_file(host: Host) -> AsteriskFile:
    """The server's own emergency numbers, and those that other servers reach over its gates."""
    rows = sorted(host.data.rows.emergency_routes, key=lambda row: (row.position, row.id))
    own = [row for row in rows if _applies(row, host.server)]
    body = _context(host, "users_context", "emergency", own)
    lent = _lent(host, rows, own)
    body += ["", "; For the other servers, whose routes lead over gates of this one."]
    body += _context(host, "sisters", "emergency_from_sister", lent)
    return file("dialplane_emergency.conf", host.name, _ABOUT, body)


def _applies(row: EmergencyRoute, server: Server) -> bool:
    """As the service sees it: of the site's country, for all servers or this one."""
    if server.country is None:
        return row.server_id == server.id
    return row.country == server.country and row.server_id in (None, server.id)


def _lent(
    host: Host, rows: list[EmergencyRoute], own: list[EmergencyRoute]
) -> list[EmergencyRoute]:
    """Routes over gates here that another server has.

    A carried call says its number and not its country: where two countries share a number, this
    server's own comes first, else the one whose route stands first.
    """
    candidates = [
        row
        for row in rows
        if _is_gate_here(host, row) and any(_applies(row, sister) for sister in host.sisters)
    ]
    countries = {row.number: row.country for row in reversed(candidates)}
    countries |= {row.number: row.country for row in own}
    lent = []
    for row in candidates:
        if row.country == countries[row.number]:
            lent.append(row)
        else:
            problem = f"other servers reach {row.number} of {countries[row.number]} over this one"
            host.omit(f"emergency_routes#{row.id}", problem)
    return lent


def _is_gate_here(host: Host, row: EmergencyRoute) -> bool:
    gate = host.data.gate.get(row.gate_id) if row.gate_id is not None else None
    return gate is not None and gate.serverid == host.server.id


def _context(host: Host, name: str, subroutine: str, rows: Iterable[EmergencyRoute]) -> list[str]:
    dials: dict[str, dict[str, str]] = {}
    for row in rows:
        label = f"emergency_routes#{row.id}"
        number = host.checks.digits(label, "number", row.number)
        if row.dial_number is not None:
            host.checks.digits(label, "dial_number", row.dial_number)
        if number != INVALID:
            _add_dial(host, row, dials.setdefault(number, {}))
    body = ["", *section(name)]
    for number in sorted(dials, key=lambda text: (len(text), text)):
        if dials[number]:
            body.append(f"exten => {number},1,GoSub(service,{subroutine},1)")
            body += [f" same => n,{dial} ; {label}" for label, dial in dials[number].items()]
            body += [" same => n,Goto(service,no_more_paths,1)", ""]
    return body[:-1] if not body[-1] else body


def _add_dial(host: Host, row: EmergencyRoute, dials: dict[str, str]) -> None:
    """Add the dial string that the service itself would give."""
    label = f"emergency_routes#{row.id}"
    route = emergency_route(host.context(row.number), row, "")
    if route.drop_reason is not None:
        host.omit(label, f"no static route: {route.reached.detail}")
        return
    dial = f"Dial({route.reached.dial_string},{route.ring_timeout_s},{_OPTIONS})"
    if route.reached.via_server and dial in dials.values():
        return  # the other server tries all of its gates itself
    gate = f"gates#{row.gate_id}" if row.gate_id is not None else ""
    dials[f"{label}, {gate or f'providers_ips#{row.providers_ips_id}'}"] = dial
