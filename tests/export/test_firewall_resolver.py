"""Names to addresses, by this machine's own resolver."""

import socket
import threading
from ipaddress import ip_address

import pytest

from dialplane_service.cli.firewall_resolver import Lookup, SystemResolver, usable


def test_localhost() -> None:
    found = SystemResolver().look_up(["localhost", "localhost"], 5.0)
    assert list(found) == ["localhost"]
    assert found["localhost"].fault == ""
    assert all(address.is_loopback for address in found["localhost"].addresses)
    assert found["localhost"].addresses


def test_what_does_not_resolve_says_why() -> None:
    found = SystemResolver().look_up(["does-not-exist.invalid", "x" * 70, "localhost"], 5.0)
    assert found["does-not-exist.invalid"].fault
    assert found["x" * 70].fault
    assert found["localhost"].addresses


def test_a_silent_name_server_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()
    real = socket.getaddrinfo

    def silent(name: str, *words: object, **more: object) -> object:
        if name == "silent.example":
            release.wait(5)
        return real("127.0.0.1", *words, **more)  # type: ignore[call-overload]

    monkeypatch.setattr(socket, "getaddrinfo", silent)
    found = SystemResolver().look_up(["silent.example", "quick.example"], 0.2)
    release.set()
    assert found["silent.example"] == Lookup(fault="no answer within 0.2 s")
    assert found["quick.example"].addresses == (ip_address("127.0.0.1"),)


def test_addresses_in_order_and_only_hosts() -> None:
    found = usable(["192.0.2.9", "2001:db8::1", "192.0.2.8", "192.0.2.9", "0.0.0.0", "224.0.0.1"])
    assert [str(each) for each in found.addresses] == ["192.0.2.8", "192.0.2.9", "2001:db8::1"]
    assert usable(["0.0.0.0", "::"]).fault
