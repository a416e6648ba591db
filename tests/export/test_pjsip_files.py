"""Peers on chan_pjsip."""

from dataclasses import replace

import pytest

from dialplane_service.domain.kinds import Direction, Protocol, SipDriver, Transport
from dialplane_service.domain.records import TrustedProxy
from tests.domain.world import World, address, article_world, endpoint
from tests.export.asterisk_config import Config
from tests.export.exports import contents, export, read


@pytest.fixture
def world() -> World:
    return article_world()


def pjsip(world: World, server_id: int = 1, **host_files: str) -> Config:
    return read(contents(export(world, server_id, SipDriver.PJSIP)), "pjsip", **host_files)


def test_a_gate_is_an_endpoint_that_its_provider_calls_by_address(world: World) -> None:
    config = pjsip(world)
    gate = config.one("westcall", type="endpoint")
    assert gate["context"] == "public"
    assert gate["identify_by"] == "ip"
    assert config.one("westcall", type="aor")["contact"] == "sip:195.94.225.2"
    assert config.one("westcall", type="identify").all("match") == ["195.94.225.2"]


def test_an_outgoing_address_is_an_endpoint_and_takes_the_provider_s_calls(world: World) -> None:
    world.addresses[90] = replace(address(90, 3, "192.0.2.16", "x", "IN"), prefix_length=28)
    config = pjsip(world)
    assert config.one("sip.zadarma.com", type="aor")["contact"] == "sip:sip.zadarma.com"
    identify = config.one("sip.zadarma.com", type="identify")
    assert identify.all("match") == ["185.45.152.129", "192.0.2.16/28"]
    assert config.one("sip.n1.ipport.net", type="aor")["contact"] == "sip:89.208.190.2"


def test_a_provider_that_is_only_heard_has_an_endpoint_of_its_own(world: World) -> None:
    del world.addresses[42]
    config = pjsip(world)
    assert config.one("providers-4", type="endpoint")["context"] == "public"
    assert config.one("providers-4", type="endpoint").get("aors") is None
    assert config.one("providers-4", type="identify").all("match") == ["209.124.34.105"]


def test_who_has_no_incoming_address_is_not_identified(world: World) -> None:
    assert pjsip(world).real("sip.voicebuy.com", type="identify") == []


@pytest.mark.parametrize(
    ("changes", "contact"),
    [
        ({"port": 5080}, "sip:178.77.95.57:5080"),
        ({"transport": Transport.TCP}, "sip:178.77.95.57;transport=tcp"),
        ({"transport": Transport.TLS, "port": 5061}, "sip:178.77.95.57:5061;transport=tls"),
        ({"ipaddress": None}, "sip:sip.voicebuy.com"),
        ({"ipaddress": "2001:db8::7"}, "sip:[2001:db8::7]"),
    ],
)
def test_where_calls_are_sent(world: World, changes: dict[str, object], contact: str) -> None:
    world.change("addresses", 35, **changes)
    assert pjsip(world).one("sip.voicebuy.com", type="aor")["contact"] == contact


def test_switches_change_nothing(world: World) -> None:
    before = contents(export(world, 1, SipDriver.PJSIP))
    world.change("providers", 7, enabled=False)
    world.change("providers", 3, carries_outgoing=False)
    world.change("gates", 8, enabled=False)
    world.change("endpoints", 1, enabled=False)
    assert contents(export(world)) == before


def test_without_a_login_of_the_host_s_nothing_logs_in_or_registers(world: World) -> None:
    config = pjsip(world)
    assert config.real(type="auth") == []
    assert config.real(type="registration") == []
    # The endpoint still asks for what is not there: nobody gets in.
    assert config.one("acme-101", type="endpoint")["auth"] == "acme-101"


