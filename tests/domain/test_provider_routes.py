"""Routes to a number outside: which there are, in which order, and why the others are dropped."""

from dataclasses import replace
from typing import Any

import pytest

from dialplane_service.domain.kinds import Direction, NumberFormat, ReachedBy, Tier
from dialplane_service.domain.numbers import Number, NumberKind
from dialplane_service.domain.records import BarredDestination
from dialplane_service.domain.routes.provider_terms import (
    number_for_provider,
    provider_refusal,
    tier_prefix,
)
from dialplane_service.domain.trace import DropReason
from tests.domain.asking import answer, candidates, dial, dial_strings, drop_reasons, query
from tests.domain.world import World, article_world, gate, number, provider

THE_FIVE = {
    "SIP/sip.zadarma.com/74957777777",
    "SIP/westcall/74957777777",
    "SIP/sbc.voxbeam.com/001110174957777777",
    "SIP/sip.voicebuy.com/999274957777777",
    "SIP/sip.n1.ipport.net/+74957777777",
}


def test_the_articles_five_dial_strings() -> None:
    """For 74957777777 with tier CLI, on server 1, by an account that owns no number."""
    asked = query("n", tier=Tier.CLI, account="visitor")
    strings = dial_strings(article_world(), asked)
    assert set(strings) == THE_FIVE
    assert len(strings) == 5


def test_the_articles_sixth_provider_only_rents_out_numbers() -> None:
    found = candidates(article_world(), query("n", tier=Tier.CLI))["providers_ips#42"]
    assert found.provider == "Multitel"
    assert found.drop_reason is DropReason.CARRIES_NO_OUTGOING
    assert found.rank == 0
    assert found.detail == "the provider only rents out numbers"


@pytest.mark.parametrize(
    ("tier", "voxbeam", "voicebuy"),
    [
        (Tier.NON_CLI, "0011103", "9991"),
        (Tier.CLI, "0011101", "9992"),
        (Tier.PREMIUM_CLI, "0011102", "9993"),
    ],
)
def test_a_tier_is_bought_by_its_prefix_and_one_tier_serves_every_request(
    tier: Tier, voxbeam: str, voicebuy: str
) -> None:
    assert set(dial_strings(article_world(), query("n", tier=tier))) == {
        "SIP/sip.zadarma.com/74957777777",
        "SIP/westcall/74957777777",
        "SIP/sip.n1.ipport.net/+74957777777",
        f"SIP/sbc.voxbeam.com/{voxbeam}74957777777",
        f"SIP/sip.voicebuy.com/{voicebuy}74957777777",
    }


def test_without_a_wanted_tier_the_accounts_own_counts_else_cli() -> None:
    world = article_world()
    world.change("accounts", 2, default_tier=Tier.PREMIUM_CLI)
    premium = dial_strings(world, query("n", account="visitor"))
    assert "SIP/sbc.voxbeam.com/001110274957777777" in premium
    assert set(dial_strings(world, query("n"))) == THE_FIVE


def test_a_tier_that_a_provider_does_not_sell_drops_it() -> None:
    world = article_world()
    world.change("providers", 8, premcli_prefix=None)
    asked = query("n", tier=Tier.PREMIUM_CLI)
    assert drop_reasons(world, asked)["providers_ips#1"] is DropReason.TIER_NOT_OFFERED


@pytest.mark.parametrize(
    ("prefixes", "tier", "expected"),
    [
        ((None, None, None), Tier.NON_CLI, ""),
        (("", "", ""), Tier.CLI, ""),
        (("1", None, None), Tier.NON_CLI, "1"),
        (("1", None, None), Tier.CLI, None),
        ((None, "2", None), Tier.CLI, "2"),
        ((None, None, "3"), Tier.PREMIUM_CLI, "3"),
        ((None, None, "3"), Tier.CLI, None),
    ],
)
def test_a_provider_without_any_prefix_has_one_tier(
    prefixes: tuple[str | None, ...], tier: Tier, expected: str | None
) -> None:
    noncli, cli, premcli = prefixes
    row = provider(1, "p", 1, noncli_prefix=noncli, cli_prefix=cli, premcli_prefix=premcli)
    assert tier_prefix(row, tier) == expected


