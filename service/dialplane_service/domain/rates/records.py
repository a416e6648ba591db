"""Decks, rates and what they refer to. Instants are UTC and aware; currencies ISO 4217."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from dialplane_service.domain.kinds import Tier

ALWAYS: Final = 0
"""The ``hours_id`` of a rate that holds at any time."""
NO_STEPS: Final = 0
"""The ``steps_id`` of a rate with one price for the whole call."""
LONGEST_PREFIX: Final = 15
"""Digits of the longest E.164 number, so of the longest prefix."""


@dataclass(frozen=True, slots=True)
class Deck:
    """A rate deck (table ``rate_decks``): what a provider charges, or what accounts of a tariff pay.

    Exactly one of ``provider_id`` and ``tariff_id`` is set. ``tier`` unset: for every tier.
    In force from ``valid_from`` until before ``valid_to``. ``sha256``: hex digest of its rates, which
    never change under one id.
    """

    id: int
    deckname: str
    provider_id: int | None
    tariff_id: int | None
    tier: Tier | None
    currency: str
    version: int
    valid_from: datetime
    valid_to: datetime | None
    row_count: int
    sha256: str


class RateRow(NamedTuple):
    """A row of table ``rates``, its amounts in price units (``amounts.py``); increments in seconds."""

    prefix: str
    hours_id: int
    id: int
    destination: str
    price_per_minute: int
    connect_fee: int
    first_increment_s: int
    next_increment_s: int
    minimum_s: int
    blocked: int
    steps_id: int


class Rate(NamedTuple):
    """The terms of one rate, as the rate table keeps them; amounts in price units, times in seconds.

    ``destination_at``: where the table keeps the destination's name. ``prefix_length``: how many of
    the number's digits its prefix has.
    """

    price_per_minute: int
    connect_fee: int
    id: int
    steps_id: int
    destination_at: int
    first_increment_s: int
    next_increment_s: int
    minimum_s: int
    blocked: int
    prefix_length: int


@dataclass(frozen=True, slots=True)
class RateStep:
    """From second ``from_s`` of a call on, another price and increment (table ``rate_steps``)."""

    from_s: int
    price_per_minute: int
    increment_s: int


@dataclass(frozen=True, slots=True)
class StepRow:
    """A row of table ``rate_steps``: one step of the list that rates refer to as ``steps_id``."""

    steps_id: int
    from_s: int
    price_per_minute: int
    increment_s: int


@dataclass(frozen=True, slots=True)
class HoursRow:
    """When a rate holds (table ``rate_hours``); ``hours.py`` says how ``spec`` is written."""

    id: int
    name: str
    timezone: str
    spec: str


@dataclass(frozen=True, slots=True)
class ExchangeRate:
    """Exchange units of base currency for one unit, from an instant on (table ``exchange_rates``)."""

    currency: str
    valid_from: datetime
    rate: int
