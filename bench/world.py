"""Generated providers and their price lists, the same for the same seed.

Prefixes are a tree, as in real lists: a new one is a known one with one to three digits more. Every
list has all countries and its own part of the other prefixes.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

import numpy as np

from dialplane_service.domain.rates.records import Deck, RateRow

PROVIDERS = 50
FIRST_PROVIDER = 1001
VALID_FROM = datetime(2026, 1, 1, tzinfo=UTC)
ASKED = datetime(2026, 5, 28, 20, 26, 40, tzinfo=UTC)
"""What the questions say; after it another list of each provider may begin."""
_SHORT = ("1", "7", "20", "27", "30", "33", "34", "39", "44", "49", "52", "55", "61", "81", "86")
_LONG = ("91", "212", "234", "351", "353", "358", "371", "380", "420", "852", "966", "971")
COUNTRIES = (*_SHORT, *_LONG)
CURRENCIES = (("EUR", 156, 1), ("USD", 122, 1), ("RUB", 96, 90))
"""Code, the demo rows' id, and about what a euro is worth."""
INCREMENTS = ((1, 1), (60, 1), (60, 60), (30, 6))
PRICE_UNITS = 100
"""Of a millionth, as the service counts prices."""
_LONGEST = 12
_PREFIXES_PER_LIST = 5 / 2


@dataclass(frozen=True)
class Provider:
    """A generated provider. Most show any number; each fifth sells its tiers by prefixes."""

    id: int
    name: str
    country: str
    currency: str
    currency_id: int
    level: int
    """What a euro is about, in its currency."""

    @property
    def sells_tiers(self) -> bool:
        return self.id % 5 == 0

    @property
    def shows_any_number(self) -> bool:
        return self.id % 4 != 0


@dataclass(frozen=True)
class Line:
    """A row of a price list. Amounts in millionths of the list's currency."""

    prefix: str
    destination: str
    price: int
    fee: int
    first_s: int
    next_s: int
    blocked: int


class World:
    """So many rates in equal lists of all providers."""

    def __init__(self, rates: int, seed: int) -> None:
        self.per_list = max(rates // PROVIDERS, len(COUNTRIES) + 1)
        self.rates = self.per_list * PROVIDERS
        self.seed = seed
        self.providers = tuple(_provider(place) for place in range(PROVIDERS))

    @cached_property
    def prefixes(self) -> list[str]:
        """All prefixes, sorted: nothing of the order in which they came is left."""
        rng = random.Random(self.seed)
        wanted = int(self.per_list * _PREFIXES_PER_LIST)
        found, known = list(COUNTRIES), set(COUNTRIES)
        while len(found) < wanted:
            more = str(rng.randrange(10 ** rng.choice((1, 1, 2, 3))))
            prefix = rng.choice(found) + more
            if len(prefix) <= _LONGEST and prefix not in known:
                known.add(prefix)
                found.append(prefix)
        return sorted(found)

    def price_list(self, provider: Provider, *, rows: int = 0, again: int = 0) -> Iterator[Line]:
        """A provider's list, rising by prefix. ``again``: another one, so much cheaper that it always wins."""
        rng = np.random.default_rng((self.seed, provider.id, again))
        others = [prefix for prefix in self.prefixes if prefix not in COUNTRIES]
        count = (rows or self.per_list) - len(COUNTRIES)
        places = np.sort(rng.choice(len(others), count, replace=False)).tolist()
        chosen = sorted([*COUNTRIES, *(others[place] for place in places)])
        low, high = (1, 9) if again else (1000, 1_000_000)
        prices = (rng.integers(low, high, len(chosen)) * provider.level).tolist()
        fees = rng.choice((0, 0, 0, 0 if again else 10_000), len(chosen)).tolist()
        increments = rng.integers(0, len(INCREMENTS), len(chosen)).tolist()
        blocked = (rng.random(len(chosen)) < (0 if again else 0.01)).astype(int).tolist()
        columns = zip(chosen, prices, fees, increments, blocked, strict=True)
        for prefix, price, fee, increment, barred in columns:
            yield Line(
                prefix, f"Destination {prefix[:5]}", price, fee, *INCREMENTS[increment], barred
            )

    def numbers(self, count: int, salt: int = 0) -> list[str]:
        """So many numbers to call, each another. Prefixes are drawn from the sorted ones, digits follow."""
        rng = random.Random(f"{self.seed} numbers {salt}")
        prefixes, found = self.prefixes, dict[str, None]()
        while len(found) < count:
            prefix = rng.choice(prefixes)
            length = max(rng.choice((11, 12, 12, 13)), len(prefix) + 2)
            rest = length - len(prefix)
            found[f"{prefix}{rng.randrange(10**rest):0{rest}}"] = None
        return list(found)


class GeneratedRows:
    """Port ``RateRowsReader`` over generated lists, for tables that no database has."""

    def __init__(self, world: World, decks: Sequence[Deck]) -> None:
        self._world = world
        by_id = {provider.id: provider for provider in world.providers}
        self._provider = {
            deck.id: by_id[deck.provider_id] for deck in decks if deck.provider_id in by_id
        }

    def rates(self, deck_id: int) -> Iterator[Sequence[RateRow]]:
        """The rows of one deck."""
        if deck_id in self._provider:
            lines = self._world.price_list(self._provider[deck_id])
            yield [_row(deck_id, number, line) for number, line in enumerate(lines, 1)]


def _row(deck_id: int, number: int, line: Line) -> RateRow:
    return RateRow(
        line.prefix,
        0,
        deck_id << 24 | number,
        line.destination,
        line.price * PRICE_UNITS,
        line.fee * PRICE_UNITS,
        line.first_s,
        line.next_s,
        0,
        line.blocked,
        0,
    )


def amount(millionths: int) -> str:
    """An amount as it is written in files."""
    return f"{millionths // 10**6}.{millionths % 10**6:06}"


def _provider(place: int) -> Provider:
    code, currency_id, level = CURRENCIES[place % len(CURRENCIES)]
    country = ("US", "GB", "DE", "RU", "LV")[place % 5]
    return Provider(
        FIRST_PROVIDER + place, f"Carrier {place + 1}", country, code, currency_id, level
    )
