"""``dialplane_iax.conf`` and ``dialplane_iax_devices.conf``: sister servers, and whoever else speaks IAX2."""

from typing import Final

from dialplane_service.domain.asterisk_files.devices import devices
from dialplane_service.domain.asterisk_files.host import Host, PeerNames
from dialplane_service.domain.asterisk_files.sisters import Path, Sister, path_of, sisters
from dialplane_service.domain.asterisk_files.text import (
    AsteriskFile,
    file,
    host_secrets,
    section,
    section_template,
)
from dialplane_service.domain.asterisk_files.trunks import Sender, provider_comment, senders, trunks
from dialplane_service.domain.kinds import Protocol

LONGEST_KEYS: Final = 255
"""Asterisk compares at most so many characters of ``inkeys``."""
_NOBODY: Final = ("deny=0.0.0.0/0", "deny=::/0")
_CODECS: Final = ("disallow=all", "allow=alaw,ulaw", "requirecalltoken=yes", "transfer=no")
_ABOUT: Final = (
    "Sister servers and providers on IAX2. Include it after dialplane/iax.conf, which says what RSA",
    "does and does not do: keys have exactly 1024 bits, prove who calls, and encrypt nothing.",
    "",
    "Keys are named after servers and lie in Asterisk's key folder, and none is exported: this server's",
    "own NAME.key (`openssl genrsa -traditional 1024`), and NAME.pub of every sister, which is made of",
    "that sister's key (`openssl rsa -pubout`).",
    "Logins of gates are this host's own: dialplane/secrets_iax.conf has [GATE-auth](!) with username",
    "and secret.",
)
_ABOUT_DEVICES: Final = (
    "Users' devices on IAX2. Include it after dialplane/iax.conf.",
    "",
    "Logins are this host's own: dialplane/secrets_iax_devices.conf has for each device",
    "    [DEVICE-auth](!)",
    "    secret=...",
    "A device without one can neither register nor call.",
)


def iax2_files(host: Host) -> list[AsteriskFile]:
    """Sisters and trunks in one file, devices in another."""
    # Who is called and who calls are two lists of Asterisk's; a device is in both.
    names, callers = PeerNames(host.checks), PeerNames(host.checks)
    known = trunks(host, names, Protocol.IAX2)
    body = host_secrets("iax", [f"{trunk.name}-auth" for trunk in known if trunk.is_gate])
    found = sisters(host, Protocol.IAX2)
    if host.server.protocol is Protocol.IAX2:
        body += _callers(host, callers, found)
    for sister in found:
        if sister.path is not None:
            body += _callee(host, names, sister, sister.path)
    for trunk in known:
        hook = [f"{trunk.name}-auth"] if trunk.is_gate else []
        port = [] if trunk.port is None else [f"port={trunk.port}"]
        options = ("type=peer", f"host={trunk.host}", *port, *_CODECS)
        body += ["", f"; {', '.join(trunk.rows)}, {provider_comment(host, trunk.provider_id)}"]
        body += section(trunk.name, *hook, options=options)
    for sender in senders(host, Protocol.IAX2):
        body += _sender(host, callers, sender)
    return [
        file("dialplane_iax.conf", host.name, _ABOUT, body),
        file(
            "dialplane_iax_devices.conf", host.name, _ABOUT_DEVICES, _devices(host, names, callers)
        ),
    ]


def _sender(host: Host, callers: PeerNames, sender: Sender) -> list[str]:
    """A provider that calls: known by its address alone."""
    name, row = f"providers-{sender.provider_id}", f"providers#{sender.provider_id}"
    if not callers.claim(name, row, row):
        return []
    permits = [f"permit={net}" for net, _ in sender.networks]
    options = ("type=user", "context=public", *_CODECS, *_NOBODY, *permits)
    lines = ["", f"; {provider_comment(host, sender.provider_id)}: calls from it"]
    return lines + section(name, options=options)


def _callers(host: Host, callers: PeerNames, found: list[Sister]) -> list[str]:
    """The one name under which every sister calls this server, each with its own key and address."""
    own = path_of(host, host.server)
    row = f"servers#{host.server.id}"
    if own is None or not found or not callers.claim(own.user, row, row):
        return []
    keys = sorted(sister.name for sister in found)
    if own.key:
        keys = [host.checks.name(row, "iax2", own.key)]
    while len(":".join(keys)) > LONGEST_KEYS:
        left_out = next(sister for sister in found if sister.name == keys[-1])
        host.omit(left_out.row, f"Asterisk reads {LONGEST_KEYS} characters of inkeys, no more")
        keys.pop()
    permits = [f"permit={sister.address}/{_bits(sister)}" for sister in found if sister.address]
    lines = ["", f"; {', '.join(sister.row for sister in found)}: calls from them"]
    options = (f"inkeys={':'.join(keys)}", *_NOBODY, *permits)
    return lines + section(own.user, "dialplane-sister", options=options)


def _callee(host: Host, names: PeerNames, sister: Sister, path: Path) -> list[str]:
    if not names.claim(path.peer, sister.row, sister.row):
        return []
    own = host.checks.name(f"servers#{host.server.id}", "servername", host.server.servername)
    options = [f"host={path.peer if sister.address is None else sister.address}"]
    if path.port is not None:
        options.append(f"port={path.port}")
    options += [f"username={path.user}", f"outkey={path.key or own}"]
    lines = ["", f"; {sister.row}: calls to it"]
    return lines + section(path.peer, "dialplane-path", options=options)


def _devices(host: Host, names: PeerNames, callers: PeerNames) -> list[str]:
    found = [
        device
        for device in devices(host, names, Protocol.IAX2)
        if callers.claim(device.name, device.row, device.row)
    ]
    shared = ("type=friend", "context=users_context", "host=dynamic", "auth=md5", *_CODECS)
    body = ["", *section_template("dialplane-iax2-device", shared)]
    # Asterisk asks nobody for a password who has none: without one, nobody is let in at all.
    body += host_secrets("iax_devices", [f"{device.name}-auth" for device in found], _NOBODY)
    for device in found:
        number = device.emergency_number
        options = [f"setvar=DIALPLANE_EMERGENCY_NUMBER={number}"] if number else []
        body += ["", f"; {device.row}"]
        body += section(
            device.name, "dialplane-iax2-device", f"{device.name}-auth", options=options
        )
    return body


def _bits(sister: Sister) -> int:
    return 0 if sister.address is None else sister.address.max_prefixlen
