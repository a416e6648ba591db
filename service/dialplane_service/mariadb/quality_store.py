"""The port ``QualityStore`` over MariaDB."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from dialplane_service.domain.measured_quality import MeasuredQuality, Window
from dialplane_service.domain.ranking.quality import QualityFigure
from dialplane_service.mariadb.connection import execute
from dialplane_service.mariadb.instants import to_datetime, to_instant, to_optional_instant
from dialplane_service.mariadb.pool import ConnectionPool

READ_SECONDS: Final = 10.0
MEASURE_SECONDS: Final = 120.0
"""How long a window's channels may take to be read; a million take some seconds."""
_SELECT: Final = """
SELECT providers.providername, quality_figures.provider_id, quality_figures.prefix,
  quality_figures.attempts, quality_figures.answered, quality_figures.talk_ms,
  quality_figures.pdd_ms, quality_figures.pdd_attempts, quality_figures.measured_from,
  quality_figures.measured_to
FROM quality_figures JOIN providers ON providers.id = quality_figures.provider_id
ORDER BY providers.providername, quality_figures.prefix LIMIT 10000
"""


class MariaDBQualityStore:
    """Has MariaDB measure, and reads what it measured."""

    def __init__(self, pool: ConnectionPool) -> None:
        self._pool = pool

    async def measure(self, window: Window) -> bool:
        """See the port. Who is cancelled leaves the server to finish it or not, as a whole."""
        arguments = (to_datetime(window.begin), to_datetime(window.end))
        ((is_new,),) = await self._pool.run(
            lambda connection: execute(connection, "CALL usp_measure_quality(%s, %s)", arguments),
            timeout_s=MEASURE_SECONDS,
        )
        return bool(is_new)

    async def measured_to(self) -> datetime | None:
        """See the port."""
        ((last,),) = await self._pool.run(
            lambda connection: execute(connection, "SELECT MAX(measured_to) FROM quality_figures"),
            timeout_s=READ_SECONDS,
        )
        return to_optional_instant(last)

    async def figures(self) -> Sequence[MeasuredQuality]:
        """See the port."""
        rows = await self._pool.run(
            lambda connection: execute(connection, _SELECT), timeout_s=READ_SECONDS
        )
        return [
            MeasuredQuality(
                name, QualityFigure(*figure), Window(to_instant(begin), to_instant(end))
            )
            for name, *figure, begin, end in rows
        ]
