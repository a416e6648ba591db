"""The figures of a run, for people."""

from itertools import groupby

from rich.console import Console
from rich.table import Table

from bench.decisions import Compared
from bench.load import Measured
from bench.parts import Part
from bench.recording import Recording


def show_machine(console: Console, described: dict[str, str]) -> None:
    table = Table(title="Machine", show_header=False)
    for label, text in described.items():
        table.add_row(label, text)
    console.print(table)


def show_compared(console: Console, compared: list[Compared], callers: int, limits: str) -> None:
    title = f"Decisions beside a bare echo of the same messages, {callers} callers; {limits}"
    table = _table(title, "method", "process")
    for each in compared:
        _row(table, each.method, "echo", each.echo)
        _row(table, each.method, "service", each.service)
        _ratios(table, each.service, each.echo, "echo")
    console.print(table)


def show_recording(console: Console, recording: Recording, connections: int) -> None:
    title = f"Recording beside bare inserts, {connections} callers on {connections} connections"
    table = _table(title, "what", "rows")
    _row(table, "bare autocommitted INSERT", "1", recording.bare)
    _row(table, "the recorder, without gRPC", "3", recording.procedure)
    _ratios(table, recording.procedure, recording.bare)
    _row(table, "RecordChannel", "3", recording.record_channel)
    _ratios(table, recording.record_channel, recording.bare)
    console.print(table)


def show_parts(console: Console, parts: list[Part]) -> None:
    table = Table(title="One decision by part, without gRPC")
    table.add_column("method")
    table.add_column("part")
    table.add_column("CPU µs", justify="right")
    for method, group in groupby(parts, key=lambda part: part.method):
        several = list(group)
        for part in several:
            table.add_row(method, part.name, f"{part.us:.1f}")
        total = sum(part.us for part in several)
        table.add_row(method, "together", f"{total:.1f}", style="bold", end_section=True)
    console.print(table)


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title)
    for column in columns:
        table.add_column(column)
    for column in ("calls/s", "p50 ms", "p99 ms", "server CPU µs/call"):
        table.add_column(column, justify="right")
    return table


def _row(table: Table, what: str, process: str, measured: Measured) -> None:
    table.add_row(
        what,
        process,
        f"{measured.per_second:,.0f}",
        f"{measured.percentile(50):.2f}",
        f"{measured.percentile(99):.2f}",
        f"{measured.cpu_us:.0f}" if measured.cpu_us else "",
    )


def _ratios(table: Table, own: Measured, floor: Measured, to: str = "INSERT") -> None:
    table.add_row(
        "",
        f"ratio to {to}",
        f"{own.ratio(floor):.2f}",
        f"{own.percentile(50) / floor.percentile(50):.2f}",
        f"{own.percentile(99) / floor.percentile(99):.2f}",
        f"{own.ratio(floor, 'cpu_us'):.2f}" if floor.cpu_us else "",
        style="bold",
        end_section=True,
    )
