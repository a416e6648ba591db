"""The port ``Admission`` over MariaDB: one procedure, one round trip."""

import json
from collections.abc import Sequence
from typing import Final

import structlog

from dialplane_service.application.errors import DatabaseUnavailableError
from dialplane_service.domain.capacity import Lack, PassedOver, Place, PlacesWanted
from dialplane_service.mariadb.connection import execute
from dialplane_service.mariadb.instants import to_datetime
from dialplane_service.mariadb.pool import ConnectionPool

log = structlog.get_logger(__name__)

ADMISSION_SECONDS: Final = 0.5
"""A host gives a decision two seconds in all, and asks a second replica within them."""
_ADMIT: Final = "CALL usp_admit(%s, %s, %s, %s, %s, %s, %s)"


class MariaDBAdmission:
    """Asks for places. A caller that is cancelled does not stop what it began."""

    def __init__(self, pool: ConnectionPool, *, timeout_s: float = ADMISSION_SECONDS) -> None:
        self._pool = pool
        self._timeout_s = timeout_s

    async def admit(self, wanted: PlacesWanted) -> Sequence[PassedOver]:
        """Take the first place that is free."""
        arguments = (
            wanted.call_id,
            wanted.server_id,
            wanted.calling_unique_id,
            wanted.attempt,
            to_datetime(wanted.decided_at),
            wanted.lease_s,
            json.dumps([_candidate(place) for place in wanted.places]),
        )
        try:
            rows = await self._pool.write(
                lambda connection: execute(connection, _ADMIT, arguments),
                timeout_s=self._timeout_s,
            )
        except DatabaseUnavailableError as error:
            log.warning("capacity_not_known", call_id=wanted.call_id, why=str(error))
            raise
        return [_passed_over(*item) for row in rows for item in json.loads(row[2])]


def _candidate(place: Place) -> tuple[int | None, ...]:
    return place.provider_id, place.gate_id, *place.of_provider, *place.of_gate


def _passed_over(
    provider_id: int, gate_id: int | None, owner: str, lack: str, in_use: int, most: int
) -> PassedOver:
    return PassedOver(provider_id, gate_id, owner == "GATE", Lack(lack), in_use, most)
