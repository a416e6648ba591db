"""The ports that MariaDB stands behind pass the suites that their fakes pass."""

from collections.abc import AsyncIterator

import pytest_asyncio

from dialplane_service.mariadb.channel_recorder import MariaDBChannelRecorder
from dialplane_service.mariadb.pool import ConnectionPool
from tests.ports.channel_recorder import ChannelRecorderSuite
from tests.support.database import DatabaseServer
from tests.support.schema import migrated_database


class TestMariaDBChannelRecorder(ChannelRecorderSuite):
    @pytest_asyncio.fixture
    async def recorder(  # type: ignore[override]
        self, mariadb_server: DatabaseServer
    ) -> AsyncIterator[MariaDBChannelRecorder]:
        async with migrated_database(mariadb_server, demo=True) as database:
            pool = ConnectionPool(database.service, connect_s=10, query_s=20)
            yield MariaDBChannelRecorder(pool)
            await pool.close()
