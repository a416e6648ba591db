"""``dialplane_pjsip.conf`` and ``dialplane_pjsip_devices.conf``: peers on chan_pjsip."""

from collections.abc import Sequence
from typing import Final

from dialplane_service.domain.addresses import Network, is_host
from dialplane_service.domain.asterisk_files.devices import devices
from dialplane_service.domain.asterisk_files.host import Host, PeerNames
from dialplane_service.domain.asterisk_files.sisters import Path, Sister, sisters
from dialplane_service.domain.asterisk_files.text import (
    AsteriskFile,
    file,
    host_secrets,
    section,
    section_template,
)
from dialplane_service.domain.asterisk_files.trunks import (
    Trunk,
    answering,
    provider_comment,
    senders,
    trunks,
)
from dialplane_service.domain.kinds import Protocol, Transport

PROXIES: Final = "trusted-proxies"
_ONLY_BY_ADDRESS: Final = "identify_by=ip"
_ABOUT_TRUNKS: Final = (
    "Providers and sister servers on PJSIP. Include it after dialplane/pjsip.conf.",
    "",
    "Logins are this host's own: dialplane/secrets_pjsip.conf has, for each gate that needs one,",
    "    [GATE-auth](!,dialplane-auth)",
    "    username=...",
    "    password=...",
    "and, for each gate that registers,",
    "    [GATE-registration](!,dialplane-registration)",
    "which may also say client_uri=sip:LOGIN@DOMAIN. Without them a gate neither logs in nor registers.",
)
_ABOUT_DEVICES: Final = (
    "Users' devices on PJSIP. Include it after dialplane/pjsip.conf, or leave it out where devices",
    "are configured by other means under the same names.",
    "",
    "Logins are this host's own: dialplane/secrets_pjsip_devices.conf has for each device",
    "    [DEVICE-auth](!,dialplane-auth)",
    "    username=DEVICE",
    "    password=...",
    "A device without one can neither register nor call.",
)
_AUTH: Final = section_template("dialplane-auth", ("type=auth", "auth_type=userpass"))
_REGISTRATION: Final = section_template(
    "dialplane-registration",
    (
        "type=registration",
        "auth_rejection_permanent=no",
        "retry_interval=60",
        "forbidden_retry_interval=300",
        "fatal_retry_interval=300",
        "max_retries=1000000",
    ),
)
_REGISTERING: Final = section_template(
    "dialplane-registering",
    ("type=aor", "max_contacts=1", "remove_existing=yes", "qualify_frequency=60"),
)


def pjsip_files(host: Host) -> list[AsteriskFile]:
    """Trunks and sisters in one file, devices in another."""
    names = PeerNames(host.checks)
    known = trunks(host, names, Protocol.SIP)
    gates = [trunk.name for trunk in known if trunk.is_gate]
    body = ["", *_AUTH, *_REGISTRATION]
    hooks = [f"{name}-{kind}" for name in gates for kind in ("auth", "registration")]
    body += host_secrets("pjsip", hooks)
    body += _senders_and_trunks(host, names, known)
    body += _proxies(host, names)
    for sister in sisters(host, Protocol.SIP):
        body += _sister(host, names, sister)
    return [
        file("dialplane_pjsip.conf", host.name, _ABOUT_TRUNKS, body),
        file("dialplane_pjsip_devices.conf", host.name, _ABOUT_DEVICES, _devices(host, names)),
    ]


def _senders_and_trunks(host: Host, names: PeerNames, known: list[Trunk]) -> list[str]:
    networks: dict[str, list[Network]] = {}
    alone: list[str] = []
    for sender in senders(host, Protocol.SIP):
        name = answering(host, sender, known)
        networks[name] = [net for net, _ in sender.networks]
        row = f"providers#{sender.provider_id}"
        if all(trunk.name != name for trunk in known) and names.claim(name, row, row):
            alone += ["", f"; {provider_comment(host, sender.provider_id)}: calls from it only"]
            alone += section(name, "dialplane-trunk", options=(_ONLY_BY_ADDRESS,))
            alone += _identify(name, networks[name])
    body = []
    for trunk in known:
        body += _trunk(host, trunk) + _identify(trunk.name, networks.get(trunk.name, ()))
    return body + alone


