"""kill -9 during activation, compile and swap: an old deck or the new one is in force, whole, never a mix."""

import json
import os
import random
import re
import signal
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import grpc
import pytest
import pytest_asyncio

from dialplane.admin.v1.rates_service_pb2 import ActivateDeckRequest, RollbackDeckRequest
from dialplane.admin.v1.rates_service_pb2_grpc import RatesServiceStub
from dialplane_service.domain.kinds import Tier
from dialplane_service.domain.rates.amounts import PRICE_SCALE, scaled
from dialplane_service.ratetable.table import MappedRateTable
from tests.support.own_mariadb import OwnMariaDB, durable_mariadb, own_mariadb
from tests.support.rate_decks import CALLED, price_list, priced, rate_table, rates, table_file
from tests.support.running_service import RunningService, running_service, until

VOXBEAM, VOXBEAM_ID = ("--provider", "Voxbeam", "--tier", "CLI", "--currency", "USD"), 8
PREFIXES = [CALLED[:6], *map(str, range(100_000, 110_000))]
KILLS = 5
PATIENCE_S = 60.0


@dataclass(frozen=True)
class Decks:
    """Two decks of one owner and tier with the same prefixes; each has one price for all."""

    older: int
    newer: int
    prices: dict[int, str]

    def flip(self, service: RunningService, *, back: bool | None = None) -> None:
        """Take the newer one out of force, or put it back; whatever becomes of the question."""
        if back is None:
            back = in_force(service) == self.newer
        with suppress(grpc.RpcError), grpc.insecure_channel(service.admin_target) as channel:
            stub = RatesServiceStub(channel)
            if back:
                stub.RollbackDeck(RollbackDeckRequest(deck_id=self.newer), timeout=10)
            else:
                stub.ActivateDeck(ActivateDeckRequest(deck_id=self.newer), timeout=10)

    def assert_whole(self, file: Path) -> int:
        """The file is one that its compiler finished, and all rates are those of one deck; which one."""
        table = MappedRateTable(file)
        table.file.verify()
        now = datetime.now(UTC)
        deck = table.in_force(now).of_provider(VOXBEAM_ID, Tier.CLI)
        assert deck is not None
        price = scaled(Decimal(self.prices[deck.id]), PRICE_SCALE)
        assert table.rate_count == sum(each.row_count for each in table.catalogue.decks)
        for prefix in PREFIXES[::20]:
            rate = table.matches(prefix, now, (deck.id,)).rate(0)
            assert rate is not None
            assert (rate.price_per_minute, rate.id >> 24) == (price, deck.id)
        return deck.id

    def assert_decides(self, service: RunningService) -> int:
        """A decision's deck, price and row are of one deck; which one."""
        found = priced(service)
        deck_id = int(found.row.removeprefix("rates#")) >> 24
        assert found.price == self.prices[deck_id], found
        return deck_id


def in_force(service: RunningService) -> int:
    """The deck that MariaDB says is in force."""
    decks = rates(service, "list", "--provider", "Voxbeam")["decks"]
    (deck_id,) = [deck["deck_id"] for deck in decks if deck["in_force"] and deck["tier"] == "CLI"]
    return int(deck_id)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def mariadb() -> AsyncIterator[OwnMariaDB]:
    with durable_mariadb() as server:
        async with own_mariadb(server) as own:
            yield own


@pytest.fixture(scope="module")
def service(mariadb: OwnMariaDB) -> Iterator[RunningService]:
    with running_service(mariadb.database.service_url) as running:
        yield running


@pytest.fixture(scope="module")
def decks(service: RunningService, tmp_path_factory: pytest.TempPathFactory) -> Decks:
    folder, prices = tmp_path_factory.mktemp("lists"), {}
    for name, price in (("older.csv", "0.03"), ("newer.csv", "0.07")):
        file = price_list(folder / name, price, PREFIXES)
        prices[rates(service, "import", file, *VOXBEAM)["deck"]["deck_id"]] = price
    older, newer = sorted(prices)
    return Decks(older, newer, prices)


@pytest.fixture(autouse=True)
def _settled(service: RunningService, decks: Decks, mariadb: OwnMariaDB) -> None:
    settle(service, mariadb)
    assert decks.assert_whole(table_file(service)) == in_force(service)


def settle(service: RunningService, mariadb: OwnMariaDB, questions: int = 1) -> None:
    """Wait until what MariaDB says now decides: for whoever is asked, each time over a new connection."""
    with mariadb.connection() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT version FROM data_version")
        (version,) = cursor.fetchone()

    def settled() -> bool:
        with suppress(grpc.RpcError):
            tables = [rate_table(service) for _ in range(questions)]
            return all(each.up_to_date and each.data_version >= version for each in tables)
        return False

    until(settled, PATIENCE_S)


def compilers(*parents: int) -> list[int]:
    """The compiling processes below others."""
    found = []
    for parent in parents:
        children = Path(f"/proc/{parent}/task").glob("*/children")
        pids = {int(pid) for each in children for pid in each.read_text().split()}
        for pid in pids:
            with suppress(FileNotFoundError, ProcessLookupError):
                if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    found.append(pid)
    return found


