"""The parts of the dialplan that depend on the data: settings, emergency numbers, numbers, hints."""

from dialplane_service.domain.asterisk_files.checks import INVALID
from dialplane_service.domain.asterisk_files.devices import hints_context
from dialplane_service.domain.asterisk_files.host import Host
from dialplane_service.domain.asterisk_files.text import AsteriskFile, file, section
from dialplane_service.domain.kinds import Protocol
from dialplane_service.domain.numbers import written
from dialplane_service.domain.routes.dial_strings import device


def settings_file(host: Host) -> AsteriskFile:
    """What `service,begin` sets on every calling channel."""
    name = host.name
    address, domain = host.server.ipaddress, name
    if address is not None:
        parsed = host.checks.address(f"servers#{host.server.id}", "ipaddress", address)
        domain = f"[{parsed}]" if parsed is not None and parsed.version == 6 else str(parsed)
    proxied = any(row.server_id == host.server.id for row in host.data.rows.trusted_proxies)
    header = "X-Real-Address" if proxied else ""
    about = (
        f"Settings of the server {name}, whose asterisk.conf says `systemname = {name}`.",
        "",
        "What this host wants otherwise it sets again in a context of its own, in its extensions.conf:",
        "    [dialplane_host]",
        "    exten => settings,1,Set(__DIALPLANE_AGENT=agi://127.0.0.1:4574)",
        "     same => n,Set(DIALPLANE_PROXY_HEADER=X-Real-Address)",
        "     same => n,Return()",
    )
    body = [
        "",
        *section("dialplane_settings"),
        "; Where steps are asked: the host's agent. Empty: each step is a process of dialplane-agi.",
        "exten => s,1,Set(__DIALPLANE_AGENT=agi://127.0.0.1)",
        "; The file that a living agent keeps rewriting with its clock. Empty: an agent is always asked.",
        " same => n,Set(__DIALPLANE_AGENT_CLOCK=/run/dialplane/agent.clock)",
        "; Seconds for a step when the agent takes the connection and never speaks.",
        " same => n,Set(__DIALPLANE_STEP_BOUND=4)",
        "; The host part of the SIP addresses that the dialplan writes.",
        f" same => n,Set(__DIALPLANE_DOMAIN={domain})",
        "; The header in which a trusted proxy gives the caller's address. Empty: there is no proxy.",
        f" same => n,Set(DIALPLANE_PROXY_HEADER={header})",
        "; What a device hears when its call fails: empty for nothing, tone, or a sound file.",
        " same => n,Set(DIALPLANE_USERS_HEAR=)",
        " same => n,GosubIf(${DIALPLAN_EXISTS(dialplane_host,settings,1)}?dialplane_host,settings,1)",
        " same => n,Return()",
    ]
    return file("dialplane_settings.conf", name, about, body)


def numbers_file(host: Host) -> AsteriskFile:
    """The numbers whose calls arrive at this server: served here, or bound to a gate here."""
    data, body = host.data, ["", *section("dialplane_numbers")]
    here = {gate.numbers_pool_id for gate in data.rows.gates if gate.serverid == host.server.id}
    for row in sorted(data.rows.numbers, key=lambda row: row.id):
        if not row.direction.takes_in or (row.server_id != host.server.id and row.id not in here):
            continue
        label = f"numbers_pool#{row.id}"
        number = host.checks.digits(label, "number", row.number)
        if number == INVALID:
            continue
        forms = {number: None, f"+{number}": None}
        provider = data.provider.get(row.provider_id)
        if provider is not None:
            forms[written(number, provider.number_format_in, provider.country)] = None
        body += [f"exten => {form},1,Goto(public,${{EXTEN}},1) ; {label}" for form in forms]
    about = (
        "Numbers whose calls arrive here, as their providers write them. Trunks of Dialplane's own need",
        "it not: their context is public. A host that already runs sends its own trunks' calls on with",
        "    include => dialplane_numbers",
        "in the context of those trunks.",
    )
    return file("dialplane_numbers.conf", host.name, about, body)


def hints_file(host: Host) -> AsteriskFile:
    """The state of each device under its extension, for the keys of its account's other devices."""
    contexts: dict[str, list[str]] = {}
    for row in sorted(host.data.rows.endpoints, key=lambda row: row.id):
        if row.server_id != host.server.id or row.extension is None or row.proto is Protocol.H323:
            continue
        label = f"endpoints#{row.id}"
        extension = host.checks.digits(label, "extension", row.extension)
        name = host.checks.peer(label, "endpointname", row.endpointname)
        context = hints_context(host, row.account_id)
        if context and INVALID not in (extension, name):
            state = device(row.proto, host.server.sip_driver, name)
            line = f"exten => {extension},hint,{state} ; {label}"
            contexts.setdefault(context, []).append(line)
    body = []
    for context, lines in sorted(contexts.items()):
        body += ["", *section(context), *sorted(lines)]
    about = (
        "Hints: whether a device is busy, under its extension, a context for each account. Devices on",
        "other servers have none. Include it in extensions.conf if phones watch each other.",
    )
    return file("dialplane_hints.conf", host.name, about, body)
