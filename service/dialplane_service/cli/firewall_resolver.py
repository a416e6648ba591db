"""Names to addresses: the port, and this machine's own resolver behind it."""

import socket
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from queue import Empty, SimpleQueue
from typing import Final, Protocol

Address = IPv4Address | IPv6Address
_AT_ONCE: Final = 16
_UNUSABLE: Final = "it leads to no host's address"


@dataclass(frozen=True, slots=True)
class Lookup:
    """What became of a name: its addresses in order, or why there are none."""

    addresses: tuple[Address, ...] = ()
    fault: str = ""


class Resolver(Protocol):
    """Looks names up, all of them, however many do not resolve."""

    def look_up(self, names: Iterable[str], timeout_s: float) -> Mapping[str, Lookup]:
        """One answer for each name, within the time that all of them have together."""
        ...


class SystemResolver:
    """Port ``Resolver`` over getaddrinfo, which knows no timeout and no SRV records."""

    def look_up(self, names: Iterable[str], timeout_s: float) -> Mapping[str, Lookup]:
        """See the port."""
        wanted = sorted(set(names))
        todo: SimpleQueue[str] = SimpleQueue()
        done: SimpleQueue[tuple[str, Lookup]] = SimpleQueue()
        for name in wanted:
            todo.put(name)
        for _ in range(min(_AT_ONCE, len(wanted))):
            # Daemons: a name server that is silent for a minute must not keep the command.
            threading.Thread(target=_work, args=(todo, done), daemon=True).start()
        found: dict[str, Lookup] = {}
        deadline = time.monotonic() + timeout_s
        try:
            while len(found) < len(wanted):
                name, lookup = done.get(timeout=max(deadline - time.monotonic(), 0.001))
                found[name] = lookup
        except Empty:
            pass
        late = Lookup(fault=f"no answer within {timeout_s:g} s")
        return {name: found.get(name, late) for name in wanted}


def _work(todo: "SimpleQueue[str]", done: "SimpleQueue[tuple[str, Lookup]]") -> None:
    while True:
        try:
            name = todo.get_nowait()
        except Empty:
            return
        done.put((name, _looked_up(name)))


def _looked_up(name: str) -> Lookup:
    try:
        found = socket.getaddrinfo(name, None, proto=socket.IPPROTO_UDP)
    except (OSError, UnicodeError) as error:
        return Lookup(fault=getattr(error, "strerror", None) or "it is no name")
    return usable(str(entry[4][0]).partition("%")[0] for entry in found)


def usable(texts: Iterable[str] | Sequence[str]) -> Lookup:
    """The addresses that a host can have, each once, in order."""
    addresses = {ip_address(text) for text in texts}
    kept = [each for each in addresses if not each.is_unspecified and not each.is_multicast]
    kept.sort(key=lambda each: (each.version, int(each)))
    return Lookup(tuple(kept)) if kept else Lookup(fault=_UNUSABLE)
