"""Who calls: the number that a leg would show, and how a leg shows it."""

import re
from typing import Final

from dialplane_service.domain.answers import PresentedCaller
from dialplane_service.domain.kinds import CallerIdFormat, NumberFormat
from dialplane_service.domain.numbers import (
    LONGEST_E164,
    NumberKind,
    delivered_e164,
    is_e164,
    written,
)
from dialplane_service.domain.queries import Presentation
from dialplane_service.domain.records import PoolNumber, Provider
from dialplane_service.domain.routes.context import RouteContext

LONGEST_NAME_BYTES: Final = 64
_DIGITS: Final = re.compile(rf"[0-9]{{1,{LONGEST_E164}}}", re.ASCII)
_AS_SENT: Final = re.compile(r"\+?[0-9]{1,24}", re.ASCII)
_UNSHOWABLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\"\\<>]")


def original_number(context: RouteContext) -> str:
    """The number of a caller from outside: E.164 digits; empty: it is none.

    Read by the format of the provider that rents out the number called, for that one delivered it.
    """
    text, data = context.query.caller.number, context.data
    called = data.number_by_digits.get(context.query.called.digits)
    provider = data.provider.get(called.provider_id) if called is not None else None
    if provider is not None:
        number_format, country = provider.number_format_in, provider.country
        return delivered_e164(text, number_format, country, context.server.country) or ""
    digits = text.removeprefix("+")
    return digits if is_e164(digits) else ""


def wanted_number(context: RouteContext) -> str:
    """The number the caller would present if the provider let it: E.164 digits or nothing.

    A user's device: its own, else its account's, else the account's first number. A call that came
    in and leaves again: the original caller's.
    """
    if leaves_again(context):
        return original_number(context)
    if context.endpoint is not None and context.endpoint.caller_id:
        return context.endpoint.caller_id
    if context.account is None:
        return ""
    if context.account.caller_id:
        return context.account.caller_id
    own = own_numbers(context)
    return own[0].number if own else ""


def own_numbers(context: RouteContext) -> tuple[PoolNumber, ...]:
    """The rented numbers of the paying account that are switched on, by id."""
    if context.account is None:
        return ()
    rows = context.data.account_numbers.get(context.account.id, ())
    return tuple(row for row in rows if row.enabled)


def leaves_again(context: RouteContext) -> bool:
    """Whether the call came in from outside: then the caller is not the account that pays for it."""
    return context.endpoint is None and bool(context.query.caller.number)


def diversion(context: RouteContext) -> str:
    """The rented number through which a call came in before it leaves again (RFC 5806); empty: none."""
    called = context.query.called.digits
    return called if called in context.data.number_by_digits else ""


def presented_to_provider(
    provider: Provider, number: str, presentation: Presentation, diverted_from: str
) -> PresentedCaller:
    """What a provider's leg shows: the number as the provider wants it written, never a name.

    Asserted identity is the same number, for providers that bill by it (RFC 3325).
    """
    text = _written(number, provider)
    return PresentedCaller(text, "", text, diverted_from, presentation)


def presented_on_net(context: RouteContext) -> PresentedCaller:
    """What our own devices and servers see: an extension between colleagues, else the number."""
    caller = context.query.caller
    if caller.presentation is not Presentation.ALLOWED:
        return PresentedCaller("", "", "", "", caller.presentation)
    if context.endpoint is None:
        digits = caller.number.removeprefix("+")
        number = original_number(context) or (digits if _DIGITS.fullmatch(digits) else "")
    elif context.query.called.kind is NumberKind.EXTENSION and context.endpoint.extension:
        number = context.endpoint.extension
    else:
        number = wanted_number(context)
    return PresentedCaller(number, showable_name(caller.name), "", "", caller.presentation)


def presented_as_sent(context: RouteContext) -> PresentedCaller:
    """What a provider sees of a carried call: what the sister server decided, to the letter."""
    caller = context.query.caller
    number = caller.number if _AS_SENT.fullmatch(caller.number) else ""
    diversion = caller.diversion if _AS_SENT.fullmatch(caller.diversion) else ""
    return PresentedCaller(number, "", number, diversion, caller.presentation)


def showable_name(name: str) -> str:
    """A caller's name without quotes, backslashes, angle brackets and control characters, ≤ 64 bytes."""
    cleaned = " ".join(_UNSHOWABLE.sub(" ", name).split())
    return cleaned.encode()[:LONGEST_NAME_BYTES].decode(errors="ignore").strip()


def _written(number: str, provider: Provider) -> str:
    if not number or provider.caller_id_format is CallerIdFormat.E164:
        return number
    if provider.caller_id_format is CallerIdFormat.PLUS_E164:
        return f"+{number}"
    return written(number, NumberFormat.NATIONAL, provider.country)