@pytest.mark.parametrize(
    ("changes", "prefix", "expected"),
    [
        ({"append_plus": True}, "", "+74957777777"),
        ({"append_plus": True}, "0011101", "001110174957777777"),
        ({"append_plus": False}, "", "74957777777"),
        ({"append_plus": True, "number_format_out": NumberFormat.NATIONAL}, "", "84957777777"),
        ({"number_format_out": NumberFormat.INTERNATIONAL}, "", "81074957777777"),
        ({"number_format_out": NumberFormat.NATIONAL}, "99", "9984957777777"),
        ({"number_format_out": NumberFormat.NATIONAL, "country": "GB"}, "", "0074957777777"),
        ({"strip_prefix": "7"}, "", "4957777777"),
        ({"strip_prefix": "7", "append_plus": True}, "", "4957777777"),
        ({"strip_prefix": "8", "append_plus": True}, "", "+74957777777"),
        ({"strip_prefix": "74957777777", "append_plus": True}, "", "+74957777777"),
        ({"add_prefix": "*9#"}, "", "*9#74957777777"),
        ({"add_prefix": "9", "append_plus": True}, "", "974957777777"),
        ({"strip_prefix": "7", "add_prefix": "8"}, "0011101", "001110184957777777"),
        (
            {"number_format_out": NumberFormat.INTERNATIONAL, "strip_prefix": "8107"},
            *("", "4957777777"),
        ),
    ],
)
def test_a_plus_stands_before_a_full_number_only(
    changes: dict[str, Any], prefix: str, expected: str
) -> None:
    assert number_for_provider(provider(1, "p", 1, **changes), prefix, "74957777777") == expected


def test_they_are_tried_by_priority_then_by_id() -> None:
    world = article_world()
    world.change("providers", 16, priority=20)
    ranked = [item for item in answer(world, query("n")).candidates if item.rank]
    assert [item.provider for item in ranked] == [
        *("Westcall", "Zadarma", "IPport", "Voxbeam", "Voicebuy")
    ]
    assert [item.rank for item in ranked] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("table", "row_id", "changes", "row", "reason"),
    [
        ("providers", 3, {"enabled": False}, "providers_ips#7", DropReason.PROVIDER_DISABLED),
        (
            *("providers", 3, {"carries_outgoing": False}),
            *("providers_ips#7", DropReason.CARRIES_NO_OUTGOING),
        ),
        ("addresses", 7, {"direction": Direction.IN}, "providers#3", DropReason.NO_ADDRESS),
        ("addresses", 7, {"domainname": None}, "providers_ips#7", DropReason.NO_ADDRESS),
        (
            *("addresses", 7, {"domainname": "a&b"}),
            *("providers_ips#7", DropReason.DIAL_STRING_INVALID),
        ),
        ("providers", 3, {"reached_by": ReachedBy.GATE}, "providers#3", DropReason.NO_GATE),
    ],
)
def test_a_provider_that_cannot_be_reached_is_dropped_with_its_reason(
    table: str, row_id: int, changes: dict[str, Any], row: str, reason: DropReason
) -> None:
    world = article_world()
    world.change(table, row_id, **changes)
    assert drop_reasons(world, query("n")) == {
        row: reason,
        "providers_ips#42": DropReason.CARRIES_NO_OUTGOING,
    }
    assert len(dial_strings(world, query("n"))) == 4


def test_a_switched_off_provider_without_an_address_is_switched_off_first() -> None:
    world = World()
    world.servers = article_world().servers
    world.providers[1] = provider(1, "off", 1, enabled=False)
    assert drop_reasons(world, query("n")) == {"providers#1": DropReason.PROVIDER_DISABLED}