def test_logins_come_from_the_host_s_own_files(world: World) -> None:
    gates = """
[sip_peer_msm_2301-auth](!,dialplane-auth)
username=login
password=secret\\;word
[sip_peer_msm_2301-registration](!,dialplane-registration)
"""
    devices = "[acme-101-auth](!,dialplane-auth)\nusername=acme-101\npassword=secret\n"
    config = pjsip(world, secrets_pjsip=gates, secrets_pjsip_devices=devices)
    assert config.includes == [
        "dialplane/secrets_pjsip.conf",
        "dialplane/secrets_pjsip_devices.conf",
    ]
    gate = config.one("sip_peer_msm_2301", type="auth")
    assert (gate["username"], gate["password"]) == ("login", "secret;word")
    [registration] = config.real(type="registration")
    assert registration.name == "sip_peer_msm_2301"
    assert registration["server_uri"] == "sip:sip.n1.ipport.net"
    assert registration["client_uri"] == "sip:74957952301@sip.n1.ipport.net"
    assert registration["contact_user"] == "74957952301"
    assert registration["outbound_proxy"] == "sip:89.208.190.2;lr"
    assert registration["outbound_auth"] == "sip_peer_msm_2301"
    assert [section.name for section in config.real(type="auth")] == [
        "sip_peer_msm_2301",
        "acme-101",
    ]


def test_devices_are_those_of_the_server(world: World) -> None:
    config = pjsip(world)
    devices = config.real(type="endpoint", context="users_context")
    assert [section.name for section in devices] == ["acme-101", "acme-102"]
    assert devices[0]["aors"] == "acme-101"
    assert devices[0]["subscribe_context"] == "dialplane_hints_acme"
    assert config.one("acme-101", type="aor")["max_contacts"] == "1"
    elsewhere = pjsip(world, 2).real(type="endpoint", context="users_context")
    assert [section.name for section in elsewhere] == ["acme-201"]


def test_a_device_shows_its_own_number_to_an_emergency_service(world: World) -> None:
    world.change("endpoints", 1, caller_id="74951815000")
    config = pjsip(world)
    number = config.one("acme-101", type="endpoint")["set_var"]
    assert number == "DIALPLANE_EMERGENCY_NUMBER=74951815000"


def test_proxies_share_an_endpoint(world: World) -> None:
    world.extra["trusted_proxies"] = (
        TrustedProxy(2, 1, "198.51.100.0", 30),
        TrustedProxy(1, 1, "203.0.113.9", None),
        TrustedProxy(3, 2, "203.0.113.10", None),
    )
    identify = pjsip(world).one("trusted-proxies", type="identify")
    assert identify.all("match") == ["203.0.113.9", "198.51.100.0/30"]


def test_a_sister_over_sip_is_an_endpoint_of_its_name(world: World) -> None:
    assert pjsip(world).real(context="sisters") == []
    world.change("servers", 2, protocol=Protocol.SIP)
    config = pjsip(world)
    assert config.one("asterisk-msm", type="endpoint")["context"] == "sisters"
    assert config.one("asterisk-msm", type="aor")["contact"] == "sip:89.208.16.1"
    # The others call this server over IAX2: its protocol says so.
    assert config.real("asterisk-msm", type="identify") == []
    other = pjsip(world, 2)
    callers = {section.name for section in other.real(type="identify")}
    assert {"asterisk-macomnet", "asterisk-corbina"} <= callers
    assert other.one("asterisk-macomnet", type="identify")["match"] == "212.5.126.1"


def test_what_cannot_be_expressed_is_left_out_and_named(world: World) -> None:
    world.addresses[91] = replace(address(91, 16, "2001:db8::1", "", "OUT"), domainname=None)
    world.addresses[92] = replace(address(92, 16, None, "in.example.net", "IN"))
    world.addresses[93] = replace(
        address(93, 16, None, "h.example.net", "OUT"), proto=Protocol.H323
    )
    world.change("gates", 8, numbers_pool_id=125)
    world.change("addresses", 42, direction=Direction.IN)
    world.endpoints[9] = endpoint(9, 1, "109", proto=Protocol.H323)
    omitted = {remark.row: remark.problem for remark in export(world).omitted}
    assert "give it a domainname" in omitted["providers_ips#91"]
    assert "no ipaddress" in omitted["providers_ips#92"]
    assert "ooh323.conf" in omitted["providers_ips#93"]
    assert "'Multitel' has no outgoing SIP address" in omitted["gates#8"]
    assert "ooh323.conf" in omitted["endpoints#9"]