def await_compiler(*parents: int) -> int:
    until(lambda: bool(compilers(*parents)), PATIENCE_S)
    return compilers(*parents)[0]


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text().rpartition(") ")[2].startswith("Z")


def kill_at_random(
    service: RunningService,
    decks: Decks,
    mariadb: OwnMariaDB,
    chance: random.Random,
    kills: int,
) -> Counter[int]:
    """Flip, kill, look at the file, start, ask; how often which deck was found on disk."""
    began = time.monotonic()
    decks.flip(service)
    settle(service, mariadb)
    longest = 1.2 * (
        time.monotonic() - began
    )  # so that some kills come before the swap, some after
    found: Counter[int] = Counter()
    for _ in range(kills):
        back = in_force(service) == decks.newer
        flip = threading.Thread(target=decks.flip, args=(service,), kwargs={"back": back})
        flip.start()
        time.sleep(chance.random() * longest)
        service.kill()
        flip.join()
        on_disk = decks.assert_whole(table_file(service))
        found[on_disk] += 1
        service.start()
        assert decks.assert_decides(service) in decks.prices, "at once"
        settle(service, mariadb)
        assert decks.assert_decides(service) == in_force(service)
        assert decks.assert_whole(table_file(service)) == in_force(service)
        assert not list(table_file(service).parent.glob("*.tmp"))
    return found


def test_the_service_is_killed_at_random_moments(
    service: RunningService, decks: Decks, mariadb: OwnMariaDB, seed: int
) -> None:
    kill_at_random(service, decks, mariadb, random.Random(f"{seed}/kill"), KILLS)


@pytest.mark.soak
def test_the_service_is_killed_often(
    service: RunningService, decks: Decks, mariadb: OwnMariaDB, seed: int
) -> None:
    found = kill_at_random(service, decks, mariadb, random.Random(f"{seed}/often"), 20)
    assert set(found) == set(decks.prices), "some kills came before the swap, some after it"


def test_the_compiler_is_killed(
    service: RunningService, decks: Decks, mariadb: OwnMariaDB, seed: int
) -> None:
    chance, before = random.Random(f"{seed}/compiler"), in_force(service)
    decks.flip(service)
    pid = await_compiler(service.process.pid)
    time.sleep(chance.random() / 2)
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    assert decks.assert_whole(table_file(service)) in decks.prices
    assert decks.assert_decides(service) in decks.prices
    settle(service, mariadb)
    assert decks.assert_decides(service) == in_force(service) != before


def test_a_service_that_is_killed_leaves_no_compiler(service: RunningService, decks: Decks) -> None:
    decks.flip(service)
    pid = await_compiler(service.process.pid)
    service.kill()
    until(lambda: gone(pid), PATIENCE_S)
    service.start()


def test_sigterm_ends_a_compile(service: RunningService, decks: Decks) -> None:
    decks.flip(service)
    pid = await_compiler(service.process.pid)
    began = time.monotonic()
    assert service.stop() == 0
    assert time.monotonic() - began < 5
    assert gone(pid)
    service.start()


def test_mariadb_is_killed_during_a_compile(
    service: RunningService, decks: Decks, mariadb: OwnMariaDB, seed: int
) -> None:
    chance = random.Random(f"{seed}/mariadb")
    decks.flip(service)
    await_compiler(service.process.pid)
    time.sleep(chance.random() / 2)
    mariadb.kill()
    try:
        for _ in range(5):
            assert decks.assert_decides(service) in decks.prices
            assert decks.assert_whole(table_file(service)) in decks.prices
    finally:
        mariadb.start()
    settle(service, mariadb)


def test_of_several_workers_one_compiles_and_the_next_takes_its_place(
    service: RunningService, decks: Decks, mariadb: OwnMariaDB
) -> None:
    """The worker that compiles is killed; another one, or its successor, compiles for both."""
    with running_service(mariadb.database.service_url, DIALPLANE_WORKERS="2") as two:
        pids = [int(pid) for pid in re.findall(r'"pid": ?(\d+)', two.log.read_text())]
        assert len(pids) == 2, two.log.read_text()
        everyone_has(two, decks, mariadb)
        decks.flip(two)
        everyone_has(two, decks, mariadb)
        log = [json.loads(line) for line in two.log.read_text().splitlines()]
        compiled = Counter(
            line["version"] for line in log if line.get("event") == "rate_table_compiled"
        )
        assert set(compiled.values()) == {1}, "each version once, not once a worker"
        decks.flip(two)
        compiler = await_compiler(*pids)
        worker = int(Path(f"/proc/{compiler}/stat").read_text().rpartition(") ")[2].split()[1])
        os.kill(worker, signal.SIGKILL)
        until(lambda: gone(compiler), PATIENCE_S)
        everyone_has(two, decks, mariadb)
        decks.assert_whole(table_file(two))


def everyone_has(service: RunningService, decks: Decks, mariadb: OwnMariaDB) -> None:
    """Whichever worker is asked decides by the deck in force."""
    settle(service, mariadb, questions=12)
    assert {decks.assert_decides(service) for _ in range(12)} == {in_force(service)}
