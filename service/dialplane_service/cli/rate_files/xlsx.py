"""XLSX, read as the stream of XML that it is.

Libraries for XLSX hand numbers out as floats and formulas as their last results. Here a number is
the decimal text that the file holds, to the fifteen digits that Excel itself vouches for, and a
formula is shown as one. What a bomb would unpack to is bounded, and a document type is refused.
"""

import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Context, Decimal, InvalidOperation
from itertools import chain
from pathlib import Path
from typing import IO, Final
from xml.parsers import expat

from dialplane_service.cli.rate_files.xlsx_parts import SharedStrings, SheetParser, WorkbookParser
from dialplane_service.domain.rate_sheets.cells import DAY_ZERO, DAY_ZERO_1904
from dialplane_service.domain.rate_sheets.records import SheetError
from dialplane_service.domain.rate_sheets.sheet import Row

MOST_UNPACKED: Final = 2 * 1024**3
HIGHEST_RATIO: Final = 200
"""Sheets of real lists shrink to a tenth, in the extreme to a fiftieth."""
_RATIO_FREE: Final = 16 * 1024**2
_BLOCK: Final = 256 * 1024
_EXCEL: Final = Context(prec=15)
_WORKBOOK: Final = "xl/workbook.xml"


def xlsx_rows(file: Path, sheet: str) -> Iterator[Row]:
    """The rows of a sheet by name, or of the first; cells that are absent are empty, the last ones too.

    Raises:
        SheetError: it is no such file, damaged, a bomb, or has no such sheet.

    """
    with _unpacked(file) as archive:
        yield from _rows(archive, file.name, sheet)


def xlsx_day_zero(file: Path) -> datetime:
    """What the workbook's numbers of days count from.

    Raises:
        SheetError: it is no such file, damaged or a bomb.

    """
    workbook = WorkbookParser()
    with _unpacked(file) as archive:
        _Budget(archive, file.name).feed(_WORKBOOK, workbook.parser)
    return DAY_ZERO_1904 if workbook.since_1904 else DAY_ZERO


@contextmanager
def _unpacked(file: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive
    except (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, ValueError) as error:
        raise SheetError(f"{file.name} is damaged: {error}") from error
    except NotImplementedError as error:
        raise SheetError(f"{file.name} is packed in an unusual way: {error}") from error
    except RuntimeError as error:
        raise SheetError(f"{file.name} is protected by a password") from error
    except expat.ExpatError as error:
        raise SheetError(f"{file.name} is damaged: {error}") from error
    except KeyError as error:
        raise SheetError(f"{file.name} is no XLSX file: it lacks {error.args[0]}") from error


def _rows(archive: zipfile.ZipFile, name: str, sheet: str) -> Iterator[Row]:
    budget = _Budget(archive, name)
    workbook = WorkbookParser()
    budget.feed(_WORKBOOK, workbook.parser)
    budget.feed("xl/_rels/workbook.xml.rels", workbook.relations_parser)
    if not workbook.sheets:
        raise SheetError(f"{name} has no sheets")
    relation = workbook.sheets.get(sheet) if sheet else next(iter(workbook.sheets.values()))
    if relation is None:
        raise SheetError(f"{name} has no sheet {sheet!r}, but {', '.join(workbook.sheets)}")
    target = workbook.relations.get(relation, "")
    place = posixpath.normpath(posixpath.join("xl", target)) if target[:1] != "/" else target[1:]
    strings = SharedStrings()
    if "xl/sharedStrings.xml" in archive.namelist():
        budget.feed("xl/sharedStrings.xml", strings.parser)
    parser = SheetParser(strings.found, _number)
    widest = 0
    for block in chain(budget.blocks(place), [b""]):
        parser.parser.Parse(block, not block)
        for line, cells in parser.taken():
            widest = max(widest, len(cells))
            yield line, cells + [""] * (widest - len(cells))


class _Budget:
    """Unpacks parts of an archive as long as they stay within reason."""

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self._archive = archive
        self._name = name
        self._left = MOST_UNPACKED

    def feed(self, part: str, parser: expat.XMLParserType) -> None:
        """Parse a whole part."""
        for block in self.blocks(part):
            parser.Parse(block, False)
        parser.Parse(b"", True)

    def blocks(self, part: str) -> Iterator[bytes]:
        """The content of a part in blocks. What the archive says of its size is not believed."""
        packed = max(self._archive.getinfo(part).compress_size, 1)
        unpacked = 0
        with self._archive.open(part) as stream:
            while block := _read(stream):
                unpacked += len(block)
                self._left -= len(block)
                if self._left < 0 or (unpacked > _RATIO_FREE and unpacked > packed * HIGHEST_RATIO):
                    raise SheetError(
                        f"{self._name} unpacks to far more than a price list does: it looks like a"
                        " zip bomb; save it as CSV if it is none"
                    )
                yield block


def _read(stream: IO[bytes]) -> bytes:
    return stream.read(_BLOCK)


def _number(text: str) -> str:
    """A number as a person would write it: 0.012500000000000001 is 0.0125, 7.495E3 is 7495."""
    try:
        value = _EXCEL.create_decimal(text)
        if not value.is_finite():
            return text
        if value == value.to_integral_value() and abs(value) < Decimal(10) ** 16:
            return format(value.quantize(Decimal(1)), "f")
        plain = format(value, "f")
    except InvalidOperation:
        return text
    return plain.rstrip("0").rstrip(".") if "." in plain else plain
