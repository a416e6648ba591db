"""A call to a rented number."""

from dataclasses import replace
from typing import Any

import pytest

from dialplane_service.domain.answers import (
    CallClass,
    EchoTestTarget,
    EndpointTarget,
    ExternalNumberTarget,
    LocationTarget,
    RefusalReason,
    RingGroupTarget,
    ServerTarget,
)
from dialplane_service.domain.kinds import Direction, LocationKind, Protocol, TargetKind, Tier
from dialplane_service.domain.numbers import Number, NumberKind
from dialplane_service.domain.records import (
    BarredDestination,
    Client,
    ClientTarget,
    ConfiguredTarget,
)
from tests.domain.asking import IPPORT_ADDRESS, SISTER, from_endpoint, from_provider
from tests.domain.world import ACME, VISITOR, World, article_world

DID, POOL_ROW = "74951815000", 279
CLIENT = "79031112233"
OUTSIDE = "79161234567"


def _refused(world: World, dialled: str = DID, **call: Any) -> RefusalReason:
    found = from_provider(world, dialled, **call)
    assert found.targets == ()
    assert found.call_class is None
    return found.refusal.reason


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"enabled": False}, RefusalReason.NUMBER_DISABLED),
        ({"direction": Direction.OUT}, RefusalReason.NUMBER_OUT_ONLY),
        ({"enabled": False, "direction": Direction.OUT}, RefusalReason.NUMBER_DISABLED),
        ({"target_id": None}, RefusalReason.NO_DESTINATION),
        ({"target_id": 999}, RefusalReason.NO_DESTINATION),
        ({"account_id": 999}, RefusalReason.ACCOUNT_DISABLED),
        ({"server_id": 999}, RefusalReason.SERVER_UNREACHABLE),
        ({"server_id": 0}, RefusalReason.SERVER_UNREACHABLE),
    ],
)
def test_a_number_that_cannot_take_the_call_says_why(
    changes: dict[str, Any], reason: RefusalReason
) -> None:
    world = article_world()
    world.change("numbers", POOL_ROW, **changes)
    assert _refused(world) is reason


def test_a_number_that_is_not_rented_is_unknown() -> None:
    assert _refused(article_world(), "74957777777") is RefusalReason.UNKNOWN_NUMBER


def test_a_disabled_account_takes_no_calls() -> None:
    world = article_world()
    world.change("accounts", ACME, enabled=False)
    assert _refused(world) is RefusalReason.ACCOUNT_DISABLED


def test_the_article_number_that_only_comes_in_takes_calls() -> None:
    found = from_provider(article_world(), "37167859001", "209.124.34.105")
    assert found.call_class is CallClass.INCOMING


def test_echo_test_plays_back_whatever_else_is_configured() -> None:
    """Even a number of another server: any server can play back."""
    world = article_world()
    world.change("numbers", POOL_ROW, echotest=True, server_id=2, target_id=None)
    found = from_provider(world, DID, caller_number=CLIENT)
    assert found.call_class is CallClass.ECHO_TEST
    assert found.targets == (EchoTestTarget("echo"),)


def test_echo_test_is_for_the_numbers_own_provider_only() -> None:
    world = article_world()
    world.change("numbers", POOL_ROW, echotest=True)
    reason = _refused(world, peer=IPPORT_ADDRESS)
    assert reason is RefusalReason.PEER_ADDRESS_UNKNOWN


@pytest.mark.parametrize(
    ("protocol", "path"),
    [(Protocol.IAX2, "IAX2/msm@msm"), (Protocol.SIP, "SIP/89.208.16.1")],
)
def test_a_number_of_another_server_goes_there_by_its_protocol(
    protocol: Protocol, path: str
) -> None:
    world = article_world()
    world.change("servers", 2, protocol=protocol)
    found = from_provider(world, "74957952302", IPPORT_ADDRESS)
    assert found.call_class is CallClass.FORWARD
    assert found.targets == (ServerTarget("s2", SISTER, path),)
    assert found.account == "acme"


