"""Where the service is: host and port, several of them, or a unix socket."""

import re
from ipaddress import ip_address
from typing import Final

from dialplane_service.cli.failures import Failure, usage

ROUTING: Final = "127.0.0.1:50051"
ADMIN: Final = "127.0.0.1:50052"
_PLACE: Final = re.compile(
    r"(?:\[(?P<v6>[0-9A-Fa-f:.]+)\]|(?P<host>[A-Za-z0-9._-]+)):(?P<port>[0-9]{1,5})", re.ASCII
)


def targets(text: str, option: str) -> list[str]:
    """The places of a comma-separated list, in its order, as gRPC wants them.

    Raises:
        Failure: one is no place, or not on this machine.
    """
    places = [_target(part.strip(), option) for part in text.split(",") if part.strip()]
    if not places:
        raise usage(f"{option} names no address", f"For example {option} {ROUTING}")
    return places


def shown(target: str) -> str:
    """The place as it was written."""
    return target.removeprefix("ipv4:").removeprefix("ipv6:")


def _target(text: str, option: str) -> str:
    if text.startswith("unix:/"):
        return text
    match = _PLACE.fullmatch(text)
    port = int(match["port"]) if match is not None else 0
    if match is None or not 1 <= port <= 65535:
        raise usage(
            f"{option}: {text!r} is no host:port, [v6]:port or unix:/path",
            f"For example {option} {ROUTING}",
        )
    host = match["v6"] or match["host"]
    # Not left to a resolver, which may be asked about it elsewhere.
    host = "127.0.0.1" if host == "localhost" else host
    try:
        address = ip_address(host)
    except ValueError as error:
        raise _not_here(text, option) from error
    if not address.is_loopback:
        raise _not_here(text, option)
    return f"ipv6:[{address}]:{port}" if address.version == 6 else f"ipv4:{address}:{port}"


def _not_here(text: str, option: str) -> Failure:
    return usage(
        f"{option}: {text} is not on this machine, and the service speaks plain text on loopback only",
        "Run the command on the service's host, or through a tunnel: ssh -L 50051:127.0.0.1:50051 HOST",
    )
