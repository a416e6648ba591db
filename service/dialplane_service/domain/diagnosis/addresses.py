"""Trunk addresses, servers' addresses and trusted proxies: who is believed to be whom."""

from collections.abc import Iterator
from ipaddress import ip_network
from typing import Final

from dialplane_service.domain.addresses import Network, address, network
from dialplane_service.domain.decision_data import DecisionData
from dialplane_service.domain.diagnosis.check import Findings, warning
from dialplane_service.domain.records import TrunkAddress

_WIDE: Final = {4: 16, 6: 32}
"""A shorter prefix than this is more than any provider sends calls from."""


def _subject(row: TrunkAddress) -> str:
    return f"providers_ips#{row.id}"


def _provider(data: DecisionData, row: TrunkAddress) -> str:
    provider = data.provider.get(row.provider_id)
    return provider.providername if provider is not None else f"provider {row.provider_id}"


def _parsed(text: str | None, prefix_length: int | None) -> Network | None:
    try:
        return None if text is None else network(text, prefix_length)
    except ValueError:
        return None


def _in_networks(data: DecisionData) -> list[tuple[Network, TrunkAddress]]:
    pairs = (
        (_parsed(row.ipaddress, row.prefix_length), row)
        for row in data.rows.addresses
        if row.direction.takes_in
    )
    return [(net, row) for net, row in pairs if net is not None]


def _texts(data: DecisionData) -> Iterator[tuple[str, str, int | None]]:
    """Every address there is: subject, text, prefix length."""
    for row in data.rows.addresses:
        if row.ipaddress is not None:
            yield _subject(row), row.ipaddress, row.prefix_length
    for server in data.rows.servers:
        if server.ipaddress is not None:
            yield f"servers#{server.id}", server.ipaddress, None
    for proxy in data.rows.trusted_proxies:
        yield f"server_trusted_proxies#{proxy.id}", proxy.ipaddress, proxy.prefix_length


def unparsable(data: DecisionData) -> Findings:
    """Text that is no address, or a prefix length that does not fit it."""
    for subject, text, prefix_length in _texts(data):
        if _parsed(text, prefix_length) is None:
            shown = text if prefix_length is None else f"{text}/{prefix_length}"
            yield warning(
                "address_unparsable",
                subject,
                f"{shown!r} is no IP address or network, so nothing ever matches it.",
                "Write an IPv4 address in dotted form or an IPv6 address, and a length that fits.",
            )


def loopback(data: DecisionData) -> Findings:
    """127.0.0.1 stands for "not known" in old tables; here it would be believed."""
    for subject, text, prefix_length in _texts(data):
        net = _parsed(text, prefix_length)
        if net is not None and (net.is_loopback or net.network_address.is_unspecified):
            yield warning(
                "address_is_this_host",
                subject,
                f"{net} is every host's own address: whatever runs there is taken for the peer.",
                "Enter the real address, or leave it empty (NULL) when it is not known.",
            )


def too_wide(data: DecisionData) -> Findings:
    """Networks so large that strangers are believed."""
    for subject, text, prefix_length in _texts(data):
        net = _parsed(text, prefix_length)
        if net is not None and net.prefixlen < _WIDE[net.version]:
            yield warning(
                "network_very_wide",
                subject,
                f"{net} holds {net.num_addresses} addresses, and calls from every one are believed.",
                "Enter the networks that the peer really sends from.",
            )


def in_without_address(data: DecisionData) -> Findings:
    """IN rows with a name only: names are not looked up while a call waits."""
    for row in data.rows.addresses:
        if row.direction.takes_in and row.ipaddress is None:
            yield warning(
                "in_address_without_ipaddress",
                _subject(row),
                f"{_provider(data, row)}'s IN address {row.domainname or '(empty)'} has no"
                " ipaddress, and names are not looked up at decision time: its calls are refused.",
                "Enter the addresses behind the name, one row each.",
            )


def out_without_peer(data: DecisionData) -> Findings:
    """OUT rows that name nothing to dial."""
    for row in data.rows.addresses:
        if row.direction.takes_out and not row.domainname and row.ipaddress is None:
            yield warning(
                "out_address_without_peer",
                _subject(row),
                f"{_provider(data, row)}'s OUT address has neither domainname nor ipaddress:"
                " there is nothing to dial.",
                "Enter the host name or the address, or delete the row.",
            )


def overlapping_providers(data: DecisionData) -> Findings:
    """IN networks of two providers that share addresses: the sender is ambiguous.

    Two networks share addresses only when one holds the other, so the sorted order keeps every
    holder of a network before it.
    """
    pairs = sorted(
        _in_networks(data),
        key=lambda pair: (
            pair[0].version,
            int(pair[0].network_address),
            pair[0].prefixlen,
            pair[1].id,
        ),
    )
    holders: list[tuple[Network, TrunkAddress]] = []
    for net, row in pairs:
        while holders and not _holds(holders[-1][0], net):
            holders.pop()
        other = next((o for _, o in reversed(holders) if o.provider_id != row.provider_id), None)
        if other is not None:
            yield warning(
                "in_networks_overlap",
                _subject(row),
                f"{net} of {_provider(data, row)} is also an IN address of"
                f" {_provider(data, other)} (providers_ips#{other.id}): a call from there is read"
                " by the number format of the provider with the lower id.",
                "Give each provider its own addresses, or make both number formats the same.",
            )
        holders.append((net, row))


def server_inside_provider(data: DecisionData) -> Findings:
    """A server of ours whose address passes for a provider's."""
    networks = dict(_in_networks(data))
    lengths = {(net.version, net.prefixlen) for net in networks}
    for server in data.rows.servers:
        own = _parsed(server.ipaddress, None)
        if own is None or own.is_loopback:
            continue
        host = address(str(own.network_address))
        for version, length in sorted(lengths):
            if version != host.version:
                continue
            row = networks.get(ip_network(f"{host}/{length}", strict=False))
            if row is not None:
                yield warning(
                    "server_inside_provider_network",
                    f"servers#{server.id}",
                    f"{server.servername}'s address {host} lies in an IN network of"
                    f" {_provider(data, row)} (providers_ips#{row.id}): calls from this server can"
                    " pass for the provider's.",
                    "Narrow the provider's network.",
                )


def _holds(outer: Network, inner: Network) -> bool:
    return (
        outer.version == inner.version
        and int(outer.network_address) <= int(inner.network_address)
        and int(inner.broadcast_address) <= int(outer.broadcast_address)
    )