@pytest.mark.parametrize(
    ("row", "tier", "prefix", "reason"),
    [
        ({"enabled": False, "carries_outgoing": False}, None, None, DropReason.PROVIDER_DISABLED),
        ({"carries_outgoing": False}, None, None, DropReason.CARRIES_NO_OUTGOING),
        ({}, Tier.CLI, None, DropReason.TIER_NOT_OFFERED),
    ],
)
def test_the_graver_reason_is_named(
    row: dict[str, Any], tier: Tier | None, prefix: str | None, reason: DropReason
) -> None:
    refusal = provider_refusal(provider(1, "p", 1, **row), tier, prefix)
    assert refusal is not None
    assert refusal[0] is reason


def test_nothing_speaks_against_a_provider_that_sells_the_tier() -> None:
    assert provider_refusal(provider(1, "p", 1), None, "") is None


# What is never bought


@pytest.mark.parametrize(
    "called",
    [
        Number(NumberKind.EMERGENCY, "112"),
        Number(NumberKind.E164, "112"),
        Number(NumberKind.EXTENSION, "101"),
        Number(NumberKind.FEATURE_CODE, "*97"),
        Number(NumberKind.NATIONAL_SHORT, "100"),
        Number(NumberKind.ANONYMOUS, ""),
    ],
)
def test_only_a_full_number_goes_to_a_provider(called: Number) -> None:
    """An emergency number least of all."""
    assert drop_reasons(article_world(), query("n", called=called)) == {
        "": DropReason.TARGET_UNKNOWN
    }


def test_a_configured_target_that_is_no_full_number_does_not_either() -> None:
    world = article_world()
    world.change("targets", 4, number="112")
    assert dial_strings(world, query("t4")) == []


@pytest.mark.parametrize(("account", "barred"), [("acme", False), ("visitor", True), ("", True)])
def test_a_barred_number_is_dropped_even_if_nobody_classified_it(
    account: str, barred: bool
) -> None:
    asked = query("n", called="78095551122", account=account)
    reasons = set(drop_reasons(article_world(), asked).values())
    assert (reasons == {DropReason.PREFIX_BLOCKED}) is barred


def test_a_barred_number_is_not_reached_as_a_configured_target() -> None:
    world = article_world()
    world.change("targets", 4, number="78090001122")
    asked = query("t4", called="74951815000", account="acme")
    assert dial_strings(world, asked) == []
    assert {item.detail for item in answer(world, asked).candidates} == {
        "calls to 7809… are barred"
    }


def test_barring_without_an_account_is_barring_for_all() -> None:
    world = article_world()
    world.extra["barred_destinations"] = (BarredDestination(1, 1, "7495", True),)
    assert set(dial_strings(world, query("n"))) == THE_FIVE


def test_a_configured_target_is_rebuilt_from_its_own_number_with_its_own_route_ids() -> None:
    asked = query("t4", called="74951815000", account="acme")
    found = {
        item.route_id: item.dial_string
        for item in answer(article_world(), asked).candidates
        if item.rank
    }
    assert found == {
        "t4.g8.A": "SIP/westcall/79161234567",
        "t4.a7.A": "SIP/sip.zadarma.com/79161234567",
        "t4.g2.A": "SIP/sip_peer_msm_2301/+79161234567",
        "t4.a1.C": "SIP/sbc.voxbeam.com/001110179161234567",
        "t4.a35.C": "SIP/sip.voicebuy.com/999279161234567",
    }


def test_a_providers_own_forwarding_is_ignored_and_its_ring_time_kept() -> None:
    world = article_world()
    world.change("providers", 7, ring_timeout_s=25)
    found = dial(world, query("n"))
    assert found.dial_options == "i"
    assert found.ring_timeout_s == 25
    assert found.tier is Tier.CLI


def test_a_number_of_many_gates_keeps_every_way_to_it() -> None:
    """Two servers with a peer of the same name are two ways."""
    world = article_world()
    world.numbers[900] = number(900, "74950000900", 7, 2)
    world.gates[20] = replace(gate(20, 900, 2, "westcall", "74950000900"))
    strings = dial_strings(world, query("n"))
    assert strings[:2] == ["SIP/westcall/74957777777", "IAX2/msm@msm/74957777777"]
