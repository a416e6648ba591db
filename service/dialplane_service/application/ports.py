"""What the use cases need from outside, as protocols. Each port's fake passes the suite of the real thing."""

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime
from typing import Protocol

from dialplane_service.domain.calls import Call, CallFilter, CallSummary
from dialplane_service.domain.capacity import PassedOver, PlacesWanted
from dialplane_service.domain.decision_data import DecisionData, DecisionRows
from dialplane_service.domain.events import ChannelEvent, HangupEvent, Recorded
from dialplane_service.domain.findings import Finding
from dialplane_service.domain.measured_quality import MeasuredQuality, Window
from dialplane_service.domain.ranking.offers import Prices
from dialplane_service.domain.rate_decks import (
    DatedRate,
    DeckChanges,
    DeckHeader,
    DeckSummary,
    RateChunk,
)
from dialplane_service.domain.rates.records import RateRow


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The current instant, UTC and aware."""
        ...


class DecisionDataSource(Protocol):
    """Holds the decision data in force. Reading it never waits."""

    def current(self) -> DecisionData:
        """The data in force.

        Raises:
            NoDecisionDataError: nothing has been loaded yet.
        """
        ...


class DecisionRowsReader(Protocol):
    """Reads the decision data from where it is kept."""

    async def version(self) -> int:
        """The committed data version.

        Raises:
            DatabaseUnavailableError: it cannot be read now.
        """
        ...

    async def read(self) -> DecisionRows:
        """All rows as of one committed version.

        Raises:
            DatabaseUnavailableError: they cannot be read now.
        """
        ...


class DecisionRowsFile(Protocol):
    """Keeps the last good decision data through a restart."""

    def load(self) -> DecisionRows | None:
        """The rows last saved; ``None`` when there are none or they are damaged."""
        ...

    def save(self, rows: DecisionRows) -> None:
        """Keep the rows, all or nothing."""
        ...


class RateTable(Prices, Protocol):
    """All rates of one data version, compiled. Reading it never waits."""


class RateTableSource(Protocol):
    """Holds the rate table in force. Reading it never waits."""

    def current(self) -> RateTable:
        """The table in force; without any, one that has no deck."""
        ...


class RateRowsReader(Protocol):
    """Reads a deck's rates from where they are kept. It runs in a process of its own, so it may wait."""

    def rates(self, deck_id: int) -> Iterable[Sequence[RateRow]]:
        """All rates of a deck, in pieces and in any order.

        Raises:
            DatabaseUnavailableError: they cannot be read now, or no further.
        """
        ...


class Admission(Protocol):
    """Gives out places at providers and gates that carry only so many calls, for all replicas together."""

    async def admit(self, wanted: PlacesWanted) -> Sequence[PassedOver]:
        """Take the first place that is free, and give back what the channel took before.

        Returns those that were not free, in order: all, when none was. The same question again takes
        no second place and gets the same answer. The called leg's hangup gives the place back.

        Raises:
            DatabaseUnavailableError: nobody can say now; whether a place was taken is not known.
        """
        ...


class ChannelRecorder(Protocol):
    """Records what happens to channels. Durable when it returns, idempotent, in any order."""

    async def record_channel(self, event: ChannelEvent) -> Recorded:
        """Record a creation or an answer.

        Raises:
            DatabaseUnavailableError: nothing was recorded, or it is not known; send it again.
        """
        ...

    async def hangup(self, event: HangupEvent) -> Recorded:
        """Record an end.

        Raises:
            DatabaseUnavailableError: nothing was recorded, or it is not known; send it again.
        """
        ...


class CallReader(Protocol):
    """Reads recorded calls."""

    async def list_calls(self, criteria: CallFilter) -> Sequence[CallSummary]:
        """At most ``criteria.limit`` calls, the newest first; equal instants by call id, descending.

        Raises:
            DatabaseUnavailableError: they cannot be read now.
        """
        ...

    async def get_call(self, call_id: str, *, with_rates: bool = False) -> Call | None:
        """One call whole; ``None`` when nothing is recorded of it.

        ``with_rates``: with the rates that priced its attempts, as far as their decks are still there.

        Raises:
            DatabaseUnavailableError: it cannot be read now.
        """
        ...


class DatabaseInspector(Protocol):
    """Looks at the database itself for ``doctor``."""

    async def inspect(self) -> Sequence[Finding]:
        """What is wrong with the database; never raises: an absent database is a finding."""
        ...


class RateDeckStore(Protocol):
    """Keeps rate decks. A loading one is invisible to decisions; a finished one never changes.

    Every method may raise DatabaseUnavailableError.
    """

    async def begin(self, header: DeckHeader, upload_id: str) -> int:
        """Begin a deck; returns its id, the same for the same upload.

        Raises:
            UnknownProviderError, UnknownTariffError, UnknownCurrencyError: see the header.
        """
        ...

    async def load(self, deck_id: int, rows_before: int, chunk: RateChunk) -> None:
        """Add rates behind the first so many; the same again changes nothing.

        Raises:
            DeckStateError: the deck is not loading.
        """
        ...

    async def copy(self, deck_id: int, base_deck_id: int, rows_before: int) -> None:
        """Add the rates of another deck whose prefixes this one lacks, and keep whose they are."""
        ...

    async def remove(self, deck_id: int, prefixes: Sequence[str]) -> None:
        """Take prefixes out of a loading deck."""
        ...

    async def finish(self, deck_id: int, sha256: str) -> None:
        """Make a loading deck READY."""
        ...

    async def discard(self, deck_id: int) -> None:
        """Remove a loading deck and its rates."""
        ...

    async def sweep(self) -> None:
        """Remove some of what uploads left behind that ended in the middle."""
        ...

    async def decks(self) -> Sequence[DeckSummary]:
        """All decks, with those marked that hold now."""
        ...

    async def changes(self, old_deck_id: int, new_deck_id: int) -> DeckChanges:
        """Compare two decks; ``old_deck_id`` 0: with nothing."""
        ...

    def rates(self, deck_id: int, number: str) -> AsyncIterator[RateChunk]:
        """The rates of a deck, rising by prefix; ``number``: only those on its way, "" for all."""
        ...

    async def activate(self, deck_id: int) -> None:
        """Put a deck in force for its dates, at once.

        Raises:
            UnknownDeckError, DeckStateError: there is none, it is loading, or another deck than its base
                is in force at its takeover.
        """
        ...

    async def roll_back(self, deck_id: int) -> int:
        """Take a deck out of force; returns the id of the one that prices its tier then, 0: none.

        Raises:
            UnknownDeckError, DeckStateError: there is none, it is not active, or none is before it.
        """
        ...


class ExchangeRateStore(Protocol):
    """Keeps dated exchange rates. Every method may raise DatabaseUnavailableError."""

    async def set_rates(self, rates: Sequence[DatedRate]) -> None:
        """Set rates, all or none.

        Raises:
            UnknownCurrencyError: one of the currencies is not known.
        """
        ...

    async def exchange_rates(self) -> Sequence[DatedRate]:
        """All rates, by currency, the latest first."""
        ...


class QualityStore(Protocol):
    """Measures providers by their recorded calls. Every method may raise DatabaseUnavailableError."""

    async def measure(self, window: Window) -> bool:
        """Replace all figures with those of a window, at once; ``False``: they are the same, nothing was written."""
        ...

    async def measured_to(self) -> datetime | None:
        """The end of the window that the figures are of; ``None``: there are none."""
        ...

    async def figures(self) -> Sequence[MeasuredQuality]:
        """All figures, by provider's name, then by prefix."""
        ...
