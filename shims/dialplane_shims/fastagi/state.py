"""What the agent shows of itself in files.

Its clock, for dialplans: whoever froze does not rewrite it. Its figures in Prometheus' text format,
for people and for node_exporter.
"""

import contextlib
import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """One number: its name, what it means, its kind (gauge, counter) and its labels."""

    name: str
    value: float
    meaning: str
    kind: str = "gauge"
    labels: str = ""


def text_of(figures: Iterable[Figure]) -> str:
    """Return the figures; those of one name belong together and come one after another."""
    lines = []
    before = ""
    for figure in figures:
        if figure.name != before:
            lines.append(f"# HELP {figure.name} {figure.meaning}")
            lines.append(f"# TYPE {figure.name} {figure.kind}")
            before = figure.name
        labels = f"{{{figure.labels}}}" if figure.labels else ""
        lines.append(f"{figure.name}{labels} {figure.value:g}")
    return "\n".join(lines) + "\n"


def write(path: Path, figures: Iterable[Figure]) -> None:
    """Replace the file as a whole; readers never see half of it. Raises OSError."""
    temporary = path.with_name(f".{path.name}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)
    with os.fdopen(descriptor, "w") as file:
        file.write(text_of(figures))
    temporary.replace(path)


class Clock:
    """A file with the milliseconds since 1970, in 13 digits, rewritten in place by `beat`."""

    def __init__(self, path: Path) -> None:
        """Make the file. Raises OSError."""
        self._path = path
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o640)

    def beat(self) -> None:
        """Write the time: as many bytes at each time, so that readers never see half of one."""
        with contextlib.suppress(OSError):  # a full disk: then the clock stands still
            os.pwrite(self._descriptor, f"{time.time_ns() // 10**6:013d}\n".encode(), 0)

    def remove(self) -> None:
        """Take the file away: the agent is gone."""
        with contextlib.suppress(OSError):
            self._path.unlink()
