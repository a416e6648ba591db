"""The figures about rates, for people."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from bench.compiling import Compiling
from bench.forked import Forked
from bench.imports import Imports
from bench.load import Measured
from bench.longest_prefix import BySql
from bench.memory import Memory
from bench.restart import Restarts
from bench.sizes import Size
from bench.swap import PER_SECOND, Swaps, percentile


def show_sizes(console: Console, sizes: Sequence[Size]) -> None:
    table = _table(
        "One decision in process, by the number of rates; CPU µs",
        "rates",
        "prefixes of all lists",
        "and prices, order",
        "whole BuildDialString",
        "file, bytes/rate",
    )
    for size in sizes:
        times = [f"{size.us(what):.1f}" for what in ("prefixes", "ranking", "decision")]
        table.add_row(f"{size.rates:,}", *times, f"{size.file_bytes / size.rates:.1f}")
    largest, smallest = sizes[-1], sizes[0]
    ratios = [
        f"{largest.ratio(what, smallest):.2f}" for what in ("prefixes", "ranking", "decision")
    ]
    table.add_row("largest / smallest", *ratios, "", style="bold")
    console.print(table)


def show_other_ways(
    console: Console, own: Measured, ranking_us: float, sql: BySql, script: Forked
) -> None:
    table = _table("Other ways to a decision", "way", "one takes", "CPU µs", "decisions/CPU-s")

    def row(way: str, takes: str, cpu_us: float) -> None:
        table.add_row(way, takes, f"{cpu_us:,.0f}", f"{1e6 / cpu_us:,.0f}")

    row("rate table, in process", f"{ranking_us / 1000:.3f} ms", ranking_us)
    sql_us = sql.many.own_cpu_us + sql.mariadb_cpu_us
    one = sorted(sql.one.latencies)[len(sql.one.latencies) // 2] * 1000
    row(f"SQL, pooled, {sql.many.per_second:,.0f}/s with 8 callers", f"{one:.3f} ms", sql_us)
    table.add_row(
        "SQL / rate table",
        f"{one * 1000 / ranking_us:.1f}",
        f"{sql_us / ranking_us:.1f}",
        "",
        style="bold",
        end_section=True,
    )
    spent = (script.process_cpu_s + script.mariadb_cpu_s) / script.decisions * 1e6
    row("a process per decision, PyMySQL", f"{script.median_ms:.0f} ms", spent)
    row("BuildDialString, the service", f"{own.percentile(50):.2f} ms", own.cpu_us)
    both = own.cpu_us + own.own_cpu_us
    row("BuildDialString, service and caller", f"{own.percentile(50):.2f} ms", both)
    for name, cost in (("service", own.cpu_us), ("service and caller", both)):
        table.add_row(
            f"a process per decision / {name}", "", f"{spent / cost:,.0f}", "", style="bold"
        )
    console.print(table)
    console.print(
        "SQL: one statement over a covering index (prefix, list); callers and MariaDB are counted, as"
        " is picking the longest and the cheapest. A process: its whole life and MariaDB's share,"
        f" {script.mariadb_cpu_s / script.decisions * 1e6:,.0f} µs. Callers of BuildDialString are"
        " this program's."
    )


def show_compiling(console: Console, compiling: Compiling) -> None:
    table = _table("Full compile from MariaDB", "what", "s", "rates/s", "process CPU s")
    fetched, compiled = compiling.fetched, compiling.compiled
    for name, spent in (("bare fetch, server-side cursor", fetched), ("compile", compiled)):
        rate = f"{compiling.rates / spent.seconds:,.0f}"
        table.add_row(name, f"{spent.seconds:.1f}", rate, f"{spent.cpu_seconds:.1f}")
    cpu = compiled.cpu_seconds / fetched.cpu_seconds
    table.add_row("compile / fetch", f"{compiling.ratio:.2f}", "", f"{cpu:.2f}", style="bold")
    console.print(table)


def show_memory(console: Console, memories: Sequence[Memory]) -> None:
    table = _table("Memory of a worker after load; MB (10^6)", "workers", "private", "table, Rss")
    for each in memories:
        table.add_row(f"{each.workers}", f"{each.private:.1f}", f"{each.table:.1f}")
    console.print(table)
    console.print(
        "Private: Private_Clean and Private_Dirty of smaps, all mappings but the rate table's file,"
        " whose pages belong to the page cache and are shared by whoever maps it."
    )


def show_swaps(console: Console, swaps: Swaps) -> None:
    title = f"A deck of {swaps.rows:,} rows is activated, {PER_SECOND} decisions/s; ms"
    table = _table(title, "when", "decisions", "p50", "p99", "longest")
    for name, latencies in (
        ("at rest", swaps.rest),
        ("from activation to 1 s after first use", swaps.during),
    ):
        figures = [f"{percentile(latencies, each):.2f}" for each in (50, 99)]
        table.add_row(name, f"{len(latencies):,}", *figures, f"{max(latencies) * 1000:.1f}")
    table.add_row("ratio", "", "", f"{swaps.ratio:.2f}", "", style="bold")
    console.print(table)
    each = ", ".join(f"{seconds:.1f}" for seconds in swaps.first_use_s)
    console.print(f"From activation to the first decision by the deck: {each} s.")


def show_imports(console: Console, imports: Imports) -> None:
    table = _table(f"{imports.rows:,} rows in no order", "way", "s", "CPU s", "import / this")
    for name, took in (
        ("LOAD DATA LOCAL, same keys, no checks", imports.unchecked),
        ("LOAD DATA LOCAL, same keys and checks", imports.checked),
        ("dialplane rates import", imports.command),
    ):
        ratio = imports.command.seconds / took.seconds
        table.add_row(name, f"{took.seconds:.1f}", f"{took.cpu_seconds:.1f}", f"{ratio:.2f}")
    console.print(table)
    console.print("CPU: of the client, the service and MariaDB together.")


def show_restarts(console: Console, restarts: Sequence[Restarts]) -> None:
    title = "From the process's start to its first decision, files there; s"
    table = _table(title, "rates", "MariaDB there", "MariaDB stands still")
    for each in restarts:
        table.add_row(f"{each.rates:,}", f"{each.with_mariadb:.2f}", f"{each.without:.2f}")
    console.print(table)


def _table(title: str, first: str, *columns: str) -> Table:
    table = Table(title=title)
    table.add_column(first)
    for column in columns:
        table.add_column(column, justify="right")
    return table
