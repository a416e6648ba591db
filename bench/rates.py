"""The rate table by itself: ``python -m bench.rates [--sizes 50000,500000,5000000] [--seed N]``.

Fifty providers with a deck each, prefixes of every length, every question another number.
"""

import argparse
import gc
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from dialplane_service.domain.kinds import Tier
from dialplane_service.domain.ranking.field import Field
from dialplane_service.domain.ranking.offers import Bidder, Conditions, Leg
from dialplane_service.domain.ranking.plan import RoutingPlan
from dialplane_service.domain.ranking.quality import QualityFigures
from dialplane_service.domain.ranking.quotes import price
from dialplane_service.domain.ranking.ranked import ranked
from dialplane_service.domain.rates.exchange import ExchangeRates
from dialplane_service.domain.rates.records import Deck, ExchangeRate, RateRow
from dialplane_service.ratetable.compile_rates import TABLE_FILE, compile_rates
from dialplane_service.ratetable.layout import Catalogue
from dialplane_service.ratetable.table import MappedRateTable

PROVIDERS = 50
COUNTRIES = ("1", "7", "20", "27", "30", "33", "34", "39", "44", "49", "52", "55", "61", "81", "86")
COUNTRIES += ("91", "212", "234", "351", "353", "358", "371", "380", "420", "852", "966", "971")
START = datetime(2026, 1, 1, tzinfo=UTC)
ASKED = datetime(2026, 6, 1, 12, tzinfo=UTC)
CURRENCIES = ("EUR", "USD", "RUB")
EXCHANGE = ExchangeRates(
    "EUR", [ExchangeRate("USD", START, 920_000_000_000), ExchangeRate("RUB", START, 10_300_000_000)]
)


def prefix_pool(count: int, rng: random.Random) -> list[str]:
    """Prefixes as a tree: a new one is a known one with one to three digits more."""
    pool = list(COUNTRIES)
    known = set(pool)
    while len(pool) < count:
        prefix = rng.choice(pool) + str(rng.randrange(10 ** rng.choice((1, 1, 2, 3))))
        if len(prefix) <= 12 and prefix not in known:
            known.add(prefix)
            pool.append(prefix)
    return pool


class GeneratedRates:
    """Port ``RateRowsReader``: every deck has every country and its own part of the pool."""

    def __init__(self, per_deck: int, seed: int) -> None:
        self._seed = seed
        self._per_deck = per_deck
        self.seconds = 0.0
        self.pool = prefix_pool(per_deck * 5 // 2, random.Random(seed))

    def rates(self, deck_id: int) -> Iterator[Sequence[RateRow]]:
        """Rows with prices, fees and increments of their own."""
        began = time.monotonic()
        rng = random.Random(self._seed * 1000 + deck_id)
        chosen = list(COUNTRIES)
        chosen += rng.sample(self.pool[len(COUNTRIES) :], self._per_deck - len(chosen))
        row_id = deck_id * 10_000_000
        for start in range(0, len(chosen), 10_000):
            rows = [
                RateRow(
                    prefix,
                    0,
                    row_id + start + place,
                    f"Destination {prefix[:5]}",
                    rng.randrange(10**5, 10**8),
                    rng.choice((0, 0, 0, 10**6)),
                    *rng.choice(((1, 1), (60, 1), (60, 60), (30, 6))),
                    0,
                    0,
                    0,
                )
                for place, prefix in enumerate(chosen[start : start + 10_000])
            ]
            self.seconds += time.monotonic() - began
            yield rows
            began = time.monotonic()


def decks(per_deck: int) -> tuple[Deck, ...]:
    """A deck for every tier of every provider."""
    return tuple(
        Deck(
            key, f"deck {key}", key, None, None, CURRENCIES[key % 3], 1, START, None, per_deck,
            f"{key:064x}",
        )
        for key in range(1, PROVIDERS + 1)
    )  # fmt: skip


def private_kib() -> int:
    """Memory of this process alone, in KiB."""
    text = Path("/proc/self/smaps_rollup").read_text()
    return sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Anonymous:"))


def microseconds(table: MappedRateTable, numbers: list[str]) -> dict[str, float]:
    """Processor time; the best of seven rounds, each over all numbers: what else runs can only add."""
    bidders = [Bidder(key, key % 7) for key in range(1, PROVIDERS + 1)]
    plan, quality = RoutingPlan(), QualityFigures()
    field = Field(bidders, plan, table.in_force(ASKED), Conditions(Tier.CLI))
    ids = field.deck_ids

    def decide(digits: str) -> None:
        list(ranked(price(Leg(digits, digits, ASKED, 180), field, table, EXCHANGE), quality))

    def match(digits: str) -> None:
        table.matches(digits, ASKED, ids)

    figures = {}
    for name, work in (("matches", match), ("decision", decide)):
        rounds = []
        for _ in range(7):
            began = time.thread_time()
            for digits in numbers:
                work(digits)
            rounds.append((time.thread_time() - began) / len(numbers) * 1e6)
        figures[name] = min(rounds)
    return figures


def measure(size: int, seed: int, folder: Path) -> None:
    """Print one line for one size."""
    per_deck = size // PROVIDERS
    source = GeneratedRates(per_deck, seed)
    rng = random.Random(seed + 1)
    pool = source.pool
    numbers = [(rng.choice(pool) + str(rng.randrange(10**8, 10**9)))[:12] for _ in range(20_000)]
    compiled = compile_rates(folder, Catalogue(1, decks(per_deck)), source)
    compiling = compiled.seconds - source.seconds
    del source, pool
    renamed = tuple(replace(deck, deckname=f"{deck.deckname} again") for deck in decks(per_deck))
    again = compile_rates(folder, Catalogue(2, renamed), GeneratedRates(100, 1))
    gc.collect()
    before = private_kib()
    began = time.perf_counter()
    table = MappedRateTable(folder / TABLE_FILE)
    opening = (time.perf_counter() - began) * 1e3
    figures = microseconds(table, numbers)
    private = (private_kib() - before) / 1024
    mapped = (folder / TABLE_FILE).stat().st_size
    print(
        f"{size:>9,} rates  matches {figures['matches']:6.1f} us  decision {figures['decision']:6.1f} us"
        f"  {mapped / size:5.1f} bytes/rate  open {opening:5.2f} ms  private +{private:5.1f} MiB"
        f"  compile {compiling:6.1f} s without generating, merge {again.seconds:5.1f} s",
        flush=True,
    )


def main() -> None:
    """Measure every size in a process's lifetime; the largest last."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="50000,500000,5000000")
    parser.add_argument("--seed", type=int, default=20260101)
    options = parser.parse_args()
    print(f"python {sys.version.split()[0]}, {PROVIDERS} providers, seed {options.seed}")
    for size in map(int, options.sizes.split(",")):
        with tempfile.TemporaryDirectory(prefix="dialplane-bench-") as folder:
            measure(size, options.seed, Path(folder))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory of compiling and measuring {peak:,.0f} MiB")


if __name__ == "__main__":
    main()
