"""Which number a leg presents."""

from dataclasses import replace
from typing import Any

import pytest

from dialplane_service.domain.caller_id.over_provider import caller_id_over
from dialplane_service.domain.caller_id.question import CallerIdOutcome, Presentable
from dialplane_service.domain.kinds import CallerIdFormat, Direction, NumberFormat
from dialplane_service.domain.numbers import Number, NumberKind
from dialplane_service.domain.queries import CallerAsReceived, DialQuery, Presentation
from dialplane_service.domain.records import PoolNumber, Provider
from dialplane_service.domain.routes.caller_id import (
    diversion,
    leaves_again,
    original_number,
    own_numbers,
    presented_as_sent,
    presented_on_net,
    presented_to_provider,
    showable_name,
    wanted_number,
)
from tests.caller_id.asking import question
from tests.domain.asking import HERE, anonymous, caller, context, dial, query
from tests.domain.hostile import HOSTILE
from tests.domain.world import ACME, World, article_world, number, provider

DID = "74951815000"
CALLER = "79031112233"


def _came_in(text: str, called: str = DID, **changes: Any) -> DialQuery:
    """A call from outside, to a rented number of acme."""
    return query("t4", called=called, caller=caller(text), account="acme", **changes)


def _own(provider_id: int, **changes: Any) -> World:
    world = article_world()
    world.numbers = {279: number(279, DID, provider_id, 1, **changes)}
    return world


# The number that is wanted


@pytest.mark.parametrize(
    ("device", "account", "expected"),
    [
        ("74950000001", "74950000002", "74950000001"),
        (None, "74950000002", "74950000002"),
        (None, None, "37167859001"),
    ],
)
def test_a_device_presents_its_own_number_else_its_accounts_else_the_first_rented(
    device: str | None, account: str | None, expected: str
) -> None:
    world = article_world()
    world.change("endpoints", 1, caller_id=device)
    world.change("accounts", ACME, caller_id=account)
    asked = query("n", caller=caller("79990000000"), account="acme", endpoint="acme-101")
    assert wanted_number(context(world, asked)) == expected


def test_an_account_without_a_number_wants_none() -> None:
    assert wanted_number(context(article_world(), query("n", account="visitor"))) == ""
    assert wanted_number(context(article_world(), query("n"))) == ""


def test_a_rented_number_that_is_switched_off_is_not_presented() -> None:
    world = article_world()
    world.change("numbers", 125, enabled=False)
    found = own_numbers(context(world, query("n", account="acme")))
    assert [row.id for row in found] == [279, 515, 516]
    assert own_numbers(context(world, query("n"))) == ()


@pytest.mark.parametrize(
    ("number_format", "text", "expected"),
    [
        (NumberFormat.E164, "79031112233", CALLER),
        (NumberFormat.E164, "+79031112233", CALLER),
        (NumberFormat.NATIONAL, "89031112233", CALLER),
        (NumberFormat.NATIONAL, "9031112233", CALLER),
        (NumberFormat.INTERNATIONAL, "81079031112233", CALLER),
        (NumberFormat.NATIONAL, "810442038070121", "442038070121"),
        (NumberFormat.E164, "anonymous", ""),
        (NumberFormat.E164, "", ""),
        (NumberFormat.NATIONAL, "101", ""),
    ],
)
def test_a_caller_from_outside_is_read_as_the_numbers_provider_delivers_it(
    number_format: NumberFormat, text: str, expected: str
) -> None:
    """Else 8903…, sent on as if it were E.164, would name a subscriber in East Asia."""
    world = article_world()
    world.change("providers", 7, number_format_in=number_format)
    assert original_number(context(world, _came_in(text))) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("79031112233", CALLER), ("+79031112233", CALLER), ("89", ""), ("", ""), ("x", "")],
)
def test_without_a_rented_number_the_caller_must_be_e164(text: str, expected: str) -> None:
    asked = query("n", caller=caller(text))
    assert original_number(context(article_world(), asked)) == expected


def test_a_call_that_leaves_again_wants_the_original_callers_number() -> None:
    assert wanted_number(context(article_world(), _came_in(CALLER))) == CALLER


def test_a_call_that_leaves_again_without_a_readable_number_wants_none() -> None:
    """Not the forwarding account's: it did not call."""
    assert wanted_number(context(article_world(), _came_in("anonymous"))) == ""


# What the provider allows


def _chosen(row: Provider, wanted: str, own: tuple[PoolNumber, ...]) -> CallerIdOutcome:
    """For a call to Germany, which no rule is about."""
    return caller_id_over(question("493023125000", wanted, *own), row)


