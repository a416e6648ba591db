"""The indexes that decisions read by."""

from dataclasses import FrozenInstanceError, replace

import pytest

from dialplane_service.domain.addresses import address as ip
from dialplane_service.domain.decision_data import DecisionData, DecisionRows
from dialplane_service.domain.kinds import LocationKind
from dialplane_service.domain.records import (
    BarredDestination,
    EmergencyRoute,
    FinalAnswer,
    Location,
    RingGroupMember,
    TrustedProxy,
)
from tests.domain.world import (
    ACME,
    LOADED_AT,
    World,
    address,
    article_world,
    gate,
    number,
    provider,
)


def test_empty_rows_are_data_too() -> None:
    data = DecisionData(DecisionRows(version=1, loaded_at=LOADED_AT))
    assert data.version == 1
    assert data.number_by_digits == {}
    assert data.providers_by_priority == ()
    assert data.providers_sending_from(ip("10.0.0.1")) == []


def test_it_cannot_be_changed() -> None:
    data = article_world().data()
    with pytest.raises(FrozenInstanceError):
        data.version = 8  # type: ignore[misc]


def test_providers_are_in_the_order_they_are_tried() -> None:
    """Priority, then id."""
    world = World()
    for row in (provider(9, "c", 20), provider(2, "b", 20), provider(5, "a", 10)):
        world.providers[row.id] = row
    assert [row.id for row in world.data().providers_by_priority] == [5, 2, 9]


def test_a_providers_out_addresses_are_not_where_its_calls_come_from() -> None:
    data = article_world().data()
    assert [str(net) for net in data.provider_in_networks[16]] == ["89.208.190.8/32"]
    assert data.provider_in_networks[11] == ()
    assert data.providers_sending_from(ip("89.208.190.2")) == []
    assert data.providers_sending_from(ip("195.94.225.2")) == [7]


def test_several_providers_may_send_from_one_address_or_network() -> None:
    world = article_world()
    world.addresses[90] = replace(address(90, 3, "195.94.224.0", "net", "IN"), prefix_length=23)
    world.addresses[91] = address(91, 16, "195.94.225.2", "same", "IN/OUT")
    data = world.data()
    assert data.providers_sending_from(ip("195.94.225.2")) == [3, 7, 16]
    assert data.providers_sending_from(ip("195.94.224.9")) == [3]
    assert data.providers_sending_from(ip("2001:db8::1")) == []


def test_a_name_without_an_address_is_no_network() -> None:
    world = article_world()
    world.addresses[90] = address(90, 3, None, "proxy.example", "IN")
    assert [str(net) for net in world.data().provider_in_networks[3]] == ["185.45.152.129/32"]


def test_a_server_without_an_address_is_found_under_none() -> None:
    data = article_world().data()
    assert [row.id for row in data.servers_by_address["89.208.16.1"]] == [2]
    assert all(row.id != 0 for rows in data.servers_by_address.values() for row in rows)


def test_a_gate_without_its_number_belongs_to_no_provider() -> None:
    world = article_world()
    world.gates[99] = gate(99, 4711, 1, "lost", "1")
    data = world.data()
    assert data.gate[99].gatename == "lost"
    assert all(row.id != 99 for rows in data.provider_gates.values() for row in rows)
    assert [row.id for row in data.provider_gates[7]] == [8, 9]


def test_numbers_of_an_account_are_in_the_order_of_their_ids() -> None:
    world = World()
    for row in (number(5, "74950000005", 7, 1), number(2, "74950000002", 7, 1)):
        world.numbers[row.id] = row
    world.numbers[9] = number(9, "74950000009", 7, 1, account_id=None)
    assert [row.id for row in world.data().account_numbers[ACME]] == [2, 5]


def test_members_targets_and_emergency_routes_are_in_the_order_of_their_positions() -> None:
    world = article_world()
    world.extra["ring_group_members"] = (RingGroupMember(1, 2, 1), RingGroupMember(1, 1, 2))
    world.extra["emergency_routes"] = tuple(
        EmergencyRoute(row, "RU", "112", None, position, 8, None, None)
        for row, position in ((4, 2), (3, 1), (2, 2))
    )
    data = world.data()
    assert [row.endpoint_id for row in data.group_members[1]] == [2, 1]
    assert [row.id for row in data.emergency_routes["RU", "112"]] == [3, 2, 4]
    assert [row.target_id for row in data.client_targets[1]] == [1, 2]


def test_extensions_clients_and_feature_codes_belong_to_an_account() -> None:
    world = article_world()
    world.change("endpoints", 2, extension=None)
    data = world.data()
    assert data.endpoint_by_extension[ACME, "101"].id == 1
    assert (ACME, "") not in data.endpoint_by_extension
    assert data.client_by_number[ACME, "79031112233"].clientname == "Best client"
    assert data.location_by_feature_code[None, "*97"].locationname == "voicemail"


def test_a_location_without_a_feature_code_is_not_dialled() -> None:
    world = article_world()
    row = Location(2, ACME, "menu", LocationKind.IVR, "ivr", "s", 1, None)
    world.extra["locations"] = (row,)
    data = world.data()
    assert data.location[2] is row
    assert data.location_by_feature_code == {}


def test_the_small_tables_are_indexed() -> None:
    world = article_world()
    world.extra["trusted_proxies"] = (TrustedProxy(1, 1, "10.9.0.0", 16),)
    world.extra["final_answers"] = (FinalAnswer(1, 7, 403, None, True),)
    world.extra["barred_destinations"] = (BarredDestination(1, ACME, "7809", True),)
    data = world.data()
    assert [str(net) for net in data.trusted_proxy_networks[1]] == ["10.9.0.0/16"]
    assert [row.sip_status for row in data.final_answers[7]] == [403]
    assert data.barred == {(ACME, "7809"): True}
    assert data.endpoint_by_name[2, "acme-201"].id == 3
    assert [row.id for row in data.number_gates[516]] == [1]
