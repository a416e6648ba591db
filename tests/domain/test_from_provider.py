"""A call from a provider: by whose address and format, to which number."""

from dataclasses import replace

import pytest

from dialplane_service.domain.addresses import address as ip
from dialplane_service.domain.answers import CallClass, RefusalReason
from dialplane_service.domain.kinds import NumberFormat
from dialplane_service.domain.numbers import ANONYMOUS, Number, NumberKind
from dialplane_service.domain.queries import FromProvider
from dialplane_service.domain.records import TrustedProxy
from tests.domain.asking import IPPORT_ADDRESS, WESTCALL_ADDRESS, classify, from_provider
from tests.domain.hostile import HALF_A_FEATURE_CODE, HOSTILE
from tests.domain.world import address, article_world

DID = "74951815000"


def test_a_number_answers_to_its_own_provider() -> None:
    found = from_provider(article_world(), DID)
    assert found.call_class is CallClass.INCOMING
    assert found.called == Number(NumberKind.E164, DID)
    assert found.account == "acme"
    assert [target.target_id for target in found.targets] == ["r1"]
    assert [step.rule for step in found.steps] == [
        *("number", "peer_address", "account", "destination", "outcome")
    ]


@pytest.mark.parametrize(
    ("peer", "why"),
    [
        (IPPORT_ADDRESS, "another provider's IN address"),
        ("89.208.190.2", "an OUT address"),
        ("89.208.16.1", "a sister server"),
        ("203.0.113.9", "nobody's"),
        ("2001:db8::1", "nobody's, of another family"),
        ("195.94.225.3", "the neighbour of the right one"),
    ],
)
def test_a_number_answers_to_no_other_address(peer: str, why: str) -> None:
    found = from_provider(article_world(), DID, peer)
    assert found.refusal is not None, why
    assert found.refusal.reason is RefusalReason.PEER_ADDRESS_UNKNOWN
    assert found.refusal.q850_cause == 21
    assert found.targets == ()


def test_a_provider_without_an_in_address_reaches_none_of_its_numbers() -> None:
    """Voicebuy: that is for doctor to say, not to paper over."""
    found = from_provider(article_world(), "442038070121", "178.77.95.57")
    assert found.refusal.reason is RefusalReason.PEER_ADDRESS_UNKNOWN


def test_a_trunk_may_be_a_network() -> None:
    world = article_world()
    world.change("addresses", 44, ipaddress="195.94.225.0", prefix_length=24)
    assert from_provider(world, DID, "195.94.225.77").call_class is CallClass.INCOMING
    assert from_provider(world, DID, "195.94.226.77").refusal is not None


@pytest.mark.parametrize(
    ("number_format", "dialled"),
    [
        (NumberFormat.E164, "+74951815000"),
        (NumberFormat.E164, "74951815000"),
        (NumberFormat.NATIONAL, "84951815000"),
        (NumberFormat.NATIONAL, "4951815000"),
        (NumberFormat.NATIONAL, "74951815000"),
        (NumberFormat.INTERNATIONAL, "81074951815000"),
    ],
)
def test_the_number_is_read_by_the_providers_format(
    number_format: NumberFormat, dialled: str
) -> None:
    world = article_world()
    world.change("providers", 7, number_format_in=number_format)
    found = from_provider(world, dialled)
    assert found.called == Number(NumberKind.E164, DID)
    assert found.call_class is CallClass.INCOMING


def test_the_caller_is_read_by_the_providers_format_too() -> None:
    """A client whose number arrives in national form is known all the same."""
    world = article_world()
    world.change("providers", 7, number_format_in=NumberFormat.NATIONAL)
    found = from_provider(world, "84951815000", caller_number="89031112233")
    assert found.caller == Number(NumberKind.E164, "79031112233")
    assert found.call_class is CallClass.INCOMING_CLIENT


@pytest.mark.parametrize("text", ["", "anonymous", "Anonymous@anonymous.invalid", "٣", "101", "+"])
def test_a_caller_without_a_number_is_anonymous_and_gets_through(text: str) -> None:
    found = from_provider(article_world(), DID, caller_number=text)
    assert found.caller == ANONYMOUS
    assert found.call_class is CallClass.INCOMING


