"""Lists read the way the command reads them."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dialplane_service.cli.rates_upload import read_file
from dialplane_service.domain.rate_sheets.records import Sheet
from dialplane_service.domain.rate_sheets.sheet import Reading, read_sheet

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)


def of_file(file: Path, *, encoding: str = "", sheet: str = "", **fields: Any) -> Sheet:
    return read_file(file, _reading(fields), encoding, sheet)


def of_rows(*rows: str, **fields: Any) -> Sheet:
    """Rows as cells between "|", the header first."""
    cells = [(line, row.split("|")) for line, row in enumerate(rows, start=1)]
    return read_sheet(cells, _reading(fields))


def faults(sheet: Sheet) -> list[tuple[int, str]]:
    """Line and fault of each bad row."""
    return [(error.line, error.fault.value) for error in sheet.errors]


def _reading(fields: dict[str, Any]) -> Reading:
    return Reading(**({"currency": "USD", "now": NOW} | fields))
