"""Rates and rate decks."""

from collections.abc import Sequence
from decimal import Decimal

from dialplane.admin.v1 import rate_pb2
from dialplane.admin.v1.rates_service_pb2 import UploadDeckResponse, UploadHeader
from dialplane_service.domain.rate_decks import (
    DeckChanges,
    DeckHeader,
    DeckOwner,
    DeckSummary,
    RateChunk,
    RateText,
    Uploaded,
)
from dialplane_service.domain.rate_sheets.amounts import shown
from dialplane_service.domain.rate_sheets.records import HoursText, StepText, Terms
from dialplane_service.rpc.conversion.instants import (
    to_instant,
    to_optional_timestamp,
    to_timestamp,
)
from dialplane_service.rpc.conversion.words import DECK_STATE, TIER


def to_owner(owner: rate_pb2.DeckOwner) -> DeckOwner:
    """Convert a valid owner."""
    return DeckOwner(provider=owner.provider, tariff=owner.tariff)


def to_header(header: UploadHeader) -> DeckHeader:
    """Convert a valid header."""
    return DeckHeader(
        owner=to_owner(header.owner),
        tier=TIER.word(header.tier),
        currency=header.currency_code,
        valid_from=to_instant(header.valid_from) if header.HasField("valid_from") else None,
        valid_to=to_instant(header.valid_to) if header.HasField("valid_to") else None,
        source=header.source,
        merge=header.merge,
        dry_run=header.dry_run,
    )


def to_chunk(rows: rate_pb2.RateRows) -> RateChunk:
    """Convert valid rows: each group of rates with its terms."""
    grouped: list[list[RateText]] = [[] for _ in rows.terms]
    for rate in rows.rates:
        grouped[rate.terms].append((rate.prefix, rate.destination, rate.price_per_minute))
    groups = [
        (_to_terms(terms), rates) for terms, rates in zip(rows.terms, grouped, strict=True) if rates
    ]
    return RateChunk(groups, len(rows.rates))


def to_rows_message(chunk: RateChunk) -> rate_pb2.RateRows:
    """Convert a chunk; its rates rise by prefix again."""
    message = rate_pb2.RateRows(terms=[_to_terms_message(terms) for terms, _ in chunk.groups])
    rates = [
        (prefix, at, name, price)
        for at, (_, group) in enumerate(chunk.groups)
        for prefix, name, price in group
    ]
    hours = [terms.hours or ("", "") for terms, _ in chunk.groups]
    rates.sort(key=lambda rate: (rate[0], hours[rate[1]]))
    message.rates.extend(
        rate_pb2.Rate(prefix=prefix, destination=name, price_per_minute=price, terms=at)
        for prefix, at, name, price in rates
    )
    return message


def to_deck_message(deck: DeckSummary) -> rate_pb2.Deck:
    """Convert a deck."""
    owner = (
        rate_pb2.DeckOwner(provider=deck.owner.provider)
        if deck.owner.provider
        else rate_pb2.DeckOwner(tariff=deck.owner.tariff)
    )
    return rate_pb2.Deck(
        deck_id=deck.id,
        name=deck.name,
        owner=owner,
        tier=TIER.wire(deck.tier),
        currency_code=deck.currency,
        version=deck.version,
        state=DECK_STATE.wire(deck.state),
        valid_from=to_timestamp(deck.valid_from),
        valid_to=to_optional_timestamp(deck.valid_to),
        rate_count=deck.rate_count,
        sha256=deck.sha256,
        source=deck.source,
        created_at=to_timestamp(deck.created_at),
        activated_at=to_optional_timestamp(deck.activated_at),
        in_force=deck.in_force,
        base_deck_id=deck.base_deck_id,
    )


def to_deck_messages(decks: Sequence[DeckSummary]) -> list[rate_pb2.Deck]:
    """Convert decks."""
    return [to_deck_message(deck) for deck in decks]


def to_changes_message(changes: DeckChanges) -> rate_pb2.DeckChanges:
    """Convert what changes."""
    return rate_pb2.DeckChanges(
        new=changes.new,
        gone=changes.gone,
        dearer=changes.dearer,
        cheaper=changes.cheaper,
        unchanged=changes.unchanged,
        blocked=changes.blocked,
        otherwise=changes.otherwise,
        not_compared=changes.not_compared,
        largest=[
            rate_pb2.RateChange(
                prefix=change.prefix,
                destination=change.destination,
                old_price_per_minute=_trimmed(change.old),
                new_price_per_minute=_trimmed(change.new),
                old_cost=_trimmed(change.old_cost),
                new_cost=_trimmed(change.new_cost),
            )
            for change in changes.largest
        ],
    )


def to_upload_response(uploaded: Uploaded) -> UploadDeckResponse:
    """Convert what came of an upload."""
    return UploadDeckResponse(
        deck=to_deck_message(uploaded.deck),
        changes=to_changes_message(uploaded.changes),
        compared_with=uploaded.compared_with,
        hidden_rates=uploaded.hidden_rates,
    )


def _to_terms(terms: rate_pb2.RateTerms) -> Terms:
    hours = HoursText(terms.hours.timezone, terms.hours.spec) if terms.HasField("hours") else None
    return Terms(
        connect_fee=Decimal(terms.connect_fee or "0"),
        first_increment_s=terms.first_increment_s,
        next_increment_s=terms.next_increment_s,
        minimum_s=terms.minimum_s,
        blocked=terms.blocked,
        hours=hours,
        steps=tuple(
            StepText(step.from_s, Decimal(step.price_per_minute), step.increment_s)
            for step in terms.steps
        ),
    )


def _to_terms_message(terms: Terms) -> rate_pb2.RateTerms:
    return rate_pb2.RateTerms(
        connect_fee=shown(terms.connect_fee),
        first_increment_s=terms.first_increment_s,
        next_increment_s=terms.next_increment_s,
        minimum_s=terms.minimum_s,
        blocked=terms.blocked,
        hours=None
        if terms.hours is None
        else rate_pb2.RateHours(timezone=terms.hours.timezone, spec=terms.hours.spec),
        steps=[
            rate_pb2.RateStep(
                from_s=step.from_s,
                price_per_minute=shown(step.price_per_minute),
                increment_s=step.increment_s,
            )
            for step in terms.steps
        ],
    )


def _trimmed(value: Decimal) -> str:
    text = shown(value)
    return text.rstrip("0").rstrip(".") or "0" if "." in text else text