def test_the_client_is_left_for_the_server_that_serves_the_number() -> None:
    found = from_provider(article_world(), "74957952302", IPPORT_ADDRESS, caller_number=CLIENT)
    assert found.call_class is CallClass.FORWARD


@pytest.mark.parametrize("changes", [{"enabled": False}, {"iax2": None}, {"iax2": "IAX2/a&b"}])
def test_a_server_without_a_forward_path_is_unreachable(changes: dict[str, Any]) -> None:
    world = article_world()
    world.change("servers", 2, **changes)
    reason = _refused(world, "74957952302", peer=IPPORT_ADDRESS)
    assert reason is RefusalReason.SERVER_UNREACHABLE


def test_a_known_client_reaches_the_manager_then_the_group() -> None:
    found = from_provider(article_world(), DID, caller_number=CLIENT)
    assert found.call_class is CallClass.INCOMING_CLIENT
    assert found.targets == (
        EndpointTarget("e1", "acme-101", "101", "asterisk-macomnet"),
        RingGroupTarget("r1", "sales"),
    )


def test_a_managers_switched_off_phone_is_passed_over() -> None:
    world = article_world()
    world.change("endpoints", 1, enabled=False)
    found = from_provider(world, DID, caller_number=CLIENT)
    assert [target.target_id for target in found.targets] == ["r1"]


def test_a_client_with_nowhere_to_go_is_treated_like_anybody() -> None:
    world = article_world()
    world.extra["client_targets"] = (ClientTarget(1, 1, 999),)
    found = from_provider(world, DID, caller_number=CLIENT)
    assert found.call_class is CallClass.INCOMING
    assert [target.target_id for target in found.targets] == ["r1"]


def test_a_client_is_known_to_its_account_only() -> None:
    world = article_world()
    world.extra["clients"] = (Client(1, VISITOR, CLIENT, "The visitor's client"),)
    assert from_provider(world, DID, caller_number=CLIENT).call_class is CallClass.INCOMING


def test_a_client_of_nobodys_number_is_not_looked_for() -> None:
    world = article_world()
    world.change("numbers", POOL_ROW, account_id=None)
    found = from_provider(world, DID, caller_number=CLIENT)
    assert found.call_class is CallClass.INCOMING
    assert found.account == ""


def test_a_client_has_at_most_ten_targets() -> None:
    """The contract allows no more."""
    world = article_world()
    world.extra["client_targets"] = tuple(ClientTarget(1, place, 1) for place in range(1, 13))
    found = from_provider(world, DID, caller_number=CLIENT)
    assert len(found.targets) == 10


@pytest.mark.parametrize(
    ("target_id", "expected"),
    [
        (1, EndpointTarget("e1", "acme-101", "101", "asterisk-macomnet")),
        (2, RingGroupTarget("r1", "sales")),
        (3, LocationTarget("l1", "voicemail", LocationKind.VOICEMAIL, "voicemail", "s", 1)),
        (4, ExternalNumberTarget("t4", Number(NumberKind.E164, OUTSIDE))),
    ],
)
def test_a_number_leads_to_its_configured_target(target_id: int, expected: object) -> None:
    world = article_world()
    world.change("numbers", POOL_ROW, target_id=target_id)
    assert from_provider(world, DID).targets == (expected,)


@pytest.mark.parametrize(
    ("table", "row_id", "changes", "target_id"),
    [
        ("endpoints", 1, {"enabled": False}, 1),
        ("targets", 1, {"endpoint_id": 99}, 1),
        ("targets", 1, {"endpoint_id": None}, 1),
        ("ring_groups", 1, {"enabled": False}, 2),
        ("targets", 2, {"ring_group_id": 99}, 2),
        ("targets", 3, {"location_id": 99}, 3),
        ("targets", 4, {"number": None}, 4),
        ("targets", 4, {"number": "112"}, 4),
        ("targets", 4, {"account_id": 99}, 4),
    ],
)
def test_a_target_that_leads_nowhere_is_no_destination(
    table: str, row_id: int, changes: dict[str, Any], target_id: int
) -> None:
    world = article_world()
    world.change("numbers", POOL_ROW, target_id=target_id)
    world.change(table, row_id, **changes)
    assert _refused(world) is RefusalReason.NO_DESTINATION


