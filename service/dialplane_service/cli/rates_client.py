"""Questions to ``RatesService`` and ``ExchangeRatesService``."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from dialplane.admin.v1 import exchange_rates_service_pb2 as fx_pb2
from dialplane.admin.v1 import rates_service_pb2 as pb2
from dialplane.admin.v1.exchange_rates_service_pb2_grpc import ExchangeRatesServiceStub
from dialplane.admin.v1.rate_pb2 import Deck, DeckChanges, RateRows
from dialplane.admin.v1.rates_service_pb2_grpc import RatesServiceStub
from dialplane_service.cli.client import Answer, ask
from dialplane_service.cli.exit_codes import ExitCode
from dialplane_service.cli.failures import Failure
from dialplane_service.cli.options import START_THE_SERVICE_ADMIN


@dataclass(frozen=True, slots=True)
class RatesClient:
    """Asks one of the places, within the time; every method raises ``Failure`` without an answer."""

    places: Sequence[str]
    timeout_s: float

    def upload(
        self, requests: Callable[[], Iterator[pb2.UploadDeckRequest]]
    ) -> pb2.UploadDeckResponse:
        """Upload a deck; ``requests`` begins anew for each place that is tried."""
        return self._ask(lambda stub, seconds: stub.UploadDeck(requests(), timeout=seconds))

    def decks(self, request: pb2.ListDecksRequest) -> Sequence[Deck]:
        """Ask for decks."""
        return self._ask(lambda stub, seconds: stub.ListDecks(request, timeout=seconds)).decks

    def deck(self, name_or_id: str) -> Deck:
        """The deck of an id or a name."""
        if name_or_id.isascii() and name_or_id.isdecimal() and len(name_or_id) <= 9:
            request = pb2.GetDeckRequest(deck_id=int(name_or_id))
            return self._ask(lambda stub, seconds: stub.GetDeck(request, timeout=seconds)).deck
        for deck in self.decks(pb2.ListDecksRequest(include_retired=True)):
            if deck.name == name_or_id:
                return deck
        raise Failure(
            ExitCode.NOT_FOUND,
            "UNKNOWN_DECK",
            f"there is no rate deck {name_or_id!r}",
            "`dialplane rates list --all` shows ids and names.",
        )

    def rates(self, deck_id: int, number: str, take: Callable[[RateRows], None]) -> None:
        """Hand over the rates of a deck as they come."""
        request = pb2.ExportDeckRequest(deck_id=deck_id, prefix=number)

        def question(stub: RatesServiceStub, seconds: float) -> None:
            for answer in stub.ExportDeck(request, timeout=seconds):
                take(answer.rows)

        self._ask(question)

    def changes(self, old: int, new: int) -> DeckChanges:
        """Ask what changes from one deck to another."""
        request = pb2.DiffDecksRequest(old_deck_id=old, new_deck_id=new)
        return self._ask(lambda stub, seconds: stub.DiffDecks(request, timeout=seconds)).changes

    def activate(self, deck_id: int) -> Deck:
        """Put a deck in force."""
        request = pb2.ActivateDeckRequest(deck_id=deck_id)
        return self._ask(lambda stub, seconds: stub.ActivateDeck(request, timeout=seconds)).deck

    def roll_back(self, deck_id: int) -> Deck | None:
        """Take a deck out of force; gives the one in force then."""
        request = pb2.RollbackDeckRequest(deck_id=deck_id)
        answer = self._ask(lambda stub, seconds: stub.RollbackDeck(request, timeout=seconds))
        return answer.deck if answer.HasField("deck") else None

    def rate_table(self) -> pb2.GetRateTableResponse:
        """Ask how the compiled rates are."""
        request = pb2.GetRateTableRequest()
        return self._ask(lambda stub, seconds: stub.GetRateTable(request, timeout=seconds))

    def set_exchange_rates(self, rates: Sequence[fx_pb2.ExchangeRate]) -> None:
        """Set exchange rates, all or none."""
        request = fx_pb2.SetExchangeRatesRequest(rates=rates)
        self._ask_fx(lambda stub, seconds: stub.SetExchangeRates(request, timeout=seconds))

    def exchange_rates(
        self, request: fx_pb2.ListExchangeRatesRequest
    ) -> Sequence[fx_pb2.ExchangeRate]:
        """Ask for exchange rates."""
        answer: fx_pb2.ListExchangeRatesResponse = self._ask_fx(
            lambda stub, seconds: stub.ListExchangeRates(request, timeout=seconds)
        )
        return answer.rates

    def _ask(self, question: Callable[[RatesServiceStub, float], Answer]) -> Answer:
        return ask(
            self.places,
            self.timeout_s,
            lambda channel, seconds: question(RatesServiceStub(channel), seconds),
            START_THE_SERVICE_ADMIN,
        )

    def _ask_fx(self, question: Callable[[Any, float], Answer]) -> Answer:
        return ask(
            self.places,
            self.timeout_s,
            lambda channel, seconds: question(ExchangeRatesServiceStub(channel), seconds),
            START_THE_SERVICE_ADMIN,
        )
