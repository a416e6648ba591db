"""``dialplane_sip.conf`` and ``dialplane_sip_devices.conf``: peers on chan_sip (Asterisk 16)."""

from typing import Final

from dialplane_service.domain.addresses import Network
from dialplane_service.domain.asterisk_files.checks import INVALID
from dialplane_service.domain.asterisk_files.devices import devices
from dialplane_service.domain.asterisk_files.host import Host, PeerNames
from dialplane_service.domain.asterisk_files.sisters import Sister, sisters
from dialplane_service.domain.asterisk_files.text import (
    AsteriskFile,
    file,
    host_secrets,
    section,
    section_template,
)
from dialplane_service.domain.asterisk_files.trunks import (
    Trunk,
    provider_comment,
    senders,
    trunks,
)
from dialplane_service.domain.kinds import Protocol, Transport

_MOST_HOSTS: Final = 256
_NOBODY: Final = ("deny=0.0.0.0/0", "deny=::/0")
_ABOUT_TRUNKS: Final = (
    "Providers and sister servers on chan_sip. Include it after dialplane/sip.conf.",
    "",
    "Logins are this host's own: dialplane/secrets_sip.conf has, for each gate that needs one,",
    "    [GATE-auth](!)",
    "    defaultuser=...",
    "    remotesecret=...",
    "and, for a gate that registers, also",
    "    callbackextension=NUMBER",
)
_ABOUT_DEVICES: Final = (
    "Users' devices on chan_sip. Include it after dialplane/sip.conf, or leave it out where devices",
    "are configured by other means under the same names.",
    "",
    "Logins are this host's own: dialplane/secrets_sip_devices.conf has for each device",
    "    [DEVICE-auth](!)",
    "    secret=...",
    "A device without one can neither register nor call.",
)


def chan_sip_files(host: Host) -> list[AsteriskFile]:
    """Trunks and sisters in one file, devices in another."""
    names = PeerNames(host.checks)
    known = trunks(host, names, Protocol.SIP)
    body = host_secrets("sip", [f"{trunk.name}-auth" for trunk in known if trunk.is_gate])
    for trunk in known:
        body += _trunk(host, trunk)
    for sister in sisters(host, Protocol.SIP):
        body += _sister(host, names, sister)
    body += _senders(host, names, known)
    return [
        file("dialplane_sip.conf", host.name, _ABOUT_TRUNKS, body),
        file("dialplane_sip_devices.conf", host.name, _ABOUT_DEVICES, _devices(host, names)),
    ]


def _trunk(host: Host, trunk: Trunk) -> list[str]:
    templates = ["dialplane-trunk", *([f"{trunk.name}-auth"] if trunk.is_gate else [])]
    options = [f"host={trunk.host}"]
    if trunk.port is not None:
        options.append(f"port={trunk.port}")
    if trunk.transport is not Transport.UDP:
        options.append(f"transport={trunk.transport.lower()}")
    lines = ["", f"; {', '.join(trunk.rows)}, {provider_comment(host, trunk.provider_id)}"]
    return lines + section(trunk.name, *templates, options=options)


def _senders(host: Host, names: PeerNames, known: list[Trunk]) -> list[str]:
    """A peer for each address that calls come from and that no trunk is at: chan_sip knows no networks."""
    lines = []
    at = {trunk.host for trunk in known}
    for sender in senders(host, Protocol.SIP):
        comment = provider_comment(host, sender.provider_id)
        for net, row in sender.networks:
            lines += _addresses(host, names, net, row, f"{row}, {comment}", at)
    for proxy in sorted(host.data.rows.trusted_proxies, key=lambda row: row.id):
        if proxy.server_id == host.server.id:
            row = f"server_trusted_proxies#{proxy.id}"
            found = host.checks.network(row, proxy.ipaddress, proxy.prefix_length)
            lines += [] if found is None else _addresses(host, names, found, row, row, at)
    return lines


def _addresses(
    host: Host, names: PeerNames, net: Network, row: str, comment: str, at: set[str]
) -> list[str]:
    if net.num_addresses > _MOST_HOSTS:
        host.omit(row, f"chan_sip knows single addresses only, and {net} has {net.num_addresses}")
        return []
    lines = ["", f"; {comment}"]
    for number, found in enumerate(net):
        if str(found) in at:
            continue
        at.add(str(found))
        name = row.replace("#", "-") + (f"-{number}" if net.num_addresses > 1 else "")
        if names.claim(name, row, row):
            lines += section(name, "dialplane-trunk", options=(f"host={found}",))
    return lines if len(lines) > 2 else []


def _sister(host: Host, names: PeerNames, sister: Sister) -> list[str]:
    path = sister.path
    called_by = host.server.protocol is Protocol.SIP and sister.address is not None
    name = path.peer if path is not None else sister.name
    if not (path or called_by) or name == INVALID or not names.claim(name, sister.row, sister.row):
        return []
    options = [f"host={name if sister.address is None else sister.address}"]
    if path is not None and path.port is not None:
        options.append(f"port={path.port}")
    return ["", f"; {sister.row}", *section(name, "dialplane-sister", options=options)]


def _devices(host: Host, names: PeerNames) -> list[str]:
    found = devices(host, names, Protocol.SIP)
    body = ["", *section_template("dialplane-registering", ("host=dynamic", "qualify=yes"))]
    # chan_sip asks nobody for a password who has none: without one, nobody is let in at all.
    body += host_secrets("sip_devices", [f"{device.name}-auth" for device in found], _NOBODY)
    for device in found:
        options = []
        if device.hints:
            options.append(f"subscribecontext={device.hints}")
        if device.emergency_number:
            options.append(f"setvar=DIALPLANE_EMERGENCY_NUMBER={device.emergency_number}")
        templates = ("dialplane-device", "dialplane-registering", f"{device.name}-auth")
        body += ["", f"; {device.row}", *section(device.name, *templates, options=options)]
    return body
