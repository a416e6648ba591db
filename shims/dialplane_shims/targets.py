"""Addresses: of the service's replicas, and of a call's peer."""

import re
import socket

from dialplane_shims.text import whole_number

DEFAULT_PORT = 50051

_HOST_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?")


def ip_address(text: str) -> str:
    """Return `text` if it is an IPv4 or IPv6 address, else nothing."""
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, text)
        except (OSError, ValueError):
            continue
        return text
    return ""


def split_port(text: str) -> tuple[str, str]:
    """Split "host:port", "[v6]:port", "[v6]" or a bare host or address into host and port text."""
    if text.startswith("["):
        host, _, rest = text[1:].partition("]")
        return host, rest.removeprefix(":")
    if text.count(":") == 1:
        host, _, port = text.partition(":")
        return host, port
    return text, ""


def peer_address(text: str) -> tuple[str, int]:
    """Return a peer's IP address and port, as the dialplan reads them; ("", 0) if it is none."""
    host, port = split_port(text.strip())
    return (ip_address(host), whole_number(port, 65_535) or 0) if ip_address(host) else ("", 0)


def grpc_target(text: str) -> tuple[str, bool]:
    """Return gRPC's name of a replica, and whether only this host can listen there.

    Takes "host", "host:port", "1.2.3.4:port", "[v6]:port", "unix:/path". Raises ValueError.
    """
    text = text.strip()
    if text.startswith("unix:/"):
        return text, True
    host, port = split_port(text)
    number = whole_number(port, 65_535) if port else DEFAULT_PORT
    if not number:
        raise ValueError(f"{text!r} has no port between 1 and 65535")
    address = ip_address(host)
    if ":" in address:
        return f"ipv6:[{address}]:{number}", address == "::1"
    if address:
        return f"ipv4:{address}:{number}", address.startswith("127.")
    if not _HOST_NAME.fullmatch(host):
        raise ValueError(f"{text!r} is not host:port, [IPv6]:port or unix:/path")
    # The name "localhost" is not left to a resolver: it would be asked about a loopback address.
    if host == "localhost":
        return f"ipv4:127.0.0.1:{number}", True
    return f"dns:///{host}:{number}", False
