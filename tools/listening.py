"""Where the service listens: reading the settings, and seeing that the places are free."""

import errno
import os
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

SETTING = "DIALPLANE_LISTEN"
ADMIN_SETTING = "DIALPLANE_ADMIN_LISTEN"
DEFAULT = "127.0.0.1:50051"
PATIENCE_SECONDS = 5.0
"""How long a run that is just ending may still hold its ports."""


class ListenError(Exception):
    """An address cannot be listened on; the message names the setting to change."""


@dataclass(frozen=True)
class Address:
    """One TCP address to listen on and the setting that chose it."""

    setting: str
    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def reachable(self) -> "Address":
        """Where a client on this machine connects to."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)
        return Address(self.setting, host, self.port)


def addresses(environment: Mapping[str, str]) -> tuple[Address, Address]:
    """Read the addresses for calls and for administration; the latter is the next port if unset.

    Raises `ListenError` for what is not `host:port`.
    """
    calls = _parse(SETTING, environment.get(SETTING) or DEFAULT)
    text = environment.get(ADMIN_SETTING)
    if text:
        admin = _parse(ADMIN_SETTING, text)
    elif calls.port < 65535:
        admin = Address(ADMIN_SETTING, calls.host, calls.port + 1)
    else:
        raise ListenError(f"{SETTING}={calls} leaves no next port; set {ADMIN_SETTING} too")
    if (calls.host, calls.port) == (admin.host, admin.port):
        raise ListenError(f"{SETTING} and {ADMIN_SETTING} are both {calls}; they must differ")
    return calls, admin


@contextmanager
def reserved(*wanted: Address, patience: float = PATIENCE_SECONDS) -> Iterator[None]:
    """Hold the addresses against other runs, having seen that nobody listens there.

    The ports themselves stay free for the service to bind. Raises `ListenError`.
    """
    deadline = time.monotonic() + patience
    with ExitStack() as held:
        for address in wanted:
            held.enter_context(_claim(address, deadline))
            _await_free(address, deadline)
        yield


def _parse(setting: str, text: str) -> Address:
    host, colon, port = text.strip().rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise ListenError(f"{setting}={text} is not host:port, such as {DEFAULT}")
    return Address(setting, host, int(port))


@contextmanager
def _claim(address: Address, deadline: float) -> Iterator[None]:
    # An abstract socket name lives exactly as long as its process and is seen exactly where the
    # port is; it covers the time until the service binds the port itself.
    with socket.socket(socket.AF_UNIX) as claim:
        while True:
            try:
                claim.bind(f"\0dialplane-listen/{address}")
                break
            except OSError as error:
                _give_up_or_wait(address, error, deadline)
        yield


def _await_free(address: Address, deadline: float) -> None:
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise ListenError(f"{address.setting}={address}: {error.strerror}") from error
    for family, kind, protocol, _, place in found:
        while True:
            # Without SO_REUSEPORT, so that a listener that would share its port counts as taken.
            with socket.socket(family, kind, protocol) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind(place)
                    break
                except OSError as error:
                    _give_up_or_wait(address, error, deadline)


def _give_up_or_wait(address: Address, error: OSError, deadline: float) -> None:
    if error.errno != errno.EADDRINUSE:
        raise ListenError(
            f"cannot listen on {address}: {os.strerror(error.errno or 0)}.\n"
            f"{address.setting} chooses another address."
        ) from error
    if time.monotonic() >= deadline:
        raise ListenError(
            f"{address} is taken: another program, or another `make run`, listens there.\n"
            f"{address.setting} chooses another address, for instance:\n"
            f"  {address.setting}={suggestion(address)} make run"
        ) from error
    time.sleep(0.1)


def suggestion(taken: Address) -> Address:
    """Choose an address with two free ports in a row, near the taken one."""
    for port in range(50061, 50961, 10):
        with ExitStack() as probes:
            try:
                for offset in (0, 1):
                    probe = probes.enter_context(socket.socket())
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    probe.bind(("127.0.0.1", port + offset))
            except OSError:
                continue
        return Address(taken.setting, taken.host, port)
    return taken
