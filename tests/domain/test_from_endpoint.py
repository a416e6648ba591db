"""A call from a user's device."""

from dataclasses import replace

import pytest

from dialplane_service.domain.answers import (
    CallClass,
    EmergencyTarget,
    EndpointTarget,
    ExternalNumberTarget,
    LocationTarget,
    RefusalReason,
)
from dialplane_service.domain.kinds import Direction, LocationKind, Tier
from dialplane_service.domain.numbers import ANONYMOUS, Number, NumberKind
from dialplane_service.domain.queries import FromEndpoint
from dialplane_service.domain.records import BarredDestination, Location
from tests.domain.asking import SISTER, classify, from_endpoint
from tests.domain.hostile import HALF_A_FEATURE_CODE, HOSTILE
from tests.domain.world import ACME, VISITOR, World, article_world, endpoint


def _with_visitor() -> World:
    """The other account has a device here, with an extension that acme has too."""
    world = article_world()
    world.endpoints[9] = endpoint(9, 1, "301", account_id=VISITOR, endpointname="visitor-301")
    return world


def test_an_outside_number_goes_to_the_providers() -> None:
    found = from_endpoint(article_world(), "84957777777")
    number = Number(NumberKind.E164, "74957777777")
    assert found.call_class is CallClass.OUTGOING
    assert found.called == number
    assert found.targets == (ExternalNumberTarget("n", number),)
    assert (found.account, found.tier) == ("acme", Tier.CLI)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_refused_as_impossible(text: str) -> None:
    found = from_endpoint(article_world(), text)
    assert found.refusal.reason is RefusalReason.IMPOSSIBLE_NUMBER
    assert (found.refusal.q850_cause, found.refusal.sip_status) == (28, 484)
    assert (found.called, found.targets) == (None, ())


@pytest.mark.parametrize("text", HALF_A_FEATURE_CODE)
def test_what_only_begins_like_a_feature_code_is_impossible(text: str) -> None:
    assert from_endpoint(article_world(), text).refusal.reason is RefusalReason.IMPOSSIBLE_NUMBER


@pytest.mark.parametrize(
    ("dialled", "reason"),
    [
        ("300", RefusalReason.UNKNOWN_EXTENSION),
        ("+300", RefusalReason.UNKNOWN_EXTENSION),
        ("0", RefusalReason.UNKNOWN_EXTENSION),
        ("+0", RefusalReason.UNKNOWN_EXTENSION),
        ("100", RefusalReason.UNKNOWN_EXTENSION),
        ("8112", RefusalReason.UNKNOWN_EXTENSION),
        ("00112", RefusalReason.UNKNOWN_EXTENSION),
        ("1234567", RefusalReason.IMPOSSIBLE_NUMBER),
        ("8" * 32, RefusalReason.IMPOSSIBLE_NUMBER),
        ("+999123456789", RefusalReason.IMPOSSIBLE_NUMBER),
    ],
)
def test_a_short_number_is_an_unknown_extension_and_a_long_one_impossible(
    dialled: str, reason: RefusalReason
) -> None:
    assert from_endpoint(article_world(), dialled).refusal.reason is reason


# Who calls


@pytest.mark.parametrize(
    ("changes", "device", "reason"),
    [
        ({}, "nobody", RefusalReason.UNKNOWN_ENDPOINT),
        ({}, "acme-201", RefusalReason.UNKNOWN_ENDPOINT),  # a device of the other server
        ({}, "101", RefusalReason.UNKNOWN_ENDPOINT),  # an extension is no device
        ({"enabled": False}, "acme-101", RefusalReason.ENDPOINT_DISABLED),
        ({"account_id": 99}, "acme-101", RefusalReason.UNKNOWN_ENDPOINT),
    ],
)
def test_the_device_must_be_known_here_and_on(
    changes: dict[str, object], device: str, reason: RefusalReason
) -> None:
    world = article_world()
    world.change("endpoints", 1, **changes)
    assert from_endpoint(world, "84957777777", device).refusal.reason is reason


def test_a_disabled_account_calls_nobody() -> None:
    world = article_world()
    world.change("accounts", ACME, enabled=False)
    found = from_endpoint(world, "84957777777")
    assert found.refusal.reason is RefusalReason.ACCOUNT_DISABLED


def test_a_forwarded_call_belongs_to_the_device_that_sent_it_on() -> None:
    found = classify(_with_visitor(), "84957777777", FromEndpoint("visitor-301", "acme-101"))
    assert found.account == "acme"


