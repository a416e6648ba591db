"""Peers on chan_sip."""

from dataclasses import replace

import pytest

from dialplane_service.domain.kinds import Protocol, SipDriver, Transport
from tests.domain.world import World, address, article_world
from tests.export.asterisk_config import Config
from tests.export.exports import contents, export, read

CLOSED = ["0.0.0.0/0", "::/0"]


@pytest.fixture
def world() -> World:
    return article_world()


def sip(world: World, server_id: int = 1, **host_files: str) -> Config:
    return read(contents(export(world, server_id, SipDriver.SIP)), "sip", **host_files)


def test_the_driver_chooses_the_files(world: World) -> None:
    assert "dialplane_sip.conf" in contents(export(world, 1, SipDriver.SIP))
    assert "dialplane_sip.conf" not in contents(export(world, 1, SipDriver.PJSIP))


def test_trunks(world: World) -> None:
    world.change("addresses", 35, port=5080, transport=Transport.TCP)
    config = sip(world)
    assert config.one("westcall")["host"] == "195.94.225.2"
    assert config.one("westcall")["context"] == "public"
    assert config.one("sip.zadarma.com")["host"] == "sip.zadarma.com"
    voicebuy = config.one("sip.voicebuy.com")
    assert (voicebuy["port"], voicebuy["transport"]) == ("5080", "tcp")


def test_each_incoming_address_is_a_peer_once(world: World) -> None:
    world.addresses[90] = replace(address(90, 3, "192.0.2.16", "x", "IN"), prefix_length=30)
    world.addresses[91] = address(91, 3, "195.94.225.2", "x", "IN")
    config = sip(world)
    hosts = [section["host"] for section in config.real(context="public")]
    assert {f"192.0.2.{last}" for last in range(16, 20)} <= set(hosts)
    assert "185.45.152.129" in hosts
    incoming = [row["host"] for row in config.real() if row.name.startswith("providers_ips-")]
    assert "195.94.225.2" not in incoming, "westcall and 195.94.225.2 are peers there already"
    assert len(incoming) == len(set(incoming))


def test_a_large_network_is_too_much_for_chan_sip(world: World) -> None:
    world.addresses[90] = replace(address(90, 3, "192.0.0.0", "x", "IN"), prefix_length=16)
    [remark] = export(world, 1, SipDriver.SIP).omitted
    assert remark.row == "providers_ips#90"
    assert "65536" in remark.problem


def test_without_a_login_a_device_is_shut_out(world: World) -> None:
    config = sip(world)
    assert config.one("acme-101").all("deny") == CLOSED
    assert config.one("acme-101").get("secret") is None


def test_logins_come_from_the_host_s_own_files(world: World) -> None:
    config = sip(
        world,
        secrets_sip="[westcall-auth](!)\ndefaultuser=u\nremotesecret=s\n",
        secrets_sip_devices="[acme-101-auth](!)\nsecret=s\n",
    )
    assert config.one("westcall")["remotesecret"] == "s"
    device = config.one("acme-101")
    assert (device["secret"], device["host"], device.all("deny")) == ("s", "dynamic", [])
    assert config.one("acme-102").all("deny") == CLOSED


def test_a_sister_is_named_as_its_path_says(world: World) -> None:
    world.change("servers", 2, protocol=Protocol.SIP, sip="SIP/89.208.16.1:5070")
    world.change("servers", 5, protocol=Protocol.SIP, sip="SIP/corbina", ipaddress=None)
    config = sip(world)
    assert config.one("89.208.16.1")["context"] == "sisters"
    assert config.one("89.208.16.1")["port"] == "5070"
    assert config.one("corbina")["host"] == "corbina"
