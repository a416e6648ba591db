"""What the use cases need from outside, as protocols. Each port's fake passes the suite of the real thing."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from dialplane_service.domain.calls import Call, CallFilter, CallSummary
from dialplane_service.domain.decision_data import DecisionData, DecisionRows
from dialplane_service.domain.events import ChannelEvent, HangupEvent, Recorded
from dialplane_service.domain.findings import Finding
from dialplane_service.domain.ranking.offers import Prices
from dialplane_service.domain.rates.records import Rate, RateRow


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

    version: int

    def destination(self, rate: Rate) -> str:
        """The name of a rate's destination."""
        ...


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

    async def get_call(self, call_id: str) -> Call | None:
        """One call whole; ``None`` when nothing is recorded of it.

        Raises:
            DatabaseUnavailableError: it cannot be read now.
        """
        ...


class DatabaseInspector(Protocol):
    """Looks at the database itself for ``doctor``."""

    async def inspect(self) -> Sequence[Finding]:
        """What is wrong with the database; never raises: an absent database is a finding."""
        ...
