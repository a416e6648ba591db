"""Diagnose: what is wrong with this installation and its data, and what to do."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from dialplane_service.application.errors import NoDecisionDataError
from dialplane_service.application.ports import DatabaseInspector, DecisionDataSource
from dialplane_service.domain.decision_data import DecisionData
from dialplane_service.domain.diagnosis.diagnose import CHECKS, diagnose
from dialplane_service.domain.findings import Finding, Severity

_OTHER_CHECKS: Final = 3
"""The database as its inspector sees it, and whether the data and the rates in force are its own."""


class DecisionDataState(Protocol):
    """Says how the decision data in force are kept up to date. Asking never waits."""

    @property
    def database_available(self) -> bool:
        """Whether the database answered the last time it was asked, a moment ago."""
        ...

    def findings(self) -> Sequence[Finding]:
        """What hinders the data from being the database's own."""
        ...


class RateTableState(Protocol):
    """Says how the rate table in force is kept up to date. Asking never waits."""

    def findings(self) -> Sequence[Finding]:
        """What hinders the table from being what the data want."""
        ...


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What was found, the worst first, and on what data; version 0 and no instant: on none."""

    findings: tuple[Finding, ...]
    checks: int
    data_version: int
    data_loaded_at: datetime | None
    database_available: bool


class Diagnose:
    """The use case. It answers whatever is wrong."""

    def __init__(
        self,
        data: DecisionDataSource,
        state: DecisionDataState,
        rates: RateTableState,
        inspector: DatabaseInspector,
    ) -> None:
        self._data = data
        self._state = state
        self._rates = rates
        self._inspector = inspector

    async def __call__(self) -> Diagnosis:
        """Look at the database, the decision data and how they are kept."""
        found = [
            *await self._inspector.inspect(),
            *self._state.findings(),
            *self._rates.findings(),
        ]
        data = self._current()
        if data is None:
            found.append(_NO_DATA)
        else:
            # Looking at every row takes its time; calls must not wait for it.
            found += await asyncio.to_thread(diagnose, data)
        return Diagnosis(
            findings=tuple(sorted(found, key=lambda finding: -finding.severity)),
            checks=len(CHECKS) + _OTHER_CHECKS,
            data_version=0 if data is None else data.version,
            data_loaded_at=None if data is None else data.rows.loaded_at,
            database_available=self._state.database_available,
        )

    def _current(self) -> DecisionData | None:
        try:
            return self._data.current()
        except NoDecisionDataError:
            return None


_NO_DATA: Final = Finding(
    Severity.ERROR,
    "no_decision_data",
    "decision data",
    "No decision data have been loaded, so every call is answered with an error.",
    "Bring MariaDB up and run `dialplane db migrate`; the service loads them by itself.",
)
