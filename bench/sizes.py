"""Decisions in process on tables of three sizes, in turns: does the time grow with the rates?"""

import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

from bench.offline import Source, build_dial_string, run
from bench.questions import build_dial_strings
from bench.world import ASKED, FIRST_PROVIDER, GeneratedRows, World
from dialplane_service.domain.kinds import Tier
from dialplane_service.domain.ranking.field import Field
from dialplane_service.domain.ranking.offers import Bidder, Conditions, Leg
from dialplane_service.domain.ranking.plan import RoutingPlan
from dialplane_service.domain.ranking.quality import QualityFigures
from dialplane_service.domain.ranking.quotes import price
from dialplane_service.domain.ranking.ranked import ranked
from dialplane_service.ratetable.compile_rates import TABLE_FILE, compile_rates
from dialplane_service.ratetable.layout import catalogue_of
from dialplane_service.ratetable.table import MappedRateTable
from dialplane_service.rpc.conversion.build_dial_string import to_dial_query

QUESTIONS = 4_000
"""A round; every round has others."""
ROUNDS = 7
_SECONDS = 180


@dataclass(frozen=True)
class Size:
    """A table; each figure in microseconds of CPU by round, over numbers that are all different."""

    rates: int
    file_bytes: int
    prefixes: list[float]
    ranking: list[float]
    """Every provider's longest prefix, its price, and the order."""
    decision: list[float]
    """All of BuildDialString but messages."""

    def us(self, what: str) -> float:
        return median(getattr(self, what))

    def ratio(self, what: str, smaller: "Size") -> float:
        """The median of the ratios of rounds that were neighbours."""
        pairs = zip(getattr(self, what), getattr(smaller, what), strict=True)
        return median(own / other for own, other in pairs)


def small_table(world: World, source: Source, folder: Path) -> MappedRateTable:
    """A table with the service's decks, of another world's rates."""
    catalogue = catalogue_of(source.data.rows)
    mine = {provider.id for provider in world.providers}
    decks = tuple(
        replace(deck, row_count=world.per_list)
        for deck in catalogue.decks
        if deck.provider_id in mine
    )
    compile_rates(folder, type(catalogue)(catalogue.version, decks), GeneratedRows(world, decks))
    return MappedRateTable(folder / TABLE_FILE)


def measure(source: Source, tables: Sequence[tuple[World, MappedRateTable]]) -> list[Size]:
    """Time all tables in turns."""
    sizes, works = [], []
    for world, table in tables:
        size = Size(table.rate_count, table.file.identity[2], [], [], [])
        queries = [to_dial_query(each) for each in build_dial_strings(world, QUESTIONS * ROUNDS)]
        sizes.append(size)
        works.append((size, queries, _works(source, table)))
    gc.collect()
    gc.freeze()
    for number in range(ROUNDS):
        for size, queries, (match, rank, decide) in works:
            asked = queries[number::ROUNDS]
            numbers = [query.called.digits for query in asked]
            size.prefixes.append(_us(match, numbers))
            size.ranking.append(_us(rank, numbers))
            size.decision.append(_us(decide, asked))
    gc.unfreeze()
    return sizes


def _works(source: Source, table: MappedRateTable) -> tuple[Callable[[Any], object], ...]:
    in_force, exchange = table.in_force(ASKED), source.data.exchange
    bidders = [Bidder(key, key % 7) for key in source.data.provider if key >= FIRST_PROVIDER]
    field = Field(bidders, RoutingPlan(), in_force, Conditions(Tier.CLI))
    quality = QualityFigures()
    use_case = build_dial_string(source, table)

    def rank(digits: str) -> None:
        list(ranked(price(Leg(digits, digits, ASKED, _SECONDS), field, table, exchange), quality))

    return (
        lambda digits: table.matches(digits, ASKED, field.deck_ids),
        rank,
        lambda query: run(use_case(query)),
    )


def _us(work: Callable[[Any], object], inputs: Sequence[Any]) -> float:
    began = time.thread_time()  # what others do on the machine is not ours
    for each in inputs:
        work(each)
    return (time.thread_time() - began) / len(inputs) * 1e6
