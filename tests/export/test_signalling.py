"""Which addresses signalling comes from."""

from dataclasses import replace

import pytest

from dialplane_service.domain.asterisk_files.signalling import (
    OwnerKind,
    Signalling,
    SignallingAddress,
    signalling_addresses,
)
from dialplane_service.domain.kinds import Direction, Protocol, Transport
from dialplane_service.domain.records import TrustedProxy
from tests.domain.world import World, address, article_world


@pytest.fixture
def world() -> World:
    return article_world()


def found(world: World, server_id: int | None = 1) -> dict[str, SignallingAddress]:
    data = world.data()
    server = None if server_id is None else data.server[server_id]
    return {row.row: row for row in signalling_addresses(data, server).addresses}


def test_providers_incoming_and_outgoing(world: World) -> None:
    rows = found(world)
    assert str(rows["providers_ips#44"].network) == "195.94.225.2/32"
    assert rows["providers_ips#44"].direction is Direction.IN_OUT
    assert rows["providers_ips#35"].direction is Direction.OUT
    assert rows["providers_ips#7"].network is None
    assert rows["providers_ips#7"].host_name == "sip.zadarma.com"
    assert rows["providers_ips#7"].owner == "Zadarma"


@pytest.mark.parametrize(
    ("protocol", "transport", "signalling"),
    [
        (Protocol.SIP, Transport.TCP, Signalling.SIP_TCP),
        (Protocol.SIP, Transport.TLS, Signalling.SIP_TLS),
        (Protocol.IAX2, Transport.UDP, Signalling.IAX2),
        (Protocol.H323, Transport.UDP, Signalling.H323),
    ],
)
def test_what_is_spoken(
    world: World, protocol: Protocol, transport: Transport, signalling: Signalling
) -> None:
    world.change("addresses", 44, proto=protocol, transport=transport)
    assert found(world)["providers_ips#44"].signalling is signalling


def test_a_provider_that_is_off_is_shut_out_but_for_emergencies(world: World) -> None:
    world.change("providers", 16, enabled=False)
    world.change("providers", 7, enabled=False)
    rows = found(world)
    assert "providers_ips#31" not in rows
    assert "providers_ips#44" in rows, "112 goes over a gate of Westcall's"


def test_sisters_over_what_either_side_is_called_by(world: World) -> None:
    world.change("servers", 5, protocol=Protocol.SIP)
    data = world.data()
    rows = signalling_addresses(data, data.server[1]).addresses
    sisters = [(row.row, row.signalling) for row in rows if row.owner_kind is OwnerKind.SERVER]
    assert sisters == [
        ("servers#2", Signalling.IAX2),
        ("servers#5", Signalling.IAX2),
        ("servers#5", Signalling.SIP_UDP),
    ]
    assert {"servers#1", "servers#2", "servers#5"} <= found(world, None).keys()


def test_proxies_of_the_server(world: World) -> None:
    world.extra["trusted_proxies"] = (
        TrustedProxy(1, 1, "203.0.113.0", 29),
        TrustedProxy(2, 2, "203.0.113.9", None),
    )
    assert "server_trusted_proxies#1" in found(world)
    assert "server_trusted_proxies#2" not in found(world)
    assert "server_trusted_proxies#2" in found(world, None)


def test_an_address_that_is_every_address_is_refused(world: World) -> None:
    world.addresses[90] = replace(address(90, 3, "0.0.0.0", "x", "IN"), prefix_length=0)
    data = world.data()
    result = signalling_addresses(data, None)
    assert [remark.row for remark in result.refused] == ["providers_ips#90"]
    assert "providers_ips#90" not in {row.row for row in result.addresses}
