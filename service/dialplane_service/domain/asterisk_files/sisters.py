"""Other servers of ours as peers: how they are called, and how their calls are believed.

A server's ``protocol`` says over which path the others call it. So this server calls a sister over
the sister's protocol, and is called by all of them over its own.
"""

import re
from dataclasses import dataclass
from typing import Final

from dialplane_service.domain.addresses import Address
from dialplane_service.domain.asterisk_files.host import Host
from dialplane_service.domain.forward_paths import forward_path
from dialplane_service.domain.kinds import Protocol
from dialplane_service.domain.records import Server

_PATH: Final = re.compile(
    r"(?P<technology>SIP|IAX2)/(?P<first>[A-Za-z0-9._-]+)(?::\[(?P<key>[A-Za-z0-9._-]+)\])?"
    r"(?:@(?P<second>[A-Za-z0-9._-]+))?(?::(?P<port>[0-9]{1,5}))?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Path:
    """A forward path taken apart: "IAX2/user:[key]@peer:port". ``user`` is the peer where none is named."""

    user: str
    peer: str
    key: str
    port: int | None


@dataclass(frozen=True, slots=True)
class Sister:
    """A server as this one sees it. ``path`` unset: it is not called over the protocol in question."""

    name: str
    row: str
    address: Address | None
    path: Path | None


def sisters(host: Host, protocol: Protocol) -> list[Sister]:
    """The servers that are switched on, by id, each with its path if that is of the protocol."""
    found = []
    for server in host.sisters:
        row = f"servers#{server.id}"
        found.append(
            Sister(
                host.checks.peer(row, "servername", server.servername),
                row,
                _address(host, server),
                path_of(host, server) if server.protocol is protocol else None,
            )
        )
    return found


def path_of(host: Host, server: Server) -> Path | None:
    """A server's forward path; ``None``: it has none that Dial takes."""
    row, text = f"servers#{server.id}", forward_path(server)
    match = _PATH.fullmatch(text) if text is not None else None
    if match is None:
        column = "iax2" if server.protocol is Protocol.IAX2 else "sip"
        host.omit(row, f"its column {column} has no path that Dial takes")
        return None
    port = host.checks.port(row, "port", int(match["port"])) if match["port"] else None
    peer = host.checks.peer(row, "peer", match["second"] or match["first"])
    user = host.checks.peer(row, "user", match["first"])
    return Path(user, peer, match["key"] or "", port)


def _address(host: Host, server: Server) -> Address | None:
    if server.ipaddress is None:
        host.omit(f"servers#{server.id}", "it has no ipaddress, so its calls are not believed")
        return None
    return host.checks.address(f"servers#{server.id}", "ipaddress", server.ipaddress)