def _digits(row: Provider, wanted: str, own: tuple[PoolNumber, ...]) -> str:
    found = _chosen(row, wanted, own)
    assert isinstance(found, Presentable)
    return found.digits


def test_a_provider_that_allows_no_number_presents_the_accounts_own_of_that_provider() -> None:
    row = provider(16, "IPport", 1)
    own = own_numbers(context(article_world(), query("n", account="acme")))
    found = _chosen(row, CALLER, own)
    assert isinstance(found, Presentable)
    assert found.digits == "74957952301"
    assert found.pool_number is not None
    assert found.pool_number.id == 515
    assert _digits(row, "74957952302", own) == "74957952302"


def test_a_provider_that_allows_no_number_presents_no_number_that_only_comes_in() -> None:
    own = own_numbers(context(_own(16, direction=Direction.IN), query("n", account="acme")))
    assert _chosen(provider(16, "p", 1), DID, own) == Presentable("")
    trunk = provider(16, "p", 1, cli_allowed=True)
    assert _digits(trunk, DID, own) == DID


def test_a_pool_presents_the_wanted_number_of_the_pool_else_one_of_it_else_the_default() -> None:
    """cli_allowed Y, dynamic_calls N: Westcall."""
    row = provider(7, "p", 1, cli_allowed=True, dynamic_calls_caller_id="74951815283")
    data = context(article_world(), query("n", account="acme"))
    assert _digits(row, CALLER, own_numbers(data)) == DID
    assert _digits(row, DID, own_numbers(data)) == DID
    assert _chosen(row, CALLER, ()) == Presentable("74951815283")
    assert _chosen(provider(7, "p", 1, cli_allowed=True), CALLER, ()) == Presentable("")


def test_another_accounts_number_is_never_presented_in_a_pool() -> None:
    row = provider(7, "p", 1, cli_allowed=True, dynamic_calls_caller_id="74951815283")
    own = own_numbers(context(article_world(), query("n", account="visitor")))
    assert _digits(row, "74951815001", own) == "74951815283"


def test_a_provider_that_allows_any_number_presents_the_wanted_one() -> None:
    row = provider(8, "p", 1, cli_allowed=True, dynamic_calls=True, dynamic_calls_caller_id="12")
    assert _chosen(row, CALLER, ()) == Presentable(CALLER)
    assert _chosen(row, "", ()) == Presentable("12")
    bare = provider(8, "p", 1, cli_allowed=True, dynamic_calls=True)
    assert _chosen(bare, "", ()) == Presentable("")


def test_dynamic_calls_without_cli_allowed_is_not_allowed() -> None:
    row = provider(16, "p", 1, dynamic_calls=True)
    assert _chosen(row, CALLER, ()) == Presentable("")


# What the leg shows


@pytest.mark.parametrize(
    ("caller_id_format", "country", "expected"),
    [
        (CallerIdFormat.E164, "RU", CALLER),
        (CallerIdFormat.PLUS_E164, "RU", f"+{CALLER}"),
        (CallerIdFormat.NATIONAL, "RU", "89031112233"),
        (CallerIdFormat.NATIONAL, "GB", f"00{CALLER}"),
    ],
)
def test_a_provider_sees_the_number_as_it_wants_it_written(
    caller_id_format: CallerIdFormat, country: str, expected: str
) -> None:
    row = provider(1, "p", 1, caller_id_format=caller_id_format, country=country)
    shown = presented_to_provider(row, CALLER, Presentation.ALLOWED, "")
    assert (shown.number, shown.asserted_identity, shown.name) == (expected, expected, "")


def test_no_number_is_written_as_none() -> None:
    row = provider(1, "p", 1, caller_id_format=CallerIdFormat.PLUS_E164)
    shown = presented_to_provider(row, "", Presentation.ALLOWED, "")
    assert (shown.number, shown.asserted_identity) == ("", "")


def test_the_rented_number_through_which_a_call_came_in_is_its_diversion() -> None:
    came_in = context(article_world(), _came_in(CALLER))
    assert (diversion(came_in), leaves_again(came_in)) == (DID, True)
    user = context(article_world(), query("n", account="acme", endpoint="acme-101"))
    assert (diversion(user), leaves_again(user)) == ("", False)
    shown = presented_to_provider(provider(1, "p", 1), CALLER, Presentation.ALLOWED, DID)
    assert shown.diversion == DID


