"""Where the service listens: settings read, taken ports named, nothing shared silently."""

import socket
from collections.abc import Iterator

import pytest
from tools.listening import (
    ADMIN_SETTING,
    SETTING,
    Address,
    ListenError,
    addresses,
    reserved,
)


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.socket() as listener:
        # As gRPC does by default: two such listeners would share the port.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener


def free_address(setting: str = SETTING) -> Address:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return Address(setting, "127.0.0.1", probe.getsockname()[1])


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, ("127.0.0.1:50051", "127.0.0.1:50052")),
        ({SETTING: ""}, ("127.0.0.1:50051", "127.0.0.1:50052")),
        ({SETTING: "127.0.0.1:6000"}, ("127.0.0.1:6000", "127.0.0.1:6001")),
        ({SETTING: "[::1]:6000"}, ("[::1]:6000", "[::1]:6001")),
        ({ADMIN_SETTING: "10.0.0.1:7"}, ("127.0.0.1:50051", "10.0.0.1:7")),
        ({SETTING: "a:65535", ADMIN_SETTING: "a:1"}, ("a:65535", "a:1")),
    ],
)
def test_addresses(environment: dict[str, str], expected: tuple[str, str]) -> None:
    calls, admin = addresses(environment)
    assert (str(calls), str(admin)) == expected


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({SETTING: "50051"}, SETTING),
        ({SETTING: ":50051"}, SETTING),
        ({SETTING: "localhost:http"}, SETTING),
        ({SETTING: "localhost:0"}, SETTING),
        ({SETTING: "localhost:65536"}, SETTING),
        ({ADMIN_SETTING: "localhost"}, ADMIN_SETTING),
        ({SETTING: "localhost:65535"}, ADMIN_SETTING),
        ({SETTING: "a:1", ADMIN_SETTING: "a:1"}, ADMIN_SETTING),
    ],
)
def test_a_wrong_address_names_its_setting(environment: dict[str, str], named: str) -> None:
    with pytest.raises(ListenError, match=named):
        addresses(environment)


@pytest.mark.parametrize("setting", [SETTING, ADMIN_SETTING])
def test_a_taken_port_names_the_setting_to_change(listener: socket.socket, setting: str) -> None:
    taken = Address(setting, "127.0.0.1", listener.getsockname()[1])
    with (
        pytest.raises(ListenError, match=rf"{taken} is taken[^$]*{setting}=127.0.0.1:\d+ make run"),
        reserved(taken, patience=0.0),
    ):
        pass


def test_two_runs_on_the_same_address_are_refused_before_either_listens() -> None:
    address = free_address()
    with (
        reserved(address, patience=0.0),
        pytest.raises(ListenError, match="is taken"),
        reserved(address, patience=0.0),
    ):
        pass
    with reserved(address, patience=0.0):
        pass


def test_a_reserved_port_is_left_for_the_service() -> None:
    address = free_address()
    with reserved(address), socket.socket() as service:
        service.bind((address.host, address.port))


def test_an_address_of_another_machine_is_explained() -> None:
    # TEST-NET-1 is nobody's.
    elsewhere = Address(SETTING, "192.0.2.1", 50051)
    with pytest.raises(ListenError, match=f"{elsewhere}[^$]*{SETTING}"), reserved(elsewhere):
        pass


def test_a_wildcard_is_reached_over_loopback() -> None:
    assert str(Address(SETTING, "0.0.0.0", 1).reachable) == "127.0.0.1:1"
    assert str(Address(SETTING, "::", 1).reachable) == "[::1]:1"
