"""RecordChannel through gRPC against bare single-row inserts on as many connections."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
from itertools import count
from typing import Any

import aiomysql
from grpc import aio
from tests.support.call_events import SERVER_ID, event
from tests.support.database import connect_arguments
from tests.support.running_service import RunningService
from tests.support.schema import MigratedDatabase

from bench.load import Measured, load, rpc
from dialplane_service.mariadb.channel_recorder import MariaDBChannelRecorder
from dialplane_service.mariadb.pool import ConnectionPool
from dialplane_service.rpc.conversion.events import to_channel_event

CONNECTIONS = 8
"""The service's default, and as many callers on both sides."""
PREPARED = 40_000
_INSERT = (
    "INSERT INTO bare_events (server_id, unique_id, event, call_id, occurred_at, recorded_at)"
    " VALUES (1, %s, 'CREATED', %s, '2026-01-02 12:00:00', UTC_TIMESTAMP(6))"
)


@dataclass(frozen=True)
class Recording:
    """Both sides, taken in turns."""

    record_channel: Measured
    procedure: Measured
    """The same events in the same procedure and pool, without gRPC."""
    bare: Measured


async def record(
    service: RunningService, database: MigratedDatabase, *, rounds: int, seconds: float
) -> Recording:
    """Events that are all new: each writes a channel, an event and an attempt in one transaction."""
    requests = [
        event(f"bench-{number}", "CALLED", "CREATED").request.SerializeToString()
        for number in range(PREPARED)
    ]
    measured = Recording(Measured([]), Measured([]), Measured([]))
    arguments = connect_arguments(database.admin_url)
    reported, called, inserted = count(), count(), count()
    async with AsyncExitStack() as opened:
        idle: asyncio.Queue[Any] = asyncio.Queue()
        for _ in range(CONNECTIONS):
            connection = await aiomysql.connect(**arguments, db=database.name, autocommit=True)
            opened.callback(connection.close)
            idle.put_nowait(connection)
        await _insert(idle, "CREATE TABLE bare_events LIKE events")
        channel = await opened.enter_async_context(aio.insecure_channel(service.target))
        ask = rpc([channel], "RecordChannel", requests)

        async def report(_: int) -> None:
            number = next(reported)
            assert number < PREPARED, "more events were taken than prepared"
            await ask(number)

        async def insert(_: int) -> None:
            name = f"bare-{next(inserted)}"
            await _insert(idle, _INSERT, name, name)

        pool = ConnectionPool(database.service, size=CONNECTIONS, query_s=10)
        opened.push_async_callback(pool.close)
        recorder = MariaDBChannelRecorder(pool)

        async def call(_: int) -> None:
            request: Any = event(f"called-{next(called)}", "CALLED", "CREATED").request
            await recorder.record_channel(to_channel_event(request, SERVER_ID))

        for number in range(rounds + 1):
            bare = await load(insert, callers=CONNECTIONS, seconds=seconds)
            own = await load(call, callers=CONNECTIONS, seconds=seconds)
            pid = service.process.pid
            whole = await load(report, callers=CONNECTIONS, seconds=seconds, pid=pid)
            if number:
                measured.bare.rounds.append(bare)
                measured.procedure.rounds.append(own)
                measured.record_channel.rounds.append(whole)
    return measured


async def _insert(idle: "asyncio.Queue[Any]", statement: str, *arguments: str) -> None:
    connection = await idle.get()
    try:
        async with connection.cursor() as cursor:
            await cursor.execute(statement, arguments)
    finally:
        idle.put_nowait(connection)