def test_a_hidden_number_is_sent_with_the_wish_to_hide_it() -> None:
    """The provider must know who pays; RFC 3323 keeps the number from the called party."""
    world = article_world()
    world.change("accounts", ACME, caller_id=DID)
    asked = query("n", called="493023125000", caller=anonymous(), account="acme")
    found = dial(world, replace(asked, endpoint="acme-101"))
    assert (found.caller.number, found.caller.presentation) == (DID, Presentation.RESTRICTED)


def test_colleagues_see_an_extension() -> None:
    called = Number(NumberKind.EXTENSION, "102")
    asked = query(
        "e2", called=called, caller=caller("x", name="Anna"), account="acme", endpoint="acme-101"
    )
    shown = presented_on_net(context(article_world(), asked))
    assert (shown.number, shown.name) == ("101", "Anna")


def test_a_rented_number_sees_a_number_for_it_may_be_another_tenants() -> None:
    """Extension 101 of one tenant is somebody else's at another."""
    asked = query("r1", called=DID, account="acme", endpoint="acme-101")
    assert presented_on_net(context(article_world(), asked)).number == "37167859001"


def test_a_device_without_an_extension_shows_its_number() -> None:
    world = article_world()
    world.change("endpoints", 1, extension=None, caller_id="74950000001")
    called = Number(NumberKind.EXTENSION, "102")
    asked = query("e2", called=called, account="acme", endpoint="acme-101")
    assert presented_on_net(context(world, asked)).number == "74950000001"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("79031112233", CALLER),
        ("+79031112233", CALLER),
        ("89031112233", CALLER),
        ("101", "101"),
        ("anonymous", ""),
        ("٣٤٩٥", ""),
        ("1" * 16, ""),
        ("", ""),
    ],
)
def test_our_phones_see_a_caller_from_outside_in_e164_where_it_can_be_read(
    text: str, expected: str
) -> None:
    world = article_world()
    world.change("providers", 7, number_format_in=NumberFormat.NATIONAL)
    assert presented_on_net(context(world, _came_in(text))).number == expected


@pytest.mark.parametrize("presentation", [Presentation.RESTRICTED, Presentation.UNAVAILABLE])
def test_our_phones_do_not_see_who_hides(presentation: Presentation) -> None:
    asked = query("e1", caller=CallerAsReceived(CALLER, "Anna", presentation))
    shown = presented_on_net(context(article_world(), asked))
    assert (shown.number, shown.name, shown.asserted_identity) == ("", "", "")
    assert shown.presentation is presentation


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("74951815000", "74951815000"),
        ("+74951815000", "+74951815000"),
        ("81079031112233445", "81079031112233445"),
        ("", ""),
        ("Anna", ""),
        ("1" * 24, "1" * 24),
        ("1" * 25, ""),
        ("7495\n", ""),
    ],
)
def test_a_carried_calls_number_stays_as_the_first_server_wrote_it(
    sent: str, expected: str
) -> None:
    received = CallerAsReceived(sent, "Anna", Presentation.RESTRICTED, "", sent)
    shown = presented_as_sent(context(article_world(), query("c.g2.A", caller=received)))
    assert (shown.number, shown.asserted_identity, shown.diversion) == (expected,) * 3
    assert (shown.name, shown.presentation) == ("", Presentation.RESTRICTED)


# Names


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Anna", "Anna"),
        ("  Anna \t Maria ", "Anna Maria"),
        ('An"na', "An na"),
        ("An\\na", "An na"),
        ("Anna <sip:x>", "Anna sip:x"),
        ("Anna\r\nExec: 1", "Anna Exec: 1"),
        ("An\x00na\x7f\x9f", "An na"),
        ("Анна", "Анна"),
        ("", ""),
        ("я" * 40, "я" * 32),
        ("a" + "я" * 40, "a" + "я" * 31),
    ],
)
def test_a_name_loses_what_could_end_its_header_and_has_at_most_64_bytes(
    name: str, expected: str
) -> None:
    assert showable_name(name) == expected


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_caller_shows_digits_or_nothing(text: str) -> None:
    received = CallerAsReceived(text, text, diversion=text, asserted_identity=text)
    asked = query("n", called=DID, caller=received, server=HERE)
    seen = context(article_world(), asked)
    for shown in (
        presented_on_net(seen),
        presented_as_sent(seen),
        presented_to_provider(
            provider(1, "p", 1), wanted_number(seen), Presentation.ALLOWED, diversion(seen)
        ),
    ):
        for part in (shown.number, shown.asserted_identity, shown.diversion):
            assert part.removeprefix("+").isdecimal() or part == ""
            assert part.isascii()
        assert not set(shown.name) & set('"\\<>\r\n\x00')
