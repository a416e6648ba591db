"""The ports that MariaDB stands behind pass the suites that their fakes pass."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from dialplane_service.bootstrap import SystemClock
from dialplane_service.domain.capacity import PlacesWanted
from dialplane_service.mariadb.admission import MariaDBAdmission
from dialplane_service.mariadb.call_reader import MariaDBCallReader
from dialplane_service.mariadb.channel_recorder import MariaDBChannelRecorder
from dialplane_service.mariadb.connection import close, connect, execute
from dialplane_service.mariadb.decision_rows_reader import MariaDBDecisionRowsReader
from dialplane_service.mariadb.pool import ConnectionPool
from dialplane_service.mariadb.quality_store import MariaDBQualityStore
from tests.ports.admission import AdmissionSuite, HangUp
from tests.ports.call_reader import ACCOUNT, BEGAN, CALLED, CallReaderSuite
from tests.ports.channel_recorder import CREATED, ENDED, ChannelRecorderSuite
from tests.ports.decision_rows_reader import Change, DecisionRowsReaderSuite
from tests.ports.quality_store import CALLS, QualityStoreSuite
from tests.support.database import DatabaseServer
from tests.support.schema import MigratedDatabase, migrated_database

EVENT_TABLES = ("events", "attempts", "channels")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def database(mariadb_server: DatabaseServer) -> AsyncIterator[MigratedDatabase]:
    async with migrated_database(mariadb_server, demo=True) as migrated:
        yield migrated


@pytest_asyncio.fixture
async def pool(database: MigratedDatabase) -> AsyncIterator[ConnectionPool]:
    """Empty of calls; patient, because a busy machine is not what is tested."""
    admin = await connect(database.admin, timeout_s=10)
    for table in (*EVENT_TABLES, "admissions", "capacity_use", "quality_figures"):
        await execute(admin, f"DELETE FROM {table}")
    await close(admin)
    service_pool = ConnectionPool(database.service, connect_s=10, query_s=20)
    yield service_pool
    await service_pool.close()


class TestMariaDBChannelRecorder(ChannelRecorderSuite):
    @pytest.fixture
    def recorder(self, pool: ConnectionPool) -> MariaDBChannelRecorder:
        return MariaDBChannelRecorder(pool)


class TestMariaDBDecisionRowsReader(DecisionRowsReaderSuite):
    @pytest.fixture
    def reader(self, pool: ConnectionPool) -> MariaDBDecisionRowsReader:
        return MariaDBDecisionRowsReader(pool, SystemClock(), "EUR")

    @pytest.fixture
    def change(self, database: MigratedDatabase) -> Change:
        async def commit() -> None:
            admin = await connect(database.admin, timeout_s=10)
            await execute(admin, "UPDATE providers SET priority = priority + 1 WHERE id = 7")
            await close(admin)

        return commit


class TestMariaDBCallReader(CallReaderSuite):
    @pytest_asyncio.fixture
    async def calls(self, pool: ConnectionPool) -> MariaDBCallReader:  # type: ignore[override]
        recorder = MariaDBChannelRecorder(pool)
        for call_id, began in BEGAN.items():
            channel = replace(CREATED.channel, unique_id=f"u-{call_id}")
            known = {"account": ACCOUNT, "called_number": CALLED, "occurred_at": began}
            await recorder.record_channel(
                replace(CREATED, call_id=call_id, channel=channel, **known)
            )
        return MariaDBCallReader(pool)


class TestMariaDBQualityStore(QualityStoreSuite):
    @pytest_asyncio.fixture
    async def quality(self, pool: ConnectionPool) -> MariaDBQualityStore:  # type: ignore[override]
        recorder = MariaDBChannelRecorder(pool)
        for number, began in enumerate(CALLS):
            channel = replace(CREATED.channel, unique_id=f"u-{number}")
            known = {"channel": channel, "call_id": f"c{number}", "occurred_at": began}
            await recorder.record_channel(replace(CREATED, route_id="g8.A", **known))
            await recorder.hangup(replace(ENDED, **known))
        return MariaDBQualityStore(pool)


class TestMariaDBAdmission(AdmissionSuite):
    @pytest.fixture
    def admission(self, pool: ConnectionPool) -> MariaDBAdmission:
        return MariaDBAdmission(pool, timeout_s=20)

    @pytest.fixture
    def hang_up(self, pool: ConnectionPool) -> HangUp:
        async def end(ended: PlacesWanted) -> None:
            channel = replace(ENDED.channel, unique_id=f"{ended.calling_unique_id}.called")
            event = replace(
                ENDED,
                channel=channel,
                call_id=ended.call_id,
                calling_unique_id=ended.calling_unique_id,
                attempt=ended.attempt,
            )
            await MariaDBChannelRecorder(pool).hangup(event)

        return end
