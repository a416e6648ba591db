"""A price list's rows, whatever kind of file it is."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from dialplane_service.cli.rate_files.text import text_rows
from dialplane_service.cli.rate_files.xlsx import xlsx_day_zero, xlsx_rows
from dialplane_service.domain.rate_sheets.cells import DAY_ZERO
from dialplane_service.domain.rate_sheets.records import SheetError
from dialplane_service.domain.rate_sheets.sheet import Row

_ZIP: Final = b"PK\x03\x04"
_OLD_EXCEL: Final = b"\xd0\xcf\x11\xe0"
LARGEST_FILE: Final = 2 * 1024**3


def day_zero(file: Path) -> datetime:
    """What numbers of days in the file count from.

    Raises:
        SheetError: it cannot be read, or is no workbook though it looks like one.

    """
    try:
        with file.open("rb") as stream:
            if not stream.read(8).startswith(_ZIP):
                return DAY_ZERO
        return xlsx_day_zero(file)
    except OSError as error:
        raise SheetError(f"{file} cannot be read: {error.strerror or error}") from error


def rows(file: Path, *, encoding: str = "", sheet: str = "") -> Iterator[Row]:
    """The rows of a file: what kind it is, its content says and not its name.

    Raises:
        SheetError: it cannot be read, or not as a list.

    """
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise SheetError(f"{file.name} is larger than {LARGEST_FILE // 1024**3} GiB")
        with file.open("rb") as stream:
            beginning = stream.read(8)
        if beginning.startswith(_OLD_EXCEL):
            raise SheetError(
                f"{file.name} is an Excel 97 file (.xls); save it as .xlsx or as CSV UTF-8"
            )
        if beginning.startswith(_ZIP):
            yield from xlsx_rows(file, sheet)
        else:
            yield from text_rows(file, encoding)
    except OSError as error:
        raise SheetError(f"{file} cannot be read: {error.strerror or error}") from error