def test_a_group_without_a_phone_that_is_on_leads_nowhere() -> None:
    world = article_world()
    for device in (1, 2):
        world.change("endpoints", device, enabled=False)
    assert _refused(world) is RefusalReason.NO_DESTINATION


def test_a_device_on_a_lost_server_is_named_without_it() -> None:
    world = article_world()
    world.change("numbers", POOL_ROW, target_id=1)
    world.change("endpoints", 1, server_id=99)
    assert from_provider(world, DID).targets == (EndpointTarget("e1", "acme-101", "101", ""),)


# Calls that are sent on to a number outside cost money.


def _sent_on(number: str = OUTSIDE, **changes: Any) -> World:
    world = article_world()
    world.change("numbers", POOL_ROW, target_id=4)
    world.change("targets", 4, number=number, **changes)
    return world


def test_a_call_is_not_sent_on_to_a_barred_number() -> None:
    assert _refused(_sent_on("78090001122")) is RefusalReason.NO_DESTINATION


def test_the_senders_own_exception_lets_it_be_sent_on() -> None:
    found = from_provider(_sent_on("78095551122"), DID)
    assert found.targets == (ExternalNumberTarget("t4", Number(NumberKind.E164, "78095551122")),)


def test_a_client_is_not_sent_on_to_a_barred_number_either() -> None:
    world = article_world()
    world.change("targets", 4, number="78090001122")
    world.extra["client_targets"] = (ClientTarget(1, 1, 4), ClientTarget(1, 2, 1))
    found = from_provider(world, DID, caller_number=CLIENT)
    assert [target.target_id for target in found.targets] == ["e1"]


def test_a_call_is_not_sent_out_to_a_number_of_our_own() -> None:
    """A provider would bring it back as a new call, and two such numbers would do so for ever."""
    world = _sent_on("74957952301")
    world.targets[5] = ConfiguredTarget(5, ACME, TargetKind.EXTERNAL, None, None, None, DID)
    world.change("numbers", 515, target_id=5)
    assert _refused(world) is RefusalReason.NO_DESTINATION
    assert _refused(world, "74957952301", peer=IPPORT_ADDRESS) is RefusalReason.NO_DESTINATION


def test_a_disabled_account_has_no_call_sent_on() -> None:
    world = _sent_on(account_id=VISITOR)
    world.change("accounts", VISITOR, enabled=False)
    assert _refused(world) is RefusalReason.NO_DESTINATION


def test_nobodys_number_is_sent_on_at_the_cost_of_whoever_owns_the_target() -> None:
    world = _sent_on()
    world.change("numbers", POOL_ROW, account_id=None)
    found = from_provider(world, DID)
    assert (found.account, found.tier) == ("acme", Tier.CLI)


def test_who_has_calls_sent_on_pays_for_it_and_not_the_tenant_who_called() -> None:
    """Else a tenant could have others billed for calls to a dear number of its choice."""
    world = _sent_on()
    world.endpoints[9] = replace(
        world.endpoints[1], id=9, account_id=VISITOR, endpointname="visitor-1"
    )
    found = from_endpoint(world, DID, "visitor-1")
    assert found.call_class is CallClass.ON_NET
    assert found.account == "acme"


def test_a_tenant_who_calls_another_tenants_phone_pays_for_the_own_call() -> None:
    world = article_world()
    world.endpoints[9] = replace(
        world.endpoints[1], id=9, account_id=VISITOR, endpointname="visitor-1"
    )
    found = from_endpoint(world, DID, "visitor-1")
    assert found.account == "visitor"
    assert [target.target_id for target in found.targets] == ["r1"]


def test_barring_for_all_holds_where_the_account_has_no_rule() -> None:
    world = _sent_on("78095551122")
    world.extra["barred_destinations"] = (BarredDestination(1, None, "7809", True),)
    assert _refused(world) is RefusalReason.NO_DESTINATION