def test_a_forwarding_device_must_be_known_too() -> None:
    found = classify(article_world(), "84957777777", FromEndpoint("acme-101", "nobody"))
    assert found.refusal is not None
    assert found.refusal.reason is RefusalReason.UNKNOWN_ENDPOINT


@pytest.mark.parametrize(
    ("device", "account", "expected"),
    [
        ("74951815001", "74950000000", Number(NumberKind.E164, "74951815001")),
        (None, "74950000000", Number(NumberKind.E164, "74950000000")),
        (None, None, ANONYMOUS),
    ],
)
def test_the_caller_is_what_is_configured_and_never_what_the_phone_says(
    device: str | None, account: str | None, expected: Number
) -> None:
    world = article_world()
    world.change("endpoints", 1, caller_id=device)
    world.change("accounts", ACME, caller_id=account)
    found = from_endpoint(world, "84957777777", caller_number="79990000000")
    assert found.caller == expected


def test_a_carried_call_id_is_kept() -> None:
    """A transferred call keeps its id; a new one gets its own, the same each time it is asked."""
    world = article_world()
    assert from_endpoint(world, "201", call_id="first").call_id == "first"
    fresh = from_endpoint(world, "201").call_id
    assert fresh == from_endpoint(world, "201").call_id
    assert len(fresh) == 32


# Emergency numbers


@pytest.mark.parametrize("dialled", ["112", "+112", "01", "03", "103"])
def test_an_emergency_number_of_the_site_comes_first(dialled: str) -> None:
    found = from_endpoint(article_world(), dialled)
    digits = dialled.removeprefix("+")
    assert found.call_class is CallClass.EMERGENCY
    assert found.called == Number(NumberKind.EMERGENCY, digits)
    assert found.targets == (EmergencyTarget("m", digits, "RU"),)


def test_an_extension_does_not_hide_an_emergency_number() -> None:
    """Extensions 101 and 102 exist, and are fire brigade and police in Russia."""
    assert from_endpoint(article_world(), "101").call_class is CallClass.EMERGENCY


def test_neither_account_nor_device_nor_barring_blocks_an_emergency() -> None:
    world = article_world()
    world.change("accounts", ACME, enabled=False)
    world.change("endpoints", 1, enabled=False)
    world.extra["barred_destinations"] = (BarredDestination(1, None, "", True),)
    assert from_endpoint(world, "112").call_class is CallClass.EMERGENCY
    assert from_endpoint(world, "112", "nobody").call_class is CallClass.EMERGENCY
    world.change("servers", 1, enabled=False)
    assert from_endpoint(world, "112").call_class is CallClass.EMERGENCY


# Feature codes


@pytest.mark.parametrize("device", ["acme-101", "visitor-301"])
def test_a_feature_code_for_all_leads_to_its_place(device: str) -> None:
    found = from_endpoint(_with_visitor(), "*97", device)
    assert found.call_class is CallClass.FEATURE
    assert found.called == Number(NumberKind.FEATURE_CODE, "*97")
    assert found.targets == (
        LocationTarget("l1", "voicemail", LocationKind.VOICEMAIL, "voicemail", "s", 1),
    )


def test_an_accounts_own_feature_code_hides_the_general_one_from_that_account_only() -> None:
    world = _with_visitor()
    own = Location(2, ACME, "menu", LocationKind.FEATURE, "menu", "s", 1, "*97")
    world.extra["locations"] = (*world.extra["locations"], own)
    assert from_endpoint(world, "*97").targets[0].target_id == "l2"
    assert from_endpoint(world, "*97", "visitor-301").targets[0].target_id == "l1"


def test_a_feature_code_may_hold_a_hash() -> None:
    world = article_world()
    row = Location(2, ACME, "hide", LocationKind.FEATURE, "features", "hide", 1, "#31#")
    world.extra["locations"] = (row,)
    assert from_endpoint(world, "#31#").call_class is CallClass.FEATURE


def test_an_unknown_feature_code_is_refused() -> None:
    found = from_endpoint(article_world(), "*98")
    assert found.refusal.reason is RefusalReason.UNKNOWN_EXTENSION
    assert found.called == Number(NumberKind.FEATURE_CODE, "*98")


# Extensions


def test_an_extension_on_another_server_is_internal_too() -> None:
    found = from_endpoint(article_world(), "201")
    assert found.call_class is CallClass.INTERNAL
    assert found.called == Number(NumberKind.EXTENSION, "201")
    assert found.targets == (EndpointTarget("e3", "acme-201", "201", SISTER),)


