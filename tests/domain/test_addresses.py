"""Addresses and networks of peers."""

from ipaddress import ip_address, ip_network

import pytest

from dialplane_service.domain.addresses import address, inside, is_host, network


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("195.94.225.2", "195.94.225.2"),
        ("::ffff:195.94.225.2", "195.94.225.2"),
        ("2001:DB8::1", "2001:db8::1"),
    ],
)
def test_an_ipv4_address_mapped_into_ipv6_is_that_ipv4_address(text: str, expected: str) -> None:
    assert address(text) == ip_address(expected)


@pytest.mark.parametrize("text", ["", "195.94.225", "195.94.225.2:5060", "٣.1.1.1", "host", "::g"])
def test_what_is_no_address_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="does not appear to be"):
        address(text)


@pytest.mark.parametrize("text", ["fe80::1%eth0", "::ffff:195.94.225.2%${X}"])
def test_an_address_with_a_zone_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="zone"):
        address(text)


@pytest.mark.parametrize(
    ("text", "length", "expected"),
    [
        ("195.94.225.2", None, "195.94.225.2/32"),
        ("195.94.225.2", 24, "195.94.225.0/24"),
        ("2001:db8::1", None, "2001:db8::1/128"),
        ("2001:db8::1", 32, "2001:db8::/32"),
        ("::ffff:10.0.0.1", 8, "10.0.0.0/8"),
    ],
)
def test_a_row_without_a_prefix_length_is_the_one_address(
    text: str, length: int | None, expected: str
) -> None:
    assert network(text, length) == ip_network(expected)


def test_a_prefix_length_fits_its_family() -> None:
    with pytest.raises(ValueError, match="33"):
        network("195.94.225.2", 33)


@pytest.mark.parametrize(
    ("peer", "networks", "expected"),
    [
        ("195.94.225.2", [("195.94.225.2", None)], True),
        ("195.94.225.3", [("195.94.225.2", None)], False),
        ("195.94.225.255", [("195.94.225.0", 24)], True),
        ("195.94.226.0", [("195.94.225.0", 24)], False),
        ("10.0.0.1", [("195.94.225.0", 24), ("10.0.0.0", 8)], True),
        ("2001:db8::5", [("2001:db8::", 64), ("10.0.0.0", 8)], True),
        ("10.0.0.1", [("2001:db8::", 64)], False),
        ("10.0.0.1", [], False),
    ],
)
def test_a_peer_lies_in_one_of_the_networks(
    peer: str, networks: list[tuple[str, int | None]], expected: bool
) -> None:
    assert inside(address(peer), tuple(network(*net) for net in networks)) is expected


@pytest.mark.parametrize(
    ("net", "expected"),
    [(("10.0.0.1", None), True), (("10.0.0.1", 31), False), (("::1", None), True)],
)
def test_a_host_is_a_network_of_one(net: tuple[str, int | None], expected: bool) -> None:
    assert is_host(network(*net)) is expected
