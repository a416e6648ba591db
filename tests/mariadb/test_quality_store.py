"""Measuring beside others: replicas that measure too, and hosts whose calls are recorded meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest_asyncio

from dialplane_service.domain.measured_quality import Window
from dialplane_service.mariadb.channel_recorder import MariaDBChannelRecorder
from dialplane_service.mariadb.connection import Connection, execute
from dialplane_service.mariadb.pool import ConnectionPool
from dialplane_service.mariadb.quality_store import MariaDBQualityStore
from tests.mariadb.samples import NOON, created, ended
from tests.support.database import DatabaseServer
from tests.support.schema import MigratedDatabase, migrated_database

DAY = Window(NOON - timedelta(hours=12), NOON + timedelta(hours=12))
REPLICAS, ROUNDS = 4, 5


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def database(mariadb_server: DatabaseServer) -> AsyncIterator[MigratedDatabase]:
    """With the demo rows."""
    async with migrated_database(mariadb_server, demo=True) as migrated:
        yield migrated


async def test_of_replicas_that_measure_at_once_one_writes(pool: ConnectionPool) -> None:
    recorder, store = MariaDBChannelRecorder(pool), MariaDBQualityStore(pool)
    for round_number in range(1, ROUNDS + 1):
        name = f"at-once-{round_number}"
        await recorder.record_channel(created(name, name))
        await recorder.hangup(ended(name, name))
        new = await asyncio.gather(*(store.measure(DAY) for _ in range(REPLICAS)))
        assert sum(new) == 1
        (figure,) = await store.figures()
        assert figure.figure.attempts == round_number


async def test_channels_that_are_being_written_neither_wait_nor_are_waited_for(
    pool: ConnectionPool, admin: Connection
) -> None:
    recorder, store = MariaDBChannelRecorder(pool), MariaDBQualityStore(pool)
    for name in ("written", "free"):
        event = replace(created(name, name), route_id="a34.A")
        await recorder.record_channel(event)
        await recorder.hangup(replace(ended(name, name), route_id="a34.A"))
    await admin.begin()
    await execute(admin, "UPDATE channels SET answered_ms = 1 WHERE unique_id = 'written'")
    assert await store.measure(DAY), "else the lock would be given up after a second"
    await admin.rollback()
    found = {each.provider: each.figure.attempts for each in await store.figures()}
    assert found["IPport"] == 2
