"""The figures of a run, for people; the targets beside them."""

from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from bench.asterisk.calls import STEPS_PER_CALL, Rate
from bench.asterisk.steps import STEPS, Steps, Times

_FASTAGI = (
    ("fastagi-set", "no-op, sets one variable"),
    ("fastagi-bare-noop", "no-op, one blocking loop"),
)
_PROCESS = (("exec-noop-bare", "no-op, python -IS"),)


@dataclass(frozen=True)
class Result:
    """All that one run measured."""

    steps: Steps
    agent: Rate
    forked: Rate
    attempts: Times
    forked_attempts: Times
    bare_attempts: Times


def show_steps(console: Console, steps: Steps) -> None:
    table = Table(title="One step, in the channel's own time; ms")
    for column in ("way", "step"):
        table.add_column(column)
    for column in ("steps", "median", "p99", "median / no-op"):
        table.add_column(column, justify="right")
    for name, floor, way, extra in (
        ("FastAGI", "fastagi-noop", "fastagi", _FASTAGI),
        ("process, agent", "exec-noop", "dialplane-agi", _PROCESS),
        ("process, no agent", "exec-noop", "dialplane-agi-alone", ()),
    ):
        base = steps.times[floor]
        _step(table, name, "no-op, reads its environment", base, base)
        for key, label in extra:
            _step(table, "", label, steps.times[key], base)
        for step in STEPS:
            _step(table, "", step, steps.times[f"{way}-{step}"], base)
        _step(table, "", "all six", steps.of(way), base, bold=True)
        table.add_section()
    console.print(table)
    if steps.failed:
        console.print(f"{len(steps.failed)} steps without a good answer: {steps.failed[:5]}")


def show_calls(console: Console, result: Result) -> None:
    table = Table(title=f"Whole calls of {STEPS_PER_CALL} steps, SIPp on the same machine")
    table.add_column("steps by")
    for column in ("clean at, calls/s", "first failure at, calls/s", "events spooled while clean"):
        table.add_column(column, justify="right")
    for name, rate in (("agent", result.agent), ("forked processes", result.forked)):
        failed = "not reached" if rate.failed is None else f"{rate.failed:.1f}"
        table.add_row(name, f"{rate.clean:.1f}", failed, str(rate.spooled))
    console.print(table)
    table = Table(title="A failed attempt: from a far end's 503 to the next INVITE; ms")
    table.add_column("steps by")
    for column in ("attempts", "median", "p99", "without Asterisk's own part"):
        table.add_column(column, justify="right")
    own = result.bare_attempts.median
    for name, times in (
        ("none: Asterisk's own part", result.bare_attempts),
        ("agent", result.attempts),
        ("forked processes", result.forked_attempts),
    ):
        less = "" if times is result.bare_attempts else f"{times.median - own:.1f}"
        table.add_row(name, str(len(times.ms)), f"{times.median:.1f}", f"{times.p99:.1f}", less)
    console.print(table)


def show_targets(console: Console, result: Result) -> None:
    steps = result.steps
    noop, process = steps.times["fastagi-noop"].median, steps.times["exec-noop"].median
    ways = [
        ("our FastAGI step / FastAGI no-op", steps.of("fastagi").median / noop, "≤", 2.5),
        ("our process with an agent / no-op", steps.of("dialplane-agi").median / process, "≤", 1.6),
        ("our process without / no-op", steps.of("dialplane-agi-alone").median / process, "≤", 5.0),
        (
            "calls/s, agent / forked",
            result.agent.clean / result.forked.clean if result.forked.clean else float("inf"),
            "≥",
            6.0,
        ),
        ("a failed attempt / FastAGI no-op", result.attempts.median / noop, "≤", 4.0),
    ]
    bare = steps.times["fastagi-bare-noop"].median
    table = Table(title="Ratios of this run, and the targets")
    table.add_column("ratio")
    for column in ("measured", "target"):
        table.add_column(column, justify="right")
    table.add_column("")
    for name, measured, sign, target in ways:
        met = measured <= target if sign == "≤" else measured >= target
        word = "[green]met[/]" if met else "[red]missed[/]"
        table.add_row(name, f"{measured:.2f}", f"{sign} {target:g}", word)
    console.print(table)
    console.print(
        "The FastAGI no-op is a server of asyncio's streams. Beside a single blocking loop"
        f" ({bare:.2f} ms) our step takes {steps.of('fastagi').median / bare:.2f} times as long."
    )
    _note(console, result)


def _note(console: Console, result: Result) -> None:
    """Say what a failed attempt is made of: its target is the one that depends on most parts."""
    parts = ("hangup", "incoming_dialer", "create_channel_record")
    medians = {part: result.steps.times[f"fastagi-{part}"].median for part in parts}
    told = ", ".join(f"{name} {ms:.1f}" for name, ms in medians.items())
    console.print(
        f"A failed attempt is three steps ({told} ms: {sum(medians.values()):.1f} together), the"
        f" dialplan between them, and {result.bare_attempts.median:.1f} ms of Asterisk's and the"
        " far end's own."
    )


def _step(
    table: Table, way: str, step: str, times: Times, base: Times, *, bold: bool = False
) -> None:
    table.add_row(
        way,
        step,
        str(len(times.ms)),
        f"{times.median:.2f}",
        f"{times.p99:.2f}",
        f"{times.median / base.median:.2f}",
        style="bold" if bold else "",
    )