@pytest.mark.parametrize("text", [*HOSTILE, *HALF_A_FEATURE_CODE, "*97", "112", "0"])
def test_what_is_no_full_number_is_refused_as_impossible(text: str) -> None:
    """A provider's call reaches no feature code, extension or emergency service either."""
    found = from_provider(article_world(), text)
    assert found.refusal is not None
    assert found.refusal.reason is RefusalReason.IMPOSSIBLE_NUMBER
    assert (found.refusal.q850_cause, found.refusal.sip_status) == (28, 484)
    assert found.called is None


def test_a_stranger_learns_nothing_more_than_a_provider() -> None:
    """An unknown peer's number is read as E.164 and refused by its address, or as unknown."""
    world = article_world()
    assert (
        from_provider(world, DID, "203.0.113.9").refusal.reason
        is RefusalReason.PEER_ADDRESS_UNKNOWN
    )
    assert (
        from_provider(world, "74957777777", "203.0.113.9").refusal.reason
        is RefusalReason.UNKNOWN_NUMBER
    )


def test_of_providers_that_share_an_address_the_numbers_own_decides_the_format() -> None:
    """Provider 3 (E.164) and provider 7 (national) send from one proxy."""
    world = article_world()
    world.addresses[90] = address(90, 3, WESTCALL_ADDRESS, "shared", "IN")
    world.change("providers", 7, number_format_in=NumberFormat.NATIONAL)
    found = from_provider(world, "84951815000", caller_number="89031112233")
    assert found.called == Number(NumberKind.E164, DID)
    assert found.call_class is CallClass.INCOMING_CLIENT


def test_a_number_of_neither_is_read_by_the_first_of_them() -> None:
    world = article_world()
    world.addresses[90] = address(90, 3, WESTCALL_ADDRESS, "shared", "IN")
    world.change("providers", 3, number_format_in=NumberFormat.NATIONAL)
    found = from_provider(world, "84957777777")
    assert found.called == Number(NumberKind.E164, "74957777777")
    assert found.refusal.reason is RefusalReason.UNKNOWN_NUMBER


def _behind_proxy(peer: str, forwarded: str | None) -> FromProvider:
    return FromProvider(ip(peer), ip(forwarded) if forwarded else None)


@pytest.mark.parametrize(
    ("peer", "forwarded", "accepted"),
    [
        ("10.9.0.5", WESTCALL_ADDRESS, True),
        ("10.9.0.5", IPPORT_ADDRESS, False),
        ("10.9.0.5", None, False),
        # no trusted proxy: the header is the sender's own invention
        ("10.8.0.5", WESTCALL_ADDRESS, False),
        (WESTCALL_ADDRESS, IPPORT_ADDRESS, True),
    ],
)
def test_a_header_is_believed_from_a_trusted_proxy_only(
    peer: str, forwarded: str | None, accepted: bool
) -> None:
    world = article_world()
    world.extra["trusted_proxies"] = (TrustedProxy(1, 1, "10.9.0.0", 16),)
    found = classify(world, DID, _behind_proxy(peer, forwarded))
    assert (found.refusal is None) is accepted


def test_a_proxy_is_trusted_by_its_own_server_only() -> None:
    world = article_world()
    world.extra["trusted_proxies"] = (TrustedProxy(1, 2, "10.9.0.0", 16),)
    found = classify(world, DID, _behind_proxy("10.9.0.5", WESTCALL_ADDRESS))
    assert found.refusal is not None
    assert found.refusal.reason is RefusalReason.PEER_ADDRESS_UNKNOWN


def test_a_call_id_that_a_provider_sends_is_not_believed() -> None:
    world = article_world()
    sent = from_provider(world, DID, call_id="mine")
    assert sent.call_id == from_provider(world, DID).call_id != "mine"


def test_a_provider_that_no_longer_exists_is_nobody() -> None:
    world = article_world()
    world.addresses[90] = replace(world.addresses[44], id=90, provider_id=99)
    del world.addresses[44]
    found = from_provider(world, DID)
    assert found.refusal.reason is RefusalReason.PEER_ADDRESS_UNKNOWN
