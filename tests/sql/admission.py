"""Asks `usp_admit` for places, and looks how many are taken."""

import json
from dataclasses import dataclass
from itertools import count
from typing import Any

from dialplane_service.mariadb.connection import Connection, execute
from dialplane_service.mariadb.driver_errors import DriverError, is_retried
from tests.sql.test_recording_procedures import HANGUP, call

DECIDED_AT = "2026-01-02 12:00:00"
HOUR_S = 3600
_providers = count(1000)


@dataclass(frozen=True)
class Candidate:
    """One provider, or a gate of it, with its limits."""

    provider: int
    gate: int | None = None
    channels: int | None = None
    per_second: int | None = None
    gate_channels: int | None = None
    gate_per_second: int | None = None

    @property
    def json(self) -> list[int | None]:
        return [
            self.provider,
            self.gate,
            self.channels,
            self.per_second,
            self.gate_channels,
            self.gate_per_second,
        ]


Answer = tuple[int | None, int | None, list[list[Any]]]


async def admit(
    connection: Connection,
    call_id: str,
    *candidates: Candidate,
    channel: str = "caller",
    attempt: int = 1,
    decided_at: str = DECIDED_AT,
    lease_s: int = HOUR_S,
    server: int = 1,
) -> Answer | None:
    """Ask for a place; again where a deadlock ended the question, as the service does."""
    text = json.dumps([candidate.json for candidate in candidates])
    arguments = (call_id, server, channel, attempt, decided_at, lease_s, text)
    places = ", ".join(["%s"] * len(arguments))
    while True:
        try:
            rows = await execute(connection, f"CALL usp_admit({places})", arguments)
        except DriverError as error:
            if not is_retried(error):
                raise
            continue
        return (rows[0][0], rows[0][1], json.loads(rows[0][2])) if rows else None


async def admitted(connection: Connection, call_id: str, *candidates: Candidate, **how: Any) -> int:
    """The provider that had room; 0: none."""
    answer = await admit(connection, call_id, *candidates, **how)
    assert answer is not None
    return answer[0] or 0


async def hangup(
    connection: Connection,
    call_id: str,
    *,
    channel: str = "caller",
    attempt: int = 1,
    unique_id: str | None = None,
    leg: str = "CALLED",
) -> None:
    """A called channel's last word."""
    given: dict[str, object] = {"leg": leg, "call_id": call_id, "attempt": attempt}
    given |= {"unique_id": unique_id or f"{call_id}.{channel}.{attempt}"}
    given |= {"calling_unique_id": channel if leg == "CALLED" else ""}
    await call(connection, "usp_hangup", HANGUP, **given)


async def in_use(admin: Connection, owner: str, owner_id: int) -> int:
    """What the counter says, which must be what the places say."""
    rows = await execute(
        admin,
        "SELECT channels FROM capacity_use WHERE owner = %s AND owner_id = %s",
        (owner, owner_id),
    )
    column = "provider_id" if owner == "PROVIDER" else "gate_id"
    ((places,),) = await execute(
        admin,
        f"SELECT COUNT(*) FROM admissions WHERE {column} = %s AND released_at IS NULL",
        (owner_id,),
    )
    assert rows[0][0] == places
    return int(places)


def new_provider() -> int:
    """A provider that no other test uses. Nothing refers to its row, so there need be none."""
    return next(_providers)
