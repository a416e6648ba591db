"""Providers as peers of one server: where calls are sent to, and where they come from."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from ipaddress import IPv6Address
from typing import Final

from dialplane_service.domain.addresses import Network
from dialplane_service.domain.asterisk_files.host import Host, PeerNames
from dialplane_service.domain.kinds import Protocol, ReachedBy, Transport
from dialplane_service.domain.records import Gate, Provider, TrunkAddress

_BY_HAND: Final = "H.323 peers are not exported: write it into ooh323.conf by hand"


@dataclass(frozen=True, slots=True)
class Trunk:
    """A peer that calls are sent to, under the name that dial strings have for it.

    ``host`` is an address or, where none is known, the name to look up; ``domain`` the name that the
    provider knows itself by. ``number`` is a gate's own, empty for an address.
    """

    name: str
    rows: tuple[str, ...]
    provider_id: int
    protocol: Protocol
    host: str
    domain: str
    port: int | None
    transport: Transport
    number: str = ""

    @property
    def is_gate(self) -> bool:
        """Whether it may have a login."""
        return bool(self.number)


@dataclass(frozen=True, slots=True)
class Sender:
    """A provider whose calls come in over one protocol: its networks, each with its row."""

    provider_id: int
    protocol: Protocol
    networks: tuple[tuple[Network, str], ...]


def trunks(host: Host, names: PeerNames, protocol: Protocol) -> list[Trunk]:
    """Every gate on the server and every outgoing address, one peer per name, by name."""
    found: dict[str, Trunk] = {}
    for trunk in (*_gates(host, protocol), *_addresses(host, protocol)):
        if not names.claim(trunk.name, f"provider {trunk.provider_id}", trunk.rows[0]):
            continue
        held = found.setdefault(trunk.name, trunk)
        if held is trunk:
            continue
        if (trunk.host, trunk.port, trunk.transport) != (held.host, held.port, held.transport):
            reason = f"its peer {trunk.name} leads to {held.host} already, for {held.rows[0]}"
            host.omit(trunk.rows[0], reason)
        else:
            found[trunk.name] = replace(held, rows=(*held.rows, *trunk.rows))
    return [found[name] for name in sorted(found)]


def senders(host: Host, protocol: Protocol) -> list[Sender]:
    """The providers that calls come in from, by id. A name is not looked up while a call waits."""
    networks: dict[int, dict[Network, str]] = {}
    for row in _ordered(host):
        if row.proto is not protocol or not row.direction.takes_in:
            continue
        label = f"providers_ips#{row.id}"
        if row.ipaddress is None:
            host.omit(label, "calls come in from addresses only, and it has no ipaddress")
            continue
        net = host.checks.network(label, row.ipaddress, row.prefix_length)
        if net is not None:
            networks.setdefault(row.provider_id, {}).setdefault(net, label)
    return [
        Sender(provider_id, protocol, tuple(sorted(found.items(), key=_network_order)))
        for provider_id, found in sorted(networks.items())
    ]


def answering(host: Host, sender: Sender, known: list[Trunk]) -> str:
    """The peer that a provider's incoming calls belong to; one of its own where it has no other."""
    provider = host.data.provider.get(sender.provider_id)
    by_gate = provider is not None and provider.reached_by is ReachedBy.GATE
    own = [trunk for trunk in known if trunk.provider_id == sender.provider_id]
    own.sort(key=lambda trunk: (trunk.is_gate != by_gate, trunk.name))
    return own[0].name if own else f"providers-{sender.provider_id}"


def provider_comment(host: Host, provider_id: int) -> str:
    """A provider's row, with its name where that is plain enough for a comment."""
    provider = host.data.provider.get(provider_id)
    name = provider.providername if provider is not None else ""
    plain = name.isprintable() and ";" not in name
    return f"providers#{provider_id}{f' {name}' if plain and name else ''}"


def _gates(host: Host, protocol: Protocol) -> Iterator[Trunk]:
    data, checks = host.data, host.checks
    for gate in sorted(data.rows.gates, key=lambda row: row.id):
        if gate.serverid != host.server.id or gate.proto is not protocol:
            continue
        label = f"gates#{gate.id}"
        provider = _provider_of(host, gate)
        rows = [] if provider is None else _outgoing(host, provider.id, protocol)
        if protocol is Protocol.H323:
            host.omit(label, _BY_HAND)
        elif provider is None:
            host.omit(label, "its number or provider does not exist")
        elif not rows:
            host.omit(label, f"{provider.providername!r} has no outgoing {protocol} address")
        else:
            name = checks.peer(label, "gatename", gate.gatename)
            number = checks.digits(label, "gatenumber", gate.gatenumber)
            # A peer has one address; the provider's others are dialled by nobody.
            yield replace(_at(host, rows[0], name), rows=(label,), number=number)


def _addresses(host: Host, protocol: Protocol) -> Iterator[Trunk]:
    for row in _ordered(host):
        if row.proto is not protocol or not row.direction.takes_out:
            continue
        label = f"providers_ips#{row.id}"
        if protocol is Protocol.H323:
            host.omit(label, _BY_HAND)
        elif row.domainname:
            yield _at(host, row, host.checks.peer(label, "domainname", row.domainname))
        elif row.ipaddress is not None:
            parsed = host.checks.address(label, "ipaddress", row.ipaddress)
            if isinstance(parsed, IPv6Address):
                host.omit(label, "no peer can be named as an IPv6 address: give it a domainname")
            elif parsed is not None:
                yield _at(host, row, str(parsed))
        else:
            host.omit(label, "it has neither a domain name nor an address")


def _at(host: Host, row: TrunkAddress, name: str) -> Trunk:
    checks, label = host.checks, f"providers_ips#{row.id}"
    domain = checks.host(label, "domainname", row.domainname) if row.domainname else ""
    where = domain
    # The address of a network is no host: behind its name is one.
    if row.ipaddress is not None and not (domain and row.prefix_length):
        where = str(checks.address(label, "ipaddress", row.ipaddress))
    return Trunk(
        name=name,
        rows=(label,),
        provider_id=row.provider_id,
        protocol=row.proto,
        host=where,
        domain=domain or where,
        port=checks.port(label, "port", row.port),
        transport=row.transport,
    )


def _outgoing(host: Host, provider_id: int, protocol: Protocol) -> list[TrunkAddress]:
    return [
        row
        for row in _ordered(host)
        if row.provider_id == provider_id
        and row.proto is protocol
        and row.direction.takes_out
        and (row.domainname or row.ipaddress is not None)
    ]


def _ordered(host: Host) -> list[TrunkAddress]:
    return sorted(host.data.rows.addresses, key=lambda row: row.id)


def _provider_of(host: Host, gate: Gate) -> Provider | None:
    number = host.data.number.get(gate.numbers_pool_id)
    return host.data.provider.get(number.provider_id) if number is not None else None


def _network_order(pair: tuple[Network, str]) -> tuple[int, int, int]:
    return pair[0].version, int(pair[0].network_address), pair[0].prefixlen