def _trunk(host: Host, trunk: Trunk) -> list[str]:
    name = trunk.name
    contact = _uri(trunk.host, trunk.port, trunk.transport)
    options = [f"aors={name}", _ONLY_BY_ADDRESS]
    if trunk.is_gate:
        options.append(f"outbound_auth={name}")
    lines = ["", f"; {', '.join(trunk.rows)}, {provider_comment(host, trunk.provider_id)}"]
    lines += section(name, "dialplane-trunk", options=options)
    lines += section(name, options=("type=aor", f"contact={contact}"))
    if trunk.is_gate:
        lines += section(name, f"{name}-auth")
        lines += section_template(f"{name}-line", _line(trunk))
        lines += section(name, f"{name}-line", f"{name}-registration")
    return lines


def _line(trunk: Trunk) -> list[str]:
    """What a registration needs besides its login: the provider's name for itself, and our number."""
    server = _uri(trunk.domain, trunk.port, trunk.transport)
    options = [
        f"server_uri={server}",
        f"client_uri={_uri(trunk.domain, None, Transport.UDP, trunk.number)}",
        f"contact_user={trunk.number}",
        f"outbound_auth={trunk.name}",
    ]
    if trunk.host != trunk.domain:
        proxy = _uri(trunk.host, trunk.port, trunk.transport)
        options.append(f"outbound_proxy={proxy}\\;lr")
    return options


def _proxies(host: Host, names: PeerNames) -> list[str]:
    """Session border controllers: whose call it really is, their header says."""
    rows = [row for row in host.data.rows.trusted_proxies if row.server_id == host.server.id]
    networks = []
    for row in sorted(rows, key=lambda row: row.id):
        label = f"server_trusted_proxies#{row.id}"
        net = host.checks.network(label, row.ipaddress, row.prefix_length)
        networks += [] if net is None else [net]
    if not networks or not names.claim(PROXIES, PROXIES, f"server_trusted_proxies#{rows[0].id}"):
        return []
    lines = ["", "; server_trusted_proxies"]
    lines += section(PROXIES, "dialplane-trunk", options=(_ONLY_BY_ADDRESS,))
    return lines + _identify(PROXIES, networks)


def _sister(host: Host, names: PeerNames, sister: Sister) -> list[str]:
    called_by = host.server.protocol is Protocol.SIP and sister.address is not None
    if not (sister.path or called_by) or not names.claim(sister.name, sister.row, sister.row):
        return []
    options = [_ONLY_BY_ADDRESS]
    aor: list[str] = []
    if sister.path is not None:
        options.insert(0, f"aors={sister.name}")
        contact = _uri(_called_at(sister, sister.path), sister.path.port, Transport.UDP)
        aor = section(sister.name, options=("type=aor", f"contact={contact}"))
    lines = ["", f"; {sister.row}", *section(sister.name, "dialplane-sister", options=options)]
    lines += aor
    if called_by and sister.address is not None:
        lines += [*section(sister.name), "type=identify", f"endpoint={sister.name}"]
        lines.append(f"match={sister.address}")
    return lines


def _called_at(sister: Sister, path: Path) -> str:
    return path.peer if sister.address is None else str(sister.address)


def _devices(host: Host, names: PeerNames) -> list[str]:
    found = devices(host, names, Protocol.SIP)
    body = ["", *_AUTH, *_REGISTERING]
    body += host_secrets("pjsip_devices", [f"{device.name}-auth" for device in found])
    for device in found:
        # Without its auth object, which only the host's file makes one, every request is refused.
        options = [f"aors={device.name}", f"auth={device.name}"]
        if device.hints:
            options.append(f"subscribe_context={device.hints}")
        if device.emergency_number:
            options.append(f"set_var=DIALPLANE_EMERGENCY_NUMBER={device.emergency_number}")
        body += ["", f"; {device.row}"]
        body += section(device.name, "dialplane-device", options=options)
        body += section(device.name, "dialplane-registering")
        body += section(device.name, f"{device.name}-auth")
    return body


def _identify(name: str, networks: Sequence[Network]) -> list[str]:
    if not networks:
        return []
    matches = [f"match={net.network_address if is_host(net) else net}" for net in networks]
    return section(name, options=("type=identify", f"endpoint={name}", *matches))


def _uri(host: str, port: int | None, transport: Transport, user: str = "") -> str:
    """A SIP URI. Without a port the resolver looks for SRV records, and so for 5060 or 5061."""
    where = f"[{host}]" if ":" in host else host
    at = f"{user}@" if user else ""
    after = f":{port}" if port is not None else ""
    # A bare semicolon begins a comment.
    how = f"\\;transport={transport.lower()}" if transport is not Transport.UDP else ""
    return f"sip:{at}{where}{after}{how}"
