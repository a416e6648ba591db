"""What Dial gets."""

from dataclasses import replace

import pytest

from dialplane_service.domain.forward_paths import forward_path
from dialplane_service.domain.kinds import Protocol, SipDriver
from dialplane_service.domain.routes.dial_strings import (
    LONGEST_DIAL_STRING,
    DialStringError,
    device,
    number_at_peer,
    number_at_server,
    several,
)
from tests.domain.hostile import HOSTILE
from tests.domain.world import server

CHAN_SIP, PJSIP = SipDriver.SIP, SipDriver.PJSIP


@pytest.mark.parametrize(
    ("protocol", "driver", "peer", "port", "expected"),
    [
        (Protocol.SIP, CHAN_SIP, "westcall", None, "SIP/westcall/74957777777"),
        (Protocol.SIP, CHAN_SIP, "sip.example.net", 5080, "SIP/sip.example.net:5080/74957777777"),
        (Protocol.SIP, CHAN_SIP, "192.0.2.1", None, "SIP/192.0.2.1/74957777777"),
        (Protocol.SIP, CHAN_SIP, "[2001:db8::1]", 5060, "SIP/[2001:db8::1]:5060/74957777777"),
        (Protocol.SIP, PJSIP, "westcall", None, "PJSIP/74957777777@westcall"),
        (Protocol.SIP, PJSIP, "sip.example.net", 5080, "PJSIP/74957777777@sip.example.net"),
        (Protocol.IAX2, CHAN_SIP, "westcall", None, "IAX2/westcall/74957777777"),
        (Protocol.IAX2, PJSIP, "192.0.2.1", 4570, "IAX2/192.0.2.1:4570/74957777777"),
        (Protocol.H323, CHAN_SIP, "westcall", None, "OOH323/westcall/74957777777"),
        (Protocol.H323, PJSIP, "192.0.2.1", 1721, "OOH323/192.0.2.1:1721/74957777777"),
    ],
)
def test_technology_peer_and_number(
    protocol: Protocol, driver: SipDriver, peer: str, port: int | None, expected: str
) -> None:
    assert number_at_peer(protocol, driver, peer, "74957777777", port) == expected


@pytest.mark.parametrize(
    ("protocol", "driver", "expected"),
    [
        (Protocol.SIP, CHAN_SIP, "SIP/acme-101"),
        (Protocol.SIP, PJSIP, "PJSIP/acme-101"),
        (Protocol.IAX2, PJSIP, "IAX2/acme-101"),
        (Protocol.H323, CHAN_SIP, "OOH323/acme-101"),
    ],
)
def test_a_device_is_its_technology_and_name(
    protocol: Protocol, driver: SipDriver, expected: str
) -> None:
    assert device(protocol, driver, "acme-101") == expected


@pytest.mark.parametrize(
    ("driver", "protocol", "expected"),
    [
        (CHAN_SIP, Protocol.IAX2, "IAX2/msm@msm/201"),
        (PJSIP, Protocol.IAX2, "IAX2/msm@msm/201"),
        (CHAN_SIP, Protocol.SIP, "SIP/89.208.16.1/201"),
        (PJSIP, Protocol.SIP, "PJSIP/201@asterisk-msm"),
    ],
)
def test_another_server_is_reached_by_its_protocol_and_our_driver(
    driver: SipDriver, protocol: Protocol, expected: str
) -> None:
    here = replace(server(1, "here", "212.5.126.1", "here"), sip_driver=driver)
    other = replace(server(2, "asterisk-msm", "89.208.16.1", "msm"), protocol=protocol)
    assert number_at_server(here, other, "201") == expected


@pytest.mark.parametrize("driver", [CHAN_SIP, PJSIP])
def test_a_server_without_a_path_has_no_dial_string(driver: SipDriver) -> None:
    here = replace(server(1, "here", "212.5.126.1", "here"), sip_driver=driver)
    other = replace(server(2, "msm", "89.208.16.1", "msm"), iax2=None)
    assert number_at_server(here, other, "201") is None


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "IAX2/msm@msm"),
        ({"iax2": "IAX2/msm:[key]@msm:4569"}, "IAX2/msm:[key]@msm:4569"),
        ({"protocol": Protocol.SIP}, "SIP/89.208.16.1"),
        ({"protocol": Protocol.SIP, "sip": "SIP/msm@host:5060"}, "SIP/msm@host:5060"),
        ({"protocol": Protocol.SIP, "sip": None}, None),
        ({"iax2": None}, None),
        ({"iax2": ""}, None),
        ({"iax2": "IAX2/msm@msm&SIP/premium"}, None),
        ({"iax2": "IAX2/msm@msm,20"}, None),
        ({"iax2": "IAX2/msm@msm/900"}, None),
        ({"iax2": "Local/900@users_context"}, None),
        ({"iax2": "IAX2/msm@msm\n"}, None),
        ({"enabled": False}, None),
        ({"id": 0}, None),
    ],
)
def test_a_forward_path_is_technology_and_peer_of_a_server_that_is_on(
    changes: dict[str, object], expected: str | None
) -> None:
    row = replace(server(2, "asterisk-msm", "89.208.16.1", "msm"), **changes)  # type: ignore[arg-type]
    assert forward_path(row) == expected


@pytest.mark.parametrize("driver", [CHAN_SIP, PJSIP])
@pytest.mark.parametrize("text", [*(text for text in HOSTILE if text != "7" * 33), "1" * 65])
def test_a_number_outside_its_alphabet_is_never_dialled(text: str, driver: SipDriver) -> None:
    here = replace(server(1, "here", "212.5.126.1", "here"), sip_driver=driver)
    other = server(2, "asterisk-msm", "89.208.16.1", "msm")
    with pytest.raises(DialStringError, match="cannot be dialled"):
        number_at_peer(Protocol.SIP, driver, "westcall", text)
    with pytest.raises(DialStringError, match="cannot be dialled"):
        number_at_server(here, other, text)


@pytest.mark.parametrize("driver", [CHAN_SIP, PJSIP])
@pytest.mark.parametrize(
    "peer",
    [
        *("", "a b", "a&b", "a,b", "a/b", "a@b", "a:5060", "a\n", "é", "[host]", "[::1", "a" * 81),
        *("[::1]&SIP", "${X}", "a;b", '"a"', "a\x00"),
    ],
)
def test_a_peer_outside_its_alphabet_is_never_dialled(peer: str, driver: SipDriver) -> None:
    with pytest.raises(DialStringError, match="no peer"):
        number_at_peer(Protocol.SIP, driver, peer, "74957777777")
    with pytest.raises(DialStringError, match="no device"):
        device(Protocol.SIP, driver, peer)


def test_several_ring_at_once() -> None:
    assert several(["SIP/a", "IAX2/msm@msm/201"]) == "SIP/a&IAX2/msm@msm/201"


def test_a_dial_string_has_at_most_900_bytes() -> None:
    fits = ["SIP/" + "a" * 16] * 42 + ["SIP/" + "a" * 14]  # 42 times 20, 18 and 42 "&"
    assert len(several(fits)) == LONGEST_DIAL_STRING
    with pytest.raises(DialStringError, match="longer than 900"):
        several([*fits[:-1], "SIP/" + "a" * 15])
