"""CSV in all its dialects."""

import csv
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from dialplane_service.cli.rate_files.encodings import detected
from dialplane_service.domain.rate_sheets.records import SheetError
from dialplane_service.domain.rate_sheets.sheet import Row

_DELIMITERS: Final = ",;\t|"
_SAMPLED_LINES: Final = 60
_LARGEST_CELL: Final = 131_072


def text_rows(file: Path, encoding: str) -> Iterator[Row]:
    """The rows of a text file with the lines that they end on; ``encoding`` "": found out.

    Raises:
        SheetError: it is in another encoding, or no such file.

    """
    chosen = encoding or detected(file)
    line = 0
    try:
        with file.open(encoding=chosen, newline="") as stream:
            delimiter = _delimiter(list(islice(stream, _SAMPLED_LINES)))
            stream.seek(0)
            reader = csv.reader(stream, delimiter=delimiter)
            for cells in reader:
                line = reader.line_num
                yield line, cells
    except UnicodeError as error:
        raise SheetError(
            f"{file.name} is not {chosen} text after line {line}; name its encoding with --encoding,"
            " for example utf-8, utf-16, cp1251 or latin-1"
        ) from error
    except LookupError as error:
        raise SheetError(f"there is no encoding {chosen!r}") from error
    except csv.Error as error:
        raise SheetError(f"{file.name}, after line {line}: {error}") from error


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
