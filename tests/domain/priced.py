"""The article's operator with rate decks, in memory: what its providers charge, and what acme is told."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from dialplane_service.domain.answers import DialAnswer
from dialplane_service.domain.queries import AttemptOutcome, DialQuery
from dialplane_service.domain.ranking.market import Market
from dialplane_service.domain.ranking.plan import RoutingPlan
from dialplane_service.domain.ranking.quality import QualityFigure
from dialplane_service.domain.rates.records import Deck, ExchangeRate, RateRow
from dialplane_service.domain.routes.next_step import next_step
from dialplane_service.domain.trace import DropReason
from tests.domain.asking import NOW, SETTINGS, context, query
from tests.domain.world import ACME, article_world, gate, number
from tests.rates.engine import compiled
from tests.rates.oracle import RatesWorld

ZADARMA, MULTITEL, WESTCALL, VOXBEAM, VOICEBUY, IPPORT = 3, 4, 7, 8, 11, 16
RETAIL = 1
NUMBER = "74957777777"
CONGESTION = AttemptOutcome(q850_cause=34)


class Operator:
    """The article's operator, with prices: what is asked of it is asked by acme, on plan 1."""

    def __init__(self, folder: Path) -> None:
        self.world = article_world()
        self.rates = RatesWorld()
        self.plan = RoutingPlan(1, "tested")
        self.folder = folder
        self.exchange: list[ExchangeRate] = []
        self.figures: list[QualityFigure] = []
        self.world.numbers = {}  # so that no number of acme's forces a gate
        self.world.gates = {8: gate(8, 279, 1, "westcall", "74951815000")}
        self.world.numbers[279] = number(279, "74951815000", WESTCALL, 1, account_id=None)

    def deck(
        self, provider_id: int | None, *rates: RateRow, tariff: int | None = None, **changes: Any
    ) -> Deck:
        """A deck of a provider, or of a tariff, in euros and in force."""
        deck_id = len(self.rates.decks) + 1
        name = f"deck {deck_id}"
        since = NOW - timedelta(days=1)
        made = Deck(
            deck_id, name, provider_id, tariff, None, "EUR", 1, since, None, len(rates), f"{deck_id:064x}"
        )  # fmt: skip
        self.rates.decks.append(replace(made, **changes))
        self.rates.rows[deck_id] = [
            row._replace(id=1000 * deck_id + place) for place, row in enumerate(rates)
        ]
        return self.rates.decks[-1]

    def prices(self, **cents: str) -> None:
        """A deck for each provider that is named, with one price of a minute for Russia."""
        ids = {row.providername.lower(): row.id for row in self.world.providers.values()}
        for name, price in cents.items():
            self.deck(ids[name], rate("7", price))

    def market(self) -> Market:
        return Market(compiled(self.rates, self.folder / str(len(list(self.folder.iterdir())))))

    def ask(self, asked: DialQuery, market: Market | None = None) -> DialAnswer:
        """The answer to acme."""
        self.world.change("accounts", ACME, tariff_id=RETAIL, routing_plan_id=1)
        self.world.extra |= {
            "routing_plans": (self.plan,),
            "exchange_rates": tuple(self.exchange),
            "quality_figures": tuple(self.figures),
        }
        asking = context(self.world, replace(asked, account="acme"))
        return next_step(replace(asking, market=market or self.market()), SETTINGS)

    def ranked(self, **asked: Any) -> list[str]:
        """The providers in the order in which they are tried."""
        found = self.ask(query("n", **asked)).candidates
        return [row.provider for row in found if row.rank]

    def dropped(self, **asked: Any) -> dict[str, DropReason | None]:
        """The providers that are not, and why."""
        found = self.ask(query("n", **asked)).candidates
        assert all(row.detail for row in found)
        return {row.provider: row.drop_reason for row in found if not row.rank}


def rate(prefix: str, price: str, **changes: Any) -> RateRow:
    """A price of a minute, charged by the second."""
    units = int(Decimal(price) * 10**8)
    return RateRow(prefix, 0, 0, "Russia", units, 0, 1, 1, 0, 0, 0)._replace(**changes)


def figure(provider_id: int, attempts: int) -> QualityFigure:
    """One answer among so many attempts."""
    return QualityFigure(provider_id, "", attempts, 1, 0, 0, 0)


def all_five(operator: Operator) -> None:
    operator.prices(zadarma="0.03", westcall="0.05", voxbeam="0.01", voicebuy="0.04", ipport="0.02")
