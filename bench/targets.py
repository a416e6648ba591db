"""What a run is held to, and whether it was met."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Target:
    """A ratio or a figure of this run. ``sign`` is ≤ or ≥."""

    name: str
    measured: float
    sign: str
    bound: float

    @property
    def met(self) -> bool:
        return self.measured <= self.bound if self.sign == "≤" else self.measured >= self.bound


def show_targets(console: Console, targets: Sequence[Target]) -> None:
    table = Table(title="Targets")
    table.add_column("ratio or figure")
    for column in ("measured", "target"):
        table.add_column(column, justify="right")
    table.add_column("")
    for each in targets:
        word = "[green]met[/]" if each.met else "[red]missed[/]"
        table.add_row(each.name, f"{each.measured:.2f}", f"{each.sign} {each.bound:g}", word)
    console.print(table)
