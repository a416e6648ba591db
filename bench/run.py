"""The measurements of one run, one after the other, on one service and one database."""

import asyncio
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from tests.support.running_service import RunningService, until
from tests.support.schema import MigratedDatabase, migrated_database

from bench import echo, questions, rate_tables, tables
from bench.compiling import Compiling, compile_rates, fetch
from bench.decisions import Compared, Plan, answers, compare
from bench.forked import forked
from bench.imports import imports
from bench.longest_prefix import INDEX, NO_INDEX, by_sql
from bench.memory import Memory, memory, serving_pids, warm
from bench.offline import Source
from bench.parts import parts
from bench.recording import CONNECTIONS, record
from bench.restart import Restarts, restarts
from bench.service import serving
from bench.sizes import Size, measure, small_table
from bench.stock import add_deck, load_world, run
from bench.swap import PREPARED, swaps
from bench.targets import Target
from bench.world import FIRST_PROVIDER, World
from dialplane.routing.v1.build_dial_string_pb2 import BuildDialStringResponse
from dialplane_service.ratetable.compile_rates import TABLE_FILE
from dialplane_service.ratetable.table import MappedRateTable

SMALL, MIDDLE = 50_000, 500_000
_ANSWERS = 1000
_MOST_PER_SECOND = 8000
_PROCESSES = 100
_SWAPS = 3
_SWAP_REST_S = 6.0
_SQL_SECONDS = 3.0
_PARTS_QUESTIONS = 10_000
_PATIENCE = 300


@contextmanager
def step(what: str, total: int | None = None) -> Iterator[Callable[[], None]]:
    """Show on a terminal what takes so long."""
    columns = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
    with Progress(
        *columns, console=Console(stderr=True), transient=True, refresh_per_second=2
    ) as bar:
        task = bar.add_task(what, total=total)
        done = iter(range(1, 10**9))

        def advance() -> None:
            of = "" if total is None else f" {next(done)}/{total}"
            bar.update(task, description=f"{what}{of}", advance=1)

        yield advance


