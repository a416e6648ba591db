"""Where the service listens: an address of the loopback interface, or a unix socket."""

import errno
import os
import re
import socket
import stat
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Final

EXAMPLE: Final = "127.0.0.1:50051"
TAKEN: Final = "is taken: another program listens there"
LONGEST_UNIX_PATH: Final = 107
_UNIX: Final = "unix:"
_HOST_AND_PORT: Final = re.compile(
    r"(?:\[(?P<v6>[0-9a-fA-F:.]+)\]|(?P<host>[^\[\]:]+)):(?P<port>[0-9]{1,5})"
)


class AddressError(Exception):
    """Nothing can listen at the address; ``problem`` ends the sentence that it begins."""

    def __init__(self, address: "ListenAddress", problem: str) -> None:
        super().__init__(f"{address} {problem}")
        self.address = address
        self.problem = problem


@dataclass(frozen=True, slots=True)
class ListenAddress:
    """A host and port, or the path of a unix socket (then host is empty and port 0)."""

    host: str
    port: int
    path: str = ""

    def __str__(self) -> str:
        if self.path:
            return f"{_UNIX}{self.path}"
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def is_unix(self) -> bool:
        """Whether it is a unix socket."""
        return bool(self.path)


def parse(text: str) -> ListenAddress:
    """Read "host:port", "[v6]:port" or "unix:/path".

    Raises:
        ValueError: the text is none of these, or leads beyond the loopback interface.

    """
    if text.startswith(_UNIX):
        return _unix(text.removeprefix(_UNIX))
    match = _HOST_AND_PORT.fullmatch(text)
    if match is None:
        raise ValueError("is no address and port")
    host, port = match["v6"] or match["host"], int(match["port"])
    if port > 65535:
        raise ValueError("has a port above 65535")
    # gRPC would bind each address of a name; one that can be printed and compared is enough.
    host = "127.0.0.1" if host == "localhost" else host
    try:
        address = ip_address(host)
    except ValueError as error:
        raise ValueError("has a host that is no IP address") from error
    if not address.is_loopback:
        raise ValueError(
            "is not on the loopback interface: the service speaks plain text, and without TLS"
            " nobody on the network may hear or use it; listen on 127.0.0.1, [::1] or unix:/path"
        )
    return ListenAddress(host, port)


def require_free(address: ListenAddress) -> None:
    """Find out whether nobody listens there yet.

    Raises:
        AddressError: somebody does, or nobody could.

    """
    if address.is_unix:
        _require_free_path(address)
    else:
        reserve(address).close()


def reserve(address: ListenAddress) -> socket.socket:
    """Take a port so that only sockets of this user that share ports on purpose may join.

    The socket never listens, so no connection ever reaches it; closing it gives the port back.
    Port 0 takes any free one.

    Raises:
        AddressError: somebody has the port, or nobody could.

    """
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    holder = socket.socket(family, socket.SOCK_STREAM)
    try:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind((address.host, address.port))
        # Bound without it, so a listener that shares its port counted as taken; set afterwards, so
        # that our own workers can join, with no moment between in which the port is free.
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    except OSError as error:
        holder.close()
        if error.errno == errno.EADDRINUSE:
            raise AddressError(address, TAKEN) from error
        raise _unusable(address, error) from error
    return holder


def _unix(path: str) -> ListenAddress:
    if not path.startswith("/"):
        raise ValueError("is a unix socket without an absolute path")
    if len(os.fsencode(path)) > LONGEST_UNIX_PATH:
        raise ValueError(f"is a unix socket path of more than {LONGEST_UNIX_PATH} bytes")
    return ListenAddress("", 0, path)


def _require_free_path(address: ListenAddress) -> None:
    # gRPC removes whatever lies at the path before it binds: a live server, or somebody's file.
    try:
        mode = Path(address.path).stat().st_mode
    except FileNotFoundError:
        return
    except OSError as error:
        raise _unusable(address, error) from error
    if not stat.S_ISSOCK(mode):
        raise AddressError(address, "is the path of a file that is no socket")
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(1)
        try:
            probe.connect(address.path)
        except OSError as error:
            if error.errno == errno.ECONNREFUSED:
                return  # left behind by a dead process
            raise _unusable(address, error) from error
    raise AddressError(address, TAKEN)


def _unusable(address: ListenAddress, error: OSError) -> AddressError:
    return AddressError(address, f"cannot be listened on: {os.strerror(error.errno or 0)}")
