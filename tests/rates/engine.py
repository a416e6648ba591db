"""The engine asked as the oracle is."""

from fractions import Fraction
from pathlib import Path

from dialplane_service.domain.ranking.field import Field
from dialplane_service.domain.ranking.offers import Conditions, Leg, Prices
from dialplane_service.domain.ranking.quality import QualityFigures
from dialplane_service.domain.ranking.quotes import price
from dialplane_service.domain.ranking.ranked import all_quotes, ranked
from dialplane_service.domain.rates.amounts import BASE_COST_SCALE
from dialplane_service.domain.rates.exchange import ExchangeRates
from dialplane_service.domain.rates.records import HoursRow
from dialplane_service.ratetable.compile_rates import TABLE_FILE, compile_rates
from dialplane_service.ratetable.layout import Catalogue
from dialplane_service.ratetable.table import MappedRateTable
from tests.fakes.rate_rows_reader import FakeRateRowsReader
from tests.rates.oracle import Answered, Asked, RatesWorld, spec


def catalogue(world: RatesWorld, version: int = 1) -> Catalogue:
    """The world's decks, hours and steps."""
    hours = tuple(
        HoursRow(key, f"hours {key}", zone, spec(spans))
        for key, (zone, spans) in world.hours.items()
    )
    return Catalogue(version, tuple(world.decks), hours, dict(world.steps))


def compiled(world: RatesWorld, folder: Path) -> MappedRateTable:
    """The world's rate table."""
    compile_rates(folder, catalogue(world), FakeRateRowsReader(world.rows))
    return MappedRateTable(folder / TABLE_FILE)


def engine(world: RatesWorld, prices: Prices, asked: Asked) -> Answered:
    """The engine's answer, in the oracle's words."""
    field = Field(
        world.bidders,
        asked.plan,
        prices.in_force(asked.at),
        Conditions(asked.tier, asked.tariff_id),
    )
    leg = Leg(asked.call_id, asked.digits, asked.at, asked.seconds)
    without = {key: (reason, "") for key, reason in asked.without.items()}
    quotes = price(leg, field, prices, ExchangeRates("EUR", world.exchange), without)
    every = list(all_quotes(quotes, ranked(quotes, QualityFigures(world.figures))))
    assert len(every) == len(world.bidders)
    return Answered(
        [
            (
                quote.bidder.provider_id,
                None if quote.cost is None else Fraction(quote.cost, BASE_COST_SCALE),
                None if quote.rate is None else quote.rate.id,
            )
            for quote in every
            if quote.refusal is None
        ],
        {quote.bidder.provider_id: quote.refusal[0] for quote in every if quote.refusal},
    )
