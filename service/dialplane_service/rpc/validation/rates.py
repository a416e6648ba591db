"""The rules of ``RatesService``'s requests."""

import re
from typing import Final

from dialplane.admin.v1.rate_pb2 import DeckOwner, RateHours, RateRows, RateTerms
from dialplane.admin.v1.rates_service_pb2 import (
    ExportDeckRequest,
    ListDecksRequest,
    RemovedPrefixes,
    UploadHeader,
)
from dialplane.routing.v1 import tier_pb2
from dialplane_service.domain.rates.hours import Hours, HoursError
from dialplane_service.domain.rates.records import HoursRow
from dialplane_service.rpc.validation.violations import Violations

MOST_ROWS: Final = 10_000
_LONGEST_OWNER: Final = 50
_LONGEST_NAME: Final = 100
_LONGEST_SPEC: Final = 255
_LONGEST_SOURCE: Final = 255
_MOST_STEPS: Final = 16
_LONGEST_S: Final = 3600
_PREFIX: Final = re.compile(r"[1-9][0-9]{0,14}", re.ASCII)
_AMOUNT: Final = re.compile(r"[0-9]{1,7}(?:\.[0-9]{1,8})?", re.ASCII)
_CURRENCY: Final = re.compile(r"[A-Z]{3}", re.ASCII)

Place = tuple[str, tuple[str, str]]
"""Prefix and hours of a rate: what the next one must come after."""
FIRST_PLACE: Final[Place] = ("", ("", ""))


def validate_header(header: UploadHeader) -> None:
    """Check every field.

    Raises:
        InvalidRequestError: with each broken rule.

    """
    check = Violations()
    check_owner(check, "header.owner", header.owner)
    check.known("header.tier", header.tier, tier_pb2.Tier.DESCRIPTOR)
    check_currency(check, "header.currency_code", header.currency_code)
    for name in ("valid_from", "valid_to"):
        if header.HasField(name):
            check.instant(f"header.{name}", getattr(header, name))
    if header.HasField("valid_from") and header.HasField("valid_to"):
        begins, ends = header.valid_from, header.valid_to
        if (ends.seconds, ends.nanos) <= (begins.seconds, begins.nanos):
            check.add("header.valid_to", "must be after valid_from")
    check.characters("header.source", header.source, _LONGEST_SOURCE)
    check.raise_if_any()


def validate_rows(rows: RateRows, last: Place) -> Place:
    """Check every field, and that the rates rise from ``last``; returns the last one's place.

    Raises:
        InvalidRequestError: with the broken rules of the terms, or of the first bad rate.

    """
    check = Violations()
    if len(rows.rates) > MOST_ROWS or len(rows.terms) > MOST_ROWS:
        check.add("rows", f"must be at most {MOST_ROWS} rates and as many terms")
    for number, terms in enumerate(rows.terms):
        _check_terms(check, f"rows.terms[{number}]", terms)
    check.raise_if_any()
    hours = [(terms.hours.timezone, terms.hours.spec) for terms in rows.terms]
    count = len(hours)
    # A million of these: what is right is passed by quickly.
    for number, rate in enumerate(rows.rates):
        prefix, terms_at = rate.prefix, rate.terms
        if (
            terms_at < count
            and (place := (prefix, hours[terms_at])) > last
            and _PREFIX.fullmatch(prefix)
            and _AMOUNT.fullmatch(rate.price_per_minute)
            and len(rate.destination) <= _LONGEST_NAME
        ):
            last = place
            continue
        path = f"rows.rates[{number}]"
        if not _PREFIX.fullmatch(prefix):
            check.add(f"{path}.prefix", "must be 1 to 15 digits and not begin with 0")
        check_amount(check, f"{path}.price_per_minute", rate.price_per_minute)
        check.characters(f"{path}.destination", rate.destination, _LONGEST_NAME)
        if terms_at >= count:
            check.add(f"{path}.terms", f"must be 0 to {count - 1}: a place in rows.terms")
        elif (prefix, hours[terms_at]) <= last:
            check.add(f"{path}.prefix", "must come after the rate before it, by prefix and hours")
        check.raise_if_any()
    return last


def validate_removed(removed: RemovedPrefixes) -> None:
    """Check every field.

    Raises:
        InvalidRequestError: with each broken rule.

    """
    check = Violations()
    if len(removed.prefixes) > MOST_ROWS:
        check.add("removed.prefixes", f"must be at most {MOST_ROWS}")
    for number, prefix in enumerate(removed.prefixes):
        if not _PREFIX.fullmatch(prefix):
            check.add(f"removed.prefixes[{number}]", "must be 1 to 15 digits")
            break
    check.raise_if_any()


def validate_list_decks(request: ListDecksRequest) -> None:
    """Check every field.

    Raises:
        InvalidRequestError: with each broken rule.

    """
    check = Violations()
    if request.HasField("owner"):
        check_owner(check, "owner", request.owner)
    check.raise_if_any()


def validate_export_deck(request: ExportDeckRequest) -> None:
    """Check every field.

    Raises:
        InvalidRequestError: with each broken rule.

    """
    check = Violations()
    check.digits("prefix", request.prefix, 15, optional=True)
    check.raise_if_any()


def check_owner(check: Violations, field: str, owner: DeckOwner) -> None:
    """A provider's or a tariff's name."""
    kind = owner.WhichOneof("owner")
    if kind is None:
        check.add(field, "must name a provider or a tariff")
    else:
        check.characters(f"{field}.{kind}", getattr(owner, kind), _LONGEST_OWNER, shortest=1)


def check_currency(check: Violations, field: str, code: str) -> None:
    """An ISO 4217 code."""
    if not _CURRENCY.fullmatch(code):
        check.add(field, "must be three capital letters")


def check_amount(check: Violations, field: str, text: str) -> None:
    """A decimal amount of money per minute or per call."""
    if not _AMOUNT.fullmatch(text):
        check.add(field, 'must be 1 to 7 digits, and optionally "." and 1 to 8 digits')


def _check_terms(check: Violations, field: str, terms: RateTerms) -> None:
    if terms.connect_fee:
        check_amount(check, f"{field}.connect_fee", terms.connect_fee)
    check.between(f"{field}.first_increment_s", terms.first_increment_s, 1, _LONGEST_S)
    check.between(f"{field}.next_increment_s", terms.next_increment_s, 1, _LONGEST_S)
    check.between(f"{field}.minimum_s", terms.minimum_s, 0, _LONGEST_S)
    if terms.HasField("hours"):
        _check_hours(check, f"{field}.hours", terms.hours)
    if len(terms.steps) > _MOST_STEPS:
        check.add(f"{field}.steps", f"must be at most {_MOST_STEPS}")
    last = 0
    for number, step in enumerate(terms.steps):
        path = f"{field}.steps[{number}]"
        check_amount(check, f"{path}.price_per_minute", step.price_per_minute)
        check.between(f"{path}.increment_s", step.increment_s, 1, _LONGEST_S)
        if not last < step.from_s <= 65_535:
            check.add(f"{path}.from_s", "must be 1 to 65535 and after the step before it")
        last = step.from_s


def _check_hours(check: Violations, field: str, hours: RateHours) -> None:
    if len(hours.spec) > _LONGEST_SPEC or hours.spec != hours.spec.lower():
        check.add(f"{field}.spec", f"must be small letters, at most {_LONGEST_SPEC} characters")
        return
    try:
        Hours(HoursRow(0, "", hours.timezone, hours.spec))
    except HoursError as error:
        check.add(field, str(error).partition(": ")[2] or str(error))
