"""IP addresses and networks of peers."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address


def address(text: str) -> Address:
    """Parse an address; an IPv4 address mapped into IPv6 becomes IPv4.

    Raises:
        ValueError: the text is no address, or has a zone: any text may stand behind its "%".
    """
    parsed = ip_address(text)
    if isinstance(parsed, IPv6Address):
        if parsed.scope_id is not None:
            raise ValueError("an address with a zone means nothing to another host")
        return parsed.ipv4_mapped or parsed
    return parsed


def network(text: str, prefix_length: int | None) -> Network:
    """The network of an address row; without a prefix length the one address itself.

    Raises:
        ValueError: the text is no address, or the length does not fit its family.
    """
    parsed = address(text)
    length = parsed.max_prefixlen if prefix_length is None else prefix_length
    return ip_network(f"{parsed}/{length}", strict=False)


def inside(peer: Address, networks: tuple[Network, ...]) -> bool:
    """Whether the peer lies in one of the networks."""
    return any(peer.version == net.version and peer in net for net in networks)


def is_host(net: Network) -> bool:
    """Whether the network is one address."""
    return net.prefixlen == net.max_prefixlen