def test_another_accounts_extension_does_not_exist() -> None:
    world = _with_visitor()
    assert from_endpoint(world, "301").refusal.reason is RefusalReason.UNKNOWN_EXTENSION
    assert (
        from_endpoint(world, "201", "visitor-301").refusal.reason is RefusalReason.UNKNOWN_EXTENSION
    )


def test_a_switched_off_extension_rings_nowhere() -> None:
    world = article_world()
    world.change("endpoints", 3, enabled=False)
    assert from_endpoint(world, "201").refusal.reason is RefusalReason.NO_DESTINATION


def test_an_extension_hides_an_outside_number_of_the_same_digits() -> None:
    world = article_world()
    world.change("endpoints", 3, extension="4957777777")
    assert from_endpoint(world, "4957777777").call_class is CallClass.INTERNAL
    assert from_endpoint(world, "84957777777").call_class is CallClass.OUTGOING


# Rented numbers


@pytest.mark.parametrize("dialled", ["74951815000", "84951815000", "+74951815000", "4951815000"])
def test_a_rented_number_stays_on_net(dialled: str) -> None:
    found = from_endpoint(article_world(), dialled)
    assert found.call_class is CallClass.ON_NET
    assert found.called == Number(NumberKind.E164, "74951815000")
    assert [target.target_id for target in found.targets] == ["r1"]


def test_a_rented_numbers_digits_need_no_dialling_rule() -> None:
    """Not even one that the metadata takes for impossible."""
    world = article_world()
    world.change("numbers", 279, number="9991234567")
    assert from_endpoint(world, "9991234567").call_class is CallClass.ON_NET


def test_a_rented_number_that_is_no_full_number_is_not_dialled_so() -> None:
    world = article_world()
    world.change("numbers", 279, number="1234")
    assert from_endpoint(world, "1234").refusal.reason is RefusalReason.UNKNOWN_EXTENSION


def test_a_rented_number_of_another_server_is_carried_there() -> None:
    found = from_endpoint(article_world(), "74957952302")
    assert found.call_class is CallClass.FORWARD
    assert found.targets[0].target_id == "s2"


def test_a_colleague_is_no_client() -> None:
    world = article_world()
    world.change("endpoints", 2, caller_id="79031112233")
    assert from_endpoint(world, "74951815000", "acme-102").call_class is CallClass.ON_NET


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"enabled": False}, RefusalReason.NUMBER_DISABLED),
        ({"direction": Direction.OUT}, RefusalReason.NUMBER_OUT_ONLY),
        ({"target_id": None}, RefusalReason.NO_DESTINATION),
    ],
)
def test_a_rented_number_that_takes_no_calls_is_not_tried_over_a_provider(
    changes: dict[str, object], reason: RefusalReason
) -> None:
    world = article_world()
    world.change("numbers", 279, **changes)
    found = from_endpoint(world, "74951815000")
    assert found.refusal.reason is reason
    assert found.account == "acme"


def test_a_rented_number_in_echo_test_plays_back() -> None:
    world = article_world()
    world.change("numbers", 279, echotest=True)
    assert from_endpoint(world, "74951815000").call_class is CallClass.ECHO_TEST


def test_barring_does_not_bar_our_own_numbers() -> None:
    world = article_world()
    world.extra["barred_destinations"] = (BarredDestination(1, None, "", True),)
    assert from_endpoint(world, "74951815000").call_class is CallClass.ON_NET


# Barred destinations


@pytest.mark.parametrize("dialled", ["88091234567", "78091234567", "+78091234567", "8091234567"])
def test_a_barred_destination_is_barred_however_it_is_dialled(dialled: str) -> None:
    world = article_world()
    world.extra["barred_destinations"] = (BarredDestination(1, None, "7809", True),)
    found = from_endpoint(world, dialled)
    assert found.refusal.reason is RefusalReason.DESTINATION_BARRED
    assert found.refusal.q850_cause == 21


def test_an_accounts_exception_opens_a_barred_destination_for_it_alone() -> None:
    world = _with_visitor()
    assert from_endpoint(world, "88095551122").call_class is CallClass.OUTGOING
    found = from_endpoint(world, "88095551122", "visitor-301")
    assert found.refusal.reason is RefusalReason.DESTINATION_BARRED


def test_the_account_dials_by_the_rules_of_its_own_country() -> None:
    world = article_world()
    world.accounts[ACME] = replace(world.accounts[ACME], country="DE")
    assert from_endpoint(world, "030123456").called == Number(NumberKind.E164, "4930123456")
