"""``dialplane_emergency.conf``: emergency numbers that need no service, no agent and no shim."""

from dialplane_service.domain.asterisk_files.checks import INVALID
from dialplane_service.domain.asterisk_files.host import Host
from dialplane_service.domain.asterisk_files.text import AsteriskFile, file, section
from dialplane_service.domain.records import EmergencyRoute
from dialplane_service.domain.routes.emergency_routes import emergency_route


def emergency_file(host: Host) -> AsteriskFile:
    """The routes of this server's country in their order, with the dial strings of the service itself."""
    numbers: dict[str, list[EmergencyRoute]] = {}
    for row in sorted(host.data.rows.emergency_routes, key=lambda row: (row.position, row.id)):
        if _is_here(host, row):
            label = f"emergency_routes#{row.id}"
            number = host.checks.digits(label, "number", row.number)
            if number != INVALID:
                numbers.setdefault(number, []).append(row)
    body = ["", *section("users_context")]
    for number in sorted(numbers, key=lambda text: (len(text), text)):
        dials = [line for row in numbers[number] if (line := _dial(host, row))]
        if dials:
            body += [f"exten => {number},1,GoSub(service,emergency,1)", *dials]
            body += [" same => n,Goto(service,no_more_paths,1)", ""]
    about = (
        "Emergency numbers, in the order of emergency_routes. They stand beside the patterns of",
        "users_context, and an exact extension is preferred to every pattern.",
    )
    return file("dialplane_emergency.conf", host.name, about, body[:-1] if not body[-1] else body)


def _is_here(host: Host, row: EmergencyRoute) -> bool:
    """As the service sees it: of the site's country, for all servers or this one."""
    if host.server.country is None:
        return row.server_id == host.server.id
    return row.country == host.server.country and row.server_id in (None, host.server.id)


def _dial(host: Host, row: EmergencyRoute) -> str | None:
    label = f"emergency_routes#{row.id}"
    if row.dial_number is not None:
        host.checks.digits(label, "dial_number", row.dial_number)
    route = emergency_route(host.context(row.number), row, "")
    if route.drop_reason is not None:
        host.omit(label, f"no static route: {route.reached.detail}")
        return None
    if route.reached.via_server:
        # The other server would ask the service, which is what a static route must not need.
        host.omit(label, f"no static route: its gate is on {route.reached.via_server}")
        return None
    peer = f"gates#{row.gate_id}" if row.gate_id is not None else ""
    where = peer or f"providers_ips#{row.providers_ips_id}"
    timeout = route.ring_timeout_s
    dial = f"Dial({route.reached.dial_string},{timeout},b(service^emergency_handler^1))"
    return f" same => n,{dial} ; {label}, {where}"
