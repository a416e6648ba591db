"""Which packets of signalling a host takes: from which network, to which of its ports."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Final

from dialplane.admin.v1.export_address_pb2 import (
    ExportAddress,
    ExportDirection,
    ExportOwnerKind,
    ExportSignalling,
)
from dialplane_service.cli.documents import word
from dialplane_service.cli.firewall_resolver import Lookup
from dialplane_service.cli.text import safe

Network = IPv4Network | IPv6Network
ALLOWED: Final = "--allow"
"""Stands for the row of what the command line names."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Where this host listens; the data do not say it."""

    sip: int = 5060
    sip_tls: int = 5061
    iax2: int = 4569
    h323: int = 1720

    def of(self, signalling: int) -> "Port | None":
        """The port of a protocol; ``None``: this release does not know the protocol."""
        return {
            ExportSignalling.EXPORT_SIGNALLING_SIP_UDP: Port("udp", self.sip),
            ExportSignalling.EXPORT_SIGNALLING_SIP_TCP: Port("tcp", self.sip),
            ExportSignalling.EXPORT_SIGNALLING_SIP_TLS: Port("tcp", self.sip_tls),
            ExportSignalling.EXPORT_SIGNALLING_IAX2: Port("udp", self.iax2),
            ExportSignalling.EXPORT_SIGNALLING_H323: Port("tcp", self.h323),
        }.get(ExportSignalling.ValueType(signalling))

    def all(self) -> tuple["Port", ...]:
        """Every port that is closed to strangers."""
        ports = {self.of(value) for value in ExportSignalling.values()} - {None}
        return tuple(sorted(port for port in ports if port is not None))


@dataclass(frozen=True, slots=True, order=True)
class Port:
    """A port of this host; ``transport`` is "udp" or "tcp"."""

    transport: str
    number: int


@dataclass(frozen=True, slots=True)
class Source:
    """A network that one port is open to, and why. All text is safe to print, in one line."""

    network: Network
    port: Port
    row: str
    owner: str = ""
    owner_kind: str = ""
    direction: str = ""
    signalling: str = ""
    host_name: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """What is missing in the list; ``reason`` may be another tomorrow, so it is no part of the list."""

    text: str
    reason: str = ""


@dataclass(slots=True)
class Openings:
    """What a firewall lets through, and what is missing in it."""

    ports: tuple[Port, ...]
    sources: list[Source] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether nothing of the data is in it; what the command line allows does not count."""
        return all(source.row == ALLOWED for source in self.sources)

    def merged(self, port: Port, version: int) -> list[tuple[Network, tuple[Source, ...]]]:
        """The networks of a port, none inside another, in order, each with its sources."""
        mine = [row for row in self.sources if row.port == port and row.network.version == version]
        merged: list[tuple[Network, tuple[Source, ...]]] = []
        for row in sorted(mine, key=_order):
            if merged and _holds(merged[-1][0], row.network):
                merged[-1] = (merged[-1][0], (*merged[-1][1], row))
            else:
                merged.append((row.network, (row,)))
        return merged


def names_to_look_up(addresses: Iterable[ExportAddress]) -> list[str]:
    """The names of the addresses that are known by name only."""
    return sorted({row.host_name for row in addresses if not row.network and row.host_name})


def openings(
    addresses: Sequence[ExportAddress],
    lookups: Mapping[str, Lookup],
    ports: Ports,
    allowed: Sequence[Network],
) -> Openings:
    """What the addresses make necessary, in an order that does not depend on theirs."""
    found = Openings(ports.all())
    for row in addresses:
        _add(found, row, lookups, ports)
    for network in allowed:
        for port in found.ports:
            found.sources.append(Source(network, port, ALLOWED))
    found.sources.sort(key=_order)
    found.faults.sort()
    return found


def parse_network(text: str) -> Network:
    """A network that is not every address there is.

    Raises:
        ValueError: it is none, or is.
    """
    network = ip_network(text, strict=False)
    if network.prefixlen == 0:
        raise ValueError("it stands for every address there is")
    return network


def _add(found: Openings, row: ExportAddress, lookups: Mapping[str, Lookup], ports: Ports) -> None:
    who = f"{safe(row.row)} of {safe(row.owner)}"
    port = ports.of(row.signalling)
    if port is None:
        found.faults.append(Fault(f"{who}: this release does not know its protocol"))
        return
    networks: list[Network] = []
    if row.network:
        try:
            networks.append(parse_network(row.network))
        except ValueError:
            found.faults.append(Fault(f"{who}: {safe(row.network)} is no network"))
    else:
        lookup = lookups.get(row.host_name, Lookup(fault="it was not looked up"))
        networks += [ip_network(address) for address in lookup.addresses]
        if not networks:
            text = f"{who}: {safe(row.host_name)} does not resolve"
            found.faults.append(Fault(text, safe(lookup.fault)))
    for network in networks:
        source = Source(
            network=network,
            port=port,
            row=safe(row.row),
            owner=safe(row.owner),
            owner_kind=word(ExportOwnerKind, row.owner_kind) or "",
            direction=word(ExportDirection, row.direction) or "",
            signalling=word(ExportSignalling, row.signalling) or "",
            host_name=safe(row.host_name),
        )
        found.sources.append(source)


def _order(source: Source) -> tuple[int, int, int, Port, str, str]:
    net = source.network
    start = int(net.network_address)
    return net.version, start, net.prefixlen, source.port, source.row, source.signalling


def _holds(outer: Network, inner: Network) -> bool:
    return int(inner.broadcast_address) <= int(outer.broadcast_address)