@dataclass
class Run:
    """What the measurements share. ``files``: the folder of the service's last good files."""

    console: Console
    database: MigratedDatabase
    world: World
    plan: Plan
    files: Path
    mariadb_pid: int
    targets: list[Target] = field(default_factory=list)

    @property
    def data_file(self) -> Path:
        return self.files / "decision-data"

    @property
    def table_file(self) -> Path:
        return self.files / "decision-data.rates" / TABLE_FILE

    def build_questions(self, count: int) -> list[bytes]:
        made = questions.build_dial_strings(self.world, count)
        return [each.SerializeToString() for each in made]

    async def everything(self) -> list[Target]:
        """Measure all, print the figures as they come, and give what is held to a target."""
        await self.load()
        await self.compiling()
        with serving(self.database.service_url, self.data_file) as service:
            until(self.data_file.exists, 30)
            await self.restarting(service)
            compared = await self.deciding(service)
            await self.remembering(service)
            await self.recording(service)
            sizes = await self.sizing()
            await self.other_ways(compared, sizes[-1])
            await self.swapping(service)
            self.importing(service)
        return self.targets

    async def load(self) -> None:
        with step(f"Loading {self.world.rates:,} rates, list", len(self.world.providers)) as done:
            load_world(self.database, self.world, self.files, done)

    async def compiling(self) -> None:
        with step("Compiling all rates from MariaDB"):
            catalogue, compiled = await compile_rates(self.database, self.table_file.parent)
        with step("Fetching all rates"):
            fetched = fetch(self.database, catalogue)
        compiling = Compiling(self.world.rates, compiled, fetched)
        rate_tables.show_compiling(self.console, compiling)
        self.target("full compile / bare fetch", compiling.ratio, "≤", 1.5)

    async def restarting(self, service: RunningService) -> None:
        small = await self._small()
        with step(f"Restarting on {self.world.rates:,} rates"):
            large = self._restarts(service, self.world)
        rate_tables.show_restarts(self.console, [small, large])
        for name, ratio in (
            ("there", large.with_mariadb / small.with_mariadb),
            ("away", large.without / small.without),
        ):
            self.target(f"restart, MariaDB {name}: all rates / {SMALL:,}", ratio, "≤", 1.3)

    async def _small(self) -> Restarts:
        world = World(SMALL, self.world.seed)
        with (
            step(f"Restarting on {SMALL:,} rates"),
            tempfile.TemporaryDirectory(prefix="dialplane-bench-") as name,
        ):
            async with migrated_database(self.database.server, demo=True) as database:
                other = replace(self, database=database, world=world, files=Path(name))
                load_world(database, world, other.files, lambda: None)
                await compile_rates(database, other.table_file.parent)
                with serving(database.service_url, other.data_file) as service:
                    until(other.data_file.exists, 30)
                    return self._restarts(service, world)

    def _restarts(self, service: RunningService, world: World) -> Restarts:
        (question,) = questions.build_dial_strings(world, 1)
        return restarts(service, question, world.rates, self.mariadb_pid)

    async def deciding(self, service: RunningService) -> Compared:
        """The echo answers with what the service said to the first questions."""
        count = int((self.plan.rounds + 1) * self.plan.seconds * _MOST_PER_SECOND) + 1000
        with step("Making questions"):
            classify = [
                each.SerializeToString() for each in questions.classify_calls(self.world, count)
            ]
            build = self.build_questions(2 * count)
            asked = {"ClassifyCall": classify, "BuildDialString": build[:count]}
        with tempfile.TemporaryDirectory(prefix="dialplane-bench-") as folder:
            for method, requests in asked.items():
                given = await answers(service.target, method, requests[:_ANSWERS])
                echo.write_answers(Path(folder), method, given)
            with serving(
                self.database.service_url,
                self.data_file,
                module="bench.echo",
                BENCH_ANSWERS=folder,
            ) as bare:
                with step("Deciding through gRPC, admission off"):
                    compared = await compare(service, bare, asked, self.plan)
                with step("Deciding through gRPC, admission on"):
                    await self._limit(service, "4000000", build[count - 1])
                    limited = {"BuildDialString": build[count:]}
                    admitted = await compare(service, bare, limited, self.plan)
                    await self._limit(service, "NULL", build[count - 1])
        tables.show_compared(self.console, compared, self.plan.callers, "no provider has limits")
        tables.show_compared(self.console, admitted, self.plan.callers, "all providers have limits")
        decided = compared[-1]
        ratio = decided.service.ratio(decided.echo)
        self.target("BuildDialString / echo, calls/s, admission off", ratio, "≥", 0.7)
        return decided

    async def _limit(self, service: RunningService, most: str, question: bytes) -> None:
        """Give all providers limits that are never reached, or none; until the service knows."""
        (before,) = await answers(service.target, "BuildDialString", [question])
        run(
            self.database,
            f"UPDATE providers SET most_channels = {most}, most_calls_per_second = {most}"
            f" WHERE id >= {FIRST_PROVIDER}",
        )
        version = BuildDialStringResponse.FromString(before).data_version
        for _ in range(_PATIENCE):
            (now,) = await answers(service.target, "BuildDialString", [question])
            if BuildDialStringResponse.FromString(now).data_version != version:
                return
            await asyncio.sleep(0.1)
        raise AssertionError("the service did not take up the providers' limits")

    async def remembering(self, service: RunningService) -> None:
        """One worker after the load before; then two after some of their own."""
        found = self._memory(service, 1)
        with step("Loading two workers"):
            service.stop()
            service.environment["DIALPLANE_WORKERS"] = "2"
            service.start()
            await warm(service.target, self.build_questions(_PARTS_QUESTIONS))
            found += self._memory(service, 2)
            service.stop()
            del service.environment["DIALPLANE_WORKERS"]
            service.start()
        rate_tables.show_memory(self.console, found)
        most = max(each.private for each in found)
        self.target("private memory of a worker, MB", most, "≤", 150)

    def _memory(self, service: RunningService, workers: int) -> list[Memory]:
        pids = serving_pids(service.process.pid, workers)
        assert len(pids) == workers, pids
        return [memory(pid, workers, self.table_file) for pid in pids]

    async def recording(self, service: RunningService) -> None:
        with step("Recording"):
            recording = await record(
                service, self.database, rounds=self.plan.rounds, seconds=self.plan.seconds
            )
        tables.show_recording(self.console, recording, CONNECTIONS)

    async def sizing(self) -> list[Size]:
        source, table = Source(self.data_file), MappedRateTable(self.table_file)
        with (
            tempfile.TemporaryDirectory(prefix="dialplane-bench-") as name,
            step("Deciding in process"),
        ):
            sides = []
            for rates in (SMALL, MIDDLE):
                if rates < self.world.rates:
                    world, folder = World(rates, self.world.seed), Path(name) / str(rates)
                    sides.append((world, small_table(world, source, folder)))
            sizes = measure(source, [*sides, (self.world, table)])
            classify = list(questions.classify_calls(self.world, _PARTS_QUESTIONS))
            build = list(questions.build_dial_strings(self.world, _PARTS_QUESTIONS, salt=4))
            timed = parts(source, table, classify, build)
        tables.show_parts(self.console, timed)
        rate_tables.show_sizes(self.console, sizes)
        largest, smallest = sizes[-1], sizes[0]
        name = f"decision at {largest.rates:,} / {smallest.rates:,} rates"
        self.target(f"{name}, pricing and order", largest.ratio("ranking", smallest), "≤", 1.3)
        self.target(f"{name}, all of it", largest.ratio("decision", smallest), "≤", 1.3)
        self.target("mapping, bytes per rate", largest.file_bytes / largest.rates, "≤", 80)
        return sizes

    async def other_ways(self, own: Compared, size: Size) -> None:
        numbers = self.world.numbers(100_000, salt=3)
        with step("Adding an index for SQL"):
            run(self.database, INDEX)
        with step("Deciding by SQL"):
            sql = await by_sql(self.database, numbers, self.mariadb_pid, _SQL_SECONDS)
        with step("Deciding by a process each"):
            script = forked(self.database, numbers[-_PROCESSES:], self.mariadb_pid)
        run(self.database, NO_INDEX)
        rate_tables.show_other_ways(self.console, own.service, size.us("ranking"), sql, script)
        spent = (script.process_cpu_s + script.mariadb_cpu_s) / script.decisions * 1e6
        name = "decisions/CPU-s, BuildDialString / a process each"
        self.target(name, spent / own.service.cpu_us, "≥", 100)

    async def swapping(self, service: RunningService) -> None:
        providers = [each for each in self.world.providers if each.shows_any_number][:_SWAPS]
        with step("Activating decks under load"):
            decks = []
            for each in providers:
                lines = self.world.price_list(each, again=1)
                decks.append(add_deck(self.database, each, lines, self.files))
            asked = self.build_questions(PREPARED)
            swapped = await swaps(
                service, asked, decks, rows=self.world.per_list, rest_s=_SWAP_REST_S
            )
        rate_tables.show_swaps(self.console, swapped)
        self.target("p99 during a swap / at rest", swapped.ratio, "≤", 2)

    def importing(self, service: RunningService) -> None:
        rows = self.world.rates // 5
        with step(f"Importing {rows:,} rows"):
            done = imports(
                service,
                self.database,
                self.world.providers[-1],
                rows,
                self.world.seed,
                self.files,
                self.mariadb_pid,
            )
        rate_tables.show_imports(self.console, done)
        self.target("import / LOAD DATA, same keys and checks", done.ratio, "≤", 2.5)

    def target(self, name: str, measured: float, sign: str, bound: float) -> None:
        self.targets.append(Target(name, measured, sign, bound))
