"""MariaDB killed, stopped and back: told at once, never a hang, recovered without help."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from tools.private_mariadb import PrivateMariaDB
from tools.temporary_mariadb import temporary_mariadb

from dialplane_service.application.errors import DatabaseUnavailableError
from dialplane_service.mariadb.channel_recorder import MariaDBChannelRecorder
from dialplane_service.mariadb.connection import close, connect, execute
from dialplane_service.mariadb.database_inspector import MariaDBInspector
from dialplane_service.mariadb.pool import QUERY_SECONDS, ConnectionPool
from tests.mariadb.samples import created, ended
from tests.support.database import DatabaseServer
from tests.support.schema import MigratedDatabase, migrated_database

AT_ONCE_SECONDS = 0.2
RECOVERY_SECONDS = 20.0


@pytest.fixture(scope="module")
def server() -> Iterator[PrivateMariaDB]:
    """A server of this file's own, which it may break."""
    with temporary_mariadb() as private:
        yield private


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def database(
    server: PrivateMariaDB, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[MigratedDatabase]:
    """A database behind a socket whose path outlives a restart."""
    fixed = tmp_path_factory.getbasetemp() / "mariadb.sock"
    point(fixed, server)
    url = server.url().replace(str(server.socket), str(fixed))
    async with migrated_database(DatabaseServer(url)) as migrated:
        # Throw-away servers do not care for the disk; this one is killed.
        migrated.server.execute("SET GLOBAL innodb_flush_log_at_trx_commit = 1")
        yield migrated
        with suppress(FileNotFoundError):
            server.start()
            point(fixed, server)


@pytest_asyncio.fixture
async def pool(database: MigratedDatabase) -> AsyncIterator[ConnectionPool]:
    """With the limits of the service."""
    service_pool = ConnectionPool(database.service)
    yield service_pool
    await service_pool.close()


def point(fixed: Path, server: PrivateMariaDB) -> None:
    fixed.unlink(missing_ok=True)
    fixed.symlink_to(server.socket)


async def recovered(recorder: MariaDBChannelRecorder, unique_id: str) -> None:
    """Record an event as a host does that keeps trying."""
    deadline = time.monotonic() + RECOVERY_SECONDS
    while True:
        try:
            await recorder.hangup(ended(unique_id))
        except DatabaseUnavailableError:
            assert time.monotonic() < deadline, "it does not recover"
            await asyncio.sleep(0.05)
        else:
            return


async def test_a_stopped_server_is_told_within_the_limit_and_then_at_once(
    server: PrivateMariaDB, pool: ConnectionPool
) -> None:
    recorder = MariaDBChannelRecorder(pool)
    await recorder.record_channel(created("stopped"))
    process = server.pid
    assert process is not None
    os.kill(process, signal.SIGSTOP)
    try:
        began = time.monotonic()
        with pytest.raises(DatabaseUnavailableError):
            await recorder.hangup(ended("stopped"))
        assert time.monotonic() - began < QUERY_SECONDS + AT_ONCE_SECONDS
        began = time.monotonic()
        for _ in range(100):
            with pytest.raises(DatabaseUnavailableError):
                await recorder.hangup(ended("stopped"))
        assert time.monotonic() - began < AT_ONCE_SECONDS
        (finding,) = await MariaDBInspector(pool).inspect()
        assert finding.code == "database_unavailable"
    finally:
        os.kill(process, signal.SIGCONT)
    await recovered(recorder, "stopped")


async def test_a_killed_server_is_told_at_once_and_loses_nothing(
    server: PrivateMariaDB, database: MigratedDatabase, pool: ConnectionPool
) -> None:
    recorder = MariaDBChannelRecorder(pool)
    await asyncio.gather(*(recorder.record_channel(created(f"kill-{n}")) for n in range(20)))
    server.stop(at_once=True)
    began = time.monotonic()
    with pytest.raises(DatabaseUnavailableError):
        await recorder.hangup(ended("kill-0"))
    with pytest.raises(DatabaseUnavailableError):
        await pool.run(lambda connection: execute(connection, "SELECT 1"))
    assert time.monotonic() - began < AT_ONCE_SECONDS
    server.start()
    point(Path(database.service.unix_socket or ""), server)
    await recovered(recorder, "kill-0")
    admin = await connect(database.admin, timeout_s=5)
    ((count,),) = await execute(admin, "SELECT COUNT(*) FROM events WHERE unique_id LIKE 'kill-%'")
    await close(admin)
    assert count == 21


async def test_connections_that_died_idle_are_replaced_unnoticed(
    database: MigratedDatabase, pool: ConnectionPool
) -> None:
    recorder = MariaDBChannelRecorder(pool)
    await asyncio.gather(*(recorder.record_channel(created(f"idle-{n}")) for n in range(8)))
    admin = await connect(database.admin, timeout_s=5)
    await execute(admin, f"KILL USER `{database.service.user}`@localhost")
    for number in range(8):
        assert not (await recorder.hangup(ended(f"idle-{number}"))).already_recorded
    await close(admin)


async def test_a_wrong_password_is_an_outage_that_says_so(database: MigratedDatabase) -> None:
    wrong = DatabaseServer(database.service_url.replace("only-for-tests", "wrong"))
    pool = ConnectionPool(MigratedDatabase(wrong, database.name, "", wrong.url).service)
    with pytest.raises(DatabaseUnavailableError, match="Access denied") as caught:
        await pool.run(lambda connection: execute(connection, "SELECT 1"))
    assert "wrong" not in str(caught.value)
    await pool.close()


async def test_a_crowd_waits_its_turn_and_no_longer(database: MigratedDatabase) -> None:
    pool = ConnectionPool(database.service, size=2, query_s=0.5)
    began = time.monotonic()
    answers = await asyncio.gather(
        *(pool.run(lambda connection: execute(connection, "SELECT SLEEP(0.2)")) for _ in range(20)),
        return_exceptions=True,
    )
    assert time.monotonic() - began < 1.0
    refused = [each for each in answers if isinstance(each, DatabaseUnavailableError)]
    assert 0 < len(refused) < 20
    assert all(isinstance(each, list | DatabaseUnavailableError) for each in answers)
    await asyncio.sleep(0.3)
    assert await pool.run(lambda connection: execute(connection, "SELECT 1")) == [(1,)]
    await pool.close()


async def test_one_slow_query_refuses_nobody_else(pool: ConnectionPool) -> None:
    async def slow(connection: Any) -> None:
        await execute(connection, "SELECT SLEEP(3)")

    async def quick(connection: Any) -> None:
        await execute(connection, "SELECT 1")

    waiting = asyncio.create_task(pool.run(slow))
    done = 0
    while not waiting.done():
        await pool.run(quick)
        done += 1
        await asyncio.sleep(0.02)
    with pytest.raises(DatabaseUnavailableError, match="did not answer within"):
        await waiting
    await pool.run(quick)
    assert done > 1
