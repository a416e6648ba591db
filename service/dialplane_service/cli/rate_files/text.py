"""CSV in all its dialects."""

import csv
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from dialplane_service.cli.rate_files.encodings import detected
from dialplane_service.domain.rate_sheets.records import Fault, RowError, SheetError
from dialplane_service.domain.rate_sheets.sheet import Row

_DELIMITERS: Final = ",;\t|"
_SAMPLED_LINES: Final = 60
_LARGEST_CELL: Final = 131_072


def text_rows(file: Path, encoding: str) -> Iterator[Row]:
    """The rows of a text file with the lines that they begin on; ``encoding`` "": found out.

    Raises:
        SheetError: it is in another encoding, no such file, or a quote in it has no proper end.

    """
    chosen = encoding or detected(file)
    line = 0
    try:
        with file.open(encoding=chosen, newline="") as stream:
            delimiter = _delimiter(list(islice(stream, _SAMPLED_LINES)))
            stream.seek(0)
            reader = csv.reader(stream, delimiter=delimiter, strict=True)
            for cells in reader:
                begins, line = line + 1, reader.line_num
                if line == begins:
                    yield begins, cells
                else:
                    yield begins, _over_lines(cells, begins, delimiter)
    except UnicodeError as error:
        raise SheetError(
            f"{file.name} is not {chosen} text after line {line}; name its encoding with --encoding,"
            " for example utf-8, utf-16, cp1251 or latin-1"
        ) from error
    except LookupError as error:
        raise SheetError(f"there is no encoding {chosen!r}") from error
    except csv.Error as error:
        raise SheetError(
            f"{file.name}, line {line + 1}: a quote that is opened in the row that begins here does not"
            f" end with its cell ({error})"
        ) from error


def _over_lines(cells: list[str], begins: int, delimiter: str) -> list[str] | RowError:
    """The cells of a row of several lines, unless one of them has swallowed other rows."""
    line = begins
    for cell in cells:
        lines = cell.splitlines()
        if any(delimiter in part for part in lines[1:]):
            return RowError(
                Fault.ROWS_IN_A_CELL,
                f"a cell is opened with a quote on line {line}, and ends {len(lines) - 1} lines later:"
                " what look like cells of other rows are inside it",
            )
        line += max(len(lines) - 1, 0)
    return cells


def _delimiter(lines: list[str]) -> str:
    """The one that divides most lines into the same number of cells, at least two."""
    best, most = ",", (0, 0)
    for delimiter in _DELIMITERS:
        try:
            counts = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter) if row)
        except csv.Error:
            continue
        counts.pop(1, None)
        if counts:
            cells, lines_so = max(counts.items(), key=lambda item: (item[1], item[0]))
            if (lines_so, cells) > most:
                best, most = delimiter, (lines_so, cells)
    return best


csv.field_size_limit(_LARGEST_CELL)
