"""Where signalling comes from, for a firewall. Media comes from anywhere: providers send it from other hosts.

Outgoing addresses are in the list too: a provider that we call ends the call from there, long after a
firewall has forgotten the call's beginning. It can start none: the service refuses calls from them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from dialplane_service.domain.addresses import Network
from dialplane_service.domain.asterisk_files.checks import INVALID, Checks, Remark
from dialplane_service.domain.decision_data import DecisionData
from dialplane_service.domain.kinds import Direction, Protocol, Transport
from dialplane_service.domain.records import UNDEFINED_SERVER_ID, Server, TrunkAddress


class OwnerKind(StrEnum):
    """Whose an address is."""

    PROVIDER = "PROVIDER"
    SERVER = "SERVER"
    TRUSTED_PROXY = "TRUSTED_PROXY"


class Signalling(StrEnum):
    """A protocol with its transport."""

    SIP_UDP = "SIP_UDP"
    SIP_TCP = "SIP_TCP"
    SIP_TLS = "SIP_TLS"
    IAX2 = "IAX2"
    H323 = "H323"


@dataclass(frozen=True, slots=True)
class SignallingAddress:
    """One address. ``network`` unset: it is known by ``host_name`` only."""

    row: str
    owner: str
    owner_kind: OwnerKind
    network: Network | None
    host_name: str
    direction: Direction
    signalling: Signalling


@dataclass(frozen=True, slots=True)
class SignallingAddresses:
    """The list, and the rows that are not in it because of what they hold."""

    addresses: tuple[SignallingAddress, ...]
    refused: tuple[Remark, ...]


def signalling_addresses(data: DecisionData, server: Server | None) -> SignallingAddresses:
    """The addresses that may speak to a server, or to any of ours: providers', sisters', proxies'.

    A provider that is switched off is not in the list, unless an emergency call may go to it.
    """
    checks = Checks()
    found = [
        *_of_providers(data, checks),
        *_of_sisters(data, server, checks),
        *_of_proxies(data, server, checks),
    ]
    return SignallingAddresses(tuple(found), checks.refused)


def _of_providers(data: DecisionData, checks: Checks) -> Iterator[SignallingAddress]:
    wanted = {row.id for row in data.rows.providers if row.enabled} | _for_emergencies(data)
    for row in sorted(data.rows.addresses, key=lambda row: (row.provider_id, row.id)):
        if row.provider_id not in wanted:
            continue
        label = f"providers_ips#{row.id}"
        net, name = None, ""
        if row.ipaddress is not None:
            net = checks.network(label, row.ipaddress, row.prefix_length)
        else:
            name = checks.host(label, "domainname", row.domainname or "")
        if net is None and name in ("", INVALID):
            continue
        yield SignallingAddress(
            row=label,
            owner=data.provider[row.provider_id].providername,
            owner_kind=OwnerKind.PROVIDER,
            network=net,
            host_name=name,
            direction=row.direction,
            signalling=_spoken(row),
        )


def _for_emergencies(data: DecisionData) -> set[int]:
    """Providers that an emergency route leads to: nothing that is switched off stands in its way."""
    found = set()
    for route in data.rows.emergency_routes:
        address = data.address.get(route.providers_ips_id or 0)
        gate = data.gate.get(route.gate_id or 0)
        number = data.number.get(gate.numbers_pool_id) if gate is not None else None
        found |= {row.provider_id for row in (address, number) if row is not None}
    return found & data.provider.keys()


def _of_sisters(
    data: DecisionData, server: Server | None, checks: Checks
) -> Iterator[SignallingAddress]:
    """Servers that are switched on, over what either side is called by."""
    servers = [row for row in data.rows.servers if row.enabled and row.id != UNDEFINED_SERVER_ID]
    for sister in sorted(servers, key=lambda row: row.id):
        callers = [row for row in servers if row.id != sister.id and server in (None, row)]
        if not callers or sister.ipaddress is None:
            continue
        label = f"servers#{sister.id}"
        net = checks.network(label, sister.ipaddress, None)
        if net is None:
            continue
        spoken = {sister.protocol, *(row.protocol for row in callers)}
        for protocol in sorted(spoken):
            yield SignallingAddress(
                row=label,
                owner=sister.servername,
                owner_kind=OwnerKind.SERVER,
                network=net,
                host_name="",
                direction=Direction.IN_OUT,
                signalling=Signalling.IAX2 if protocol is Protocol.IAX2 else Signalling.SIP_UDP,
            )


def _of_proxies(
    data: DecisionData, server: Server | None, checks: Checks
) -> Iterator[SignallingAddress]:
    for row in sorted(data.rows.trusted_proxies, key=lambda row: row.id):
        own = data.server.get(row.server_id)
        if own is None or not own.enabled or server not in (None, own):
            continue
        label = f"server_trusted_proxies#{row.id}"
        net = checks.network(label, row.ipaddress, row.prefix_length)
        if net is not None:
            yield SignallingAddress(
                row=label,
                owner=own.servername,
                owner_kind=OwnerKind.TRUSTED_PROXY,
                network=net,
                host_name="",
                direction=Direction.IN,
                signalling=Signalling.SIP_UDP,
            )


def _spoken(row: TrunkAddress) -> Signalling:
    if row.proto is Protocol.SIP:
        return _SIP[row.transport]
    return Signalling.IAX2 if row.proto is Protocol.IAX2 else Signalling.H323


_SIP = {
    Transport.UDP: Signalling.SIP_UDP,
    Transport.TCP: Signalling.SIP_TCP,
    Transport.TLS: Signalling.SIP_TLS,
}
