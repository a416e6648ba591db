"""kill -9 at any point: an old deck or a new one is in force, whole; what was half-loaded goes away."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from tools.private_mariadb import PrivateMariaDB
from tools.temporary_mariadb import temporary_mariadb

from dialplane_service.application.errors import DatabaseUnavailableError, DeckStateError
from dialplane_service.application.upload_deck import Part, UploadDeck
from dialplane_service.bootstrap import SystemClock
from dialplane_service.domain.rate_decks import (
    DeckHeader,
    DeckOwner,
    DeckState,
    RateChunk,
    RateText,
)
from dialplane_service.domain.rate_sheets.records import Terms
from dialplane_service.mariadb.connection import close, connect, execute
from dialplane_service.mariadb.pool import ConnectionPool
from dialplane_service.mariadb.rate_deck_store import MariaDBRateDeckStore
from tests.support.database import DatabaseServer
from tests.support.schema import MigratedDatabase, migrated_database

HEADER = DeckHeader(DeckOwner(provider="Voxbeam"), None, "USD", None, None, "test")
ROWS = 2000


@pytest.fixture(scope="module")
def server() -> Iterator[PrivateMariaDB]:
    """A server of this file's own, which it kills."""
    with temporary_mariadb() as private:
        yield private


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def database(
    server: PrivateMariaDB, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[MigratedDatabase]:
    fixed = tmp_path_factory.getbasetemp() / "rates.s"
    fixed.symlink_to(server.socket)
    url = server.url().replace(str(server.socket), str(fixed))
    async with migrated_database(DatabaseServer(url), demo=True) as migrated:
        careful(migrated)
        yield migrated


@pytest_asyncio.fixture
async def store(database: MigratedDatabase) -> AsyncIterator[MariaDBRateDeckStore]:
    pool = ConnectionPool(database.service, connect_s=10, query_s=20)
    yield MariaDBRateDeckStore(pool, SystemClock())
    await pool.close()


def again(server: PrivateMariaDB, database: MigratedDatabase) -> None:
    """Kill the server as a power cut would, and start it."""
    server.stop(at_once=True)
    server.start()
    fixed = Path(database.admin.unix_socket or "")
    fixed.unlink(missing_ok=True)
    fixed.symlink_to(server.socket)
    careful(database)


def careful(database: MigratedDatabase) -> None:
    """Throw-away servers do not care for the disk; this one is killed."""
    database.server.execute("SET GLOBAL innodb_flush_log_at_trx_commit = 1")


def chunk(number: int) -> RateChunk:
    first = 100_000 + number * ROWS
    rates: list[RateText] = [(str(first + row), "somewhere", "0.01") for row in range(ROWS)]
    return RateChunk([(Terms(), rates)], ROWS)


async def parts(count: int, pause: asyncio.Event | None = None) -> AsyncIterator[Part]:
    for number in range(count):
        yield chunk(number)
        if pause is not None and number == count // 2:
            pause.set()
            await asyncio.sleep(0)


async def counted(database: MigratedDatabase, statement: str) -> int:
    connection = await connect(database.admin, timeout_s=10)
    ((number,),) = await execute(connection, statement)
    await close(connection)
    return int(number)


async def test_a_database_that_dies_during_an_import(
    server: PrivateMariaDB, database: MigratedDatabase
) -> None:
    pool = ConnectionPool(database.service, connect_s=10, query_s=20)
    store = MariaDBRateDeckStore(pool, SystemClock())
    halfway = asyncio.Event()
    before = await counted(database, "SELECT version FROM data_version")
    upload = asyncio.create_task(UploadDeck(store, SystemClock())(HEADER, parts(40, halfway)))
    await halfway.wait()
    await asyncio.to_thread(again, server, database)
    with pytest.raises(DatabaseUnavailableError):
        await upload
    await pool.close()
    assert await counted(database, "SELECT version FROM data_version") == before
    assert await counted(database, "SELECT COUNT(*) FROM rate_decks WHERE state = 'LOADING'") == 1
    missing = (
        "SELECT COUNT(*) FROM rate_decks WHERE state = 'LOADING' AND row_count <>"
        " (SELECT COUNT(*) FROM rates WHERE deck_id = rate_decks.id)"
    )
    assert await counted(database, missing) == 0, "each chunk whole or not at all"


async def test_what_was_left_behind_is_swept_away(
    database: MigratedDatabase, store: MariaDBRateDeckStore
) -> None:
    await store.sweep()
    loading = "SELECT COUNT(*) FROM rate_decks WHERE state = 'LOADING'"
    assert await counted(database, loading) == 1, "it may still be loaded"
    connection = await connect(database.admin, timeout_s=10)
    await execute(
        connection,
        "UPDATE rate_decks SET touched_at = touched_at - INTERVAL 11 MINUTE WHERE state = 'LOADING'",
    )
    await close(connection)
    uploaded = await UploadDeck(store, SystemClock())(HEADER, parts(1))
    assert await counted(database, loading) == 0
    orphans = "SELECT COUNT(*) FROM rates WHERE deck_id NOT IN (SELECT id FROM rate_decks)"
    assert await counted(database, orphans) == 0
    assert uploaded.deck.state is DeckState.READY


async def test_a_client_that_goes_away_leaves_nothing(
    database: MigratedDatabase, store: MariaDBRateDeckStore
) -> None:
    halfway = asyncio.Event()
    before = await counted(database, "SELECT COUNT(*) FROM rates")
    upload = asyncio.create_task(UploadDeck(store, SystemClock())(HEADER, parts(10, halfway)))
    await halfway.wait()
    upload.cancel()
    with pytest.raises(asyncio.CancelledError):
        await upload
    for _ in range(200):
        if await counted(database, "SELECT COUNT(*) FROM rate_decks WHERE state = 'LOADING'") == 0:
            break
        await asyncio.sleep(0.05)
    assert await counted(database, "SELECT COUNT(*) FROM rates") == before


async def test_a_database_that_dies_during_activations(
    server: PrivateMariaDB, database: MigratedDatabase, seed: int
) -> None:
    chance = random.Random(seed)
    pool = ConnectionPool(database.service, connect_s=10, query_s=20)
    store = MariaDBRateDeckStore(pool, SystemClock())
    decks = [(await UploadDeck(store, SystemClock())(HEADER, parts(1))).deck.id for _ in range(2)]
    for deck_id in decks:
        await store.activate(deck_id)

    async def flip() -> None:
        while True:
            await store.roll_back(decks[1])
            await store.activate(decks[1])

    flipping = asyncio.create_task(flip())
    await asyncio.sleep(0.1 + chance.random() / 5)
    await asyncio.to_thread(again, server, database)
    with pytest.raises(DatabaseUnavailableError):
        await asyncio.wait_for(flipping, 20)
    await pool.close()
    fresh = ConnectionPool(database.service, connect_s=10, query_s=20)
    known = await MariaDBRateDeckStore(fresh, SystemClock()).decks()
    holding = [
        deck for deck in known if deck.owner == HEADER.owner and deck.tier is None and deck.in_force
    ]
    assert len(holding) == 1
    assert holding[0].id in decks
    assert holding[0].rate_count == ROWS
    await fresh.close()


async def test_a_chunk_sent_twice_is_there_once(
    database: MigratedDatabase, store: MariaDBRateDeckStore
) -> None:
    deck_id = await store.begin(HEADER, "f" * 32)
    assert await store.begin(HEADER, "f" * 32) == deck_id
    for _ in range(2):
        await store.load(deck_id, 0, chunk(0))
    await store.load(deck_id, ROWS, chunk(1))
    with pytest.raises(DeckStateError):
        await store.load(deck_id, 5 * ROWS, chunk(5))
    for _ in range(2):
        await store.finish(deck_id, "0" * 64)
    with pytest.raises(DeckStateError):
        await store.load(deck_id, 2 * ROWS, chunk(2))
    (deck,) = [deck for deck in await store.decks() if deck.id == deck_id]
    assert (deck.rate_count, deck.state) == (2 * ROWS, DeckState.READY)
