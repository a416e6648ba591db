"""Where answers are shown: tables on a terminal, plain columns in a pipe, one object for programs."""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from dialplane_service.cli.text import NOTHING, safe, width

if TYPE_CHECKING:
    from rich.console import Console

_GAP: Final = "  "
STYLES: Final = {"ERROR": "bold red", "WARNING": "yellow", "NOTICE": "cyan"}


@dataclass(frozen=True, slots=True)
class Screen:
    """Standard output. Outside a terminal nothing is wrapped, cut or coloured, whatever COLUMNS says."""

    colour: bool = True

    def document(self, document: Mapping[str, Any]) -> None:
        """One JSON object, in ASCII; integers and decimal strings are exact."""
        self._write(json.dumps(document, indent=2))

    def line(self, text: str = "", style: str = "") -> None:
        """One line."""
        console = self._console()
        if console is None:
            self._write(safe(text))
        else:
            console.print(safe(text), style=style, markup=False, highlight=False, soft_wrap=True)

    def facts(self, facts: Mapping[str, str]) -> None:
        """Names and values, one a line."""
        longest = max(map(width, facts), default=0)
        for name, value in facts.items():
            self.line(f"{name}{' ' * (longest - width(name))}{_GAP}{value or NOTHING}")

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """A table; an empty cell is shown as "-"."""
        cells = [[safe(cell) or NOTHING for cell in row] for row in rows]
        console = self._console()
        if console is None:
            self._plain_table(columns, cells)
        else:
            _rich_table(console, columns, cells)

    def _plain_table(self, columns: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
        lines = [[name.upper() for name in columns], *cells]
        widths = [max(width(line[index]) for line in lines) for index in range(len(columns))]
        for line in lines:
            padded = (
                cell + " " * (size - width(cell)) for cell, size in zip(line, widths, strict=True)
            )
            self._write(_GAP.join(padded).rstrip())

    def _console(self) -> "Console | None":
        if not sys.stdout.isatty():
            return None
        # Only where it is seen: it takes 30 ms.
        from rich.console import Console

        return Console(no_color=True if not self.colour else None, emoji=False)

    def _write(self, text: str) -> None:
        try:
            sys.stdout.write(f"{text}\n")
        except BrokenPipeError:
            nobody_reads()


def nobody_reads() -> None:
    """Whoever read the pipe has seen enough; the answer, and so the exit code, stays what it is."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _rich_table(console: "Console", columns: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for name in columns:
        table.add_column(name, overflow="fold")
    for row in cells:
        table.add_row(*map(Text, row))
    console.print(table)
