"""What the use cases need from outside, as protocols. Each port's fake passes the suite of the real thing."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from dialplane_service.domain.calls import Call, CallFilter, CallSummary
from dialplane_service.domain.decision_data import DecisionData, DecisionRows
from dialplane_service.domain.events import ChannelEvent, HangupEvent, Recorded
from dialplane_service.domain.findings import Finding


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
