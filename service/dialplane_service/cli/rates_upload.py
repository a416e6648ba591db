"""A price list on its way to the service: read, put into messages, counted as it goes."""

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from dialplane.admin.v1.rate_pb2 import Rate, RateHours, RateRows, RateStep, RateTerms
from dialplane.admin.v1.rates_service_pb2 import (
    RemovedPrefixes,
    UploadDeckRequest,
    UploadEnd,
    UploadHeader,
)
from dialplane_service.cli.rate_files.open import day_zero, rows
from dialplane_service.domain.rate_sheets.amounts import shown
from dialplane_service.domain.rate_sheets.records import Sheet, SheetRate, Terms
from dialplane_service.domain.rate_sheets.sheet import Reading, read_sheet

if TYPE_CHECKING:
    from decimal import Decimal

_MOST_ROWS: Final = 2500
_MOST_BYTES: Final = 200_000
"""Of a chunk, about: below the 256 KiB that the service takes."""
_ROW_BYTES: Final = 30
_TERMS_BYTES: Final = 1000

Progress = Callable[[int], None]


def read_file(file: Path, reading: Reading, encoding: str, sheet: str) -> Sheet:
    """Read a whole list.

    Raises:
        SheetError: the file is no list.

    """
    # Millions of rows make no garbage, and looking for some takes longer than reading them.
    collecting = gc.isenabled()
    gc.disable()
    try:
        dated = replace(reading, day_zero=day_zero(file))
        return read_sheet(rows(file, encoding=encoding, sheet=sheet), dated)
    finally:
        gc.freeze()
        if collecting:
            gc.enable()


def upload_requests(
    header: UploadHeader, sheet: Sheet, progress: Progress
) -> Iterator[UploadDeckRequest]:
    """The header, the rates in chunks, for a merge the prefixes that are gone, and the end."""
    yield UploadDeckRequest(header=header)
    for chunk in _chunks(sheet.rates):
        yield UploadDeckRequest(rows=chunk)
        progress(len(chunk.rates))
    if header.merge:
        for start in range(0, len(sheet.removed), _MOST_ROWS):
            prefixes = sheet.removed[start : start + _MOST_ROWS]
            yield UploadDeckRequest(removed=RemovedPrefixes(prefixes=prefixes))
    yield UploadDeckRequest(end=UploadEnd(rate_count=len(sheet.rates)))


@contextmanager
def progress_bar(what: str, total: int, *, silent: bool) -> Iterator[Progress]:
    """A bar on a terminal, nothing elsewhere."""
    if silent or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda count: bar.advance(task, count)


def _chunks(rates: list[SheetRate]) -> Iterator[RateRows]:
    known: dict[Terms, int] = {}
    texts: dict[Decimal, str] = {}
    chunk: list[Rate] = []
    size = 0
    for prefix, name, price, terms in rates:
        place = known.get(terms)
        if place is None:
            place = known[terms] = len(known)
            size += _TERMS_BYTES
        text = texts.get(price)
        if text is None:
            text = texts[price] = shown(price)
        chunk.append(Rate(prefix=prefix, destination=name, price_per_minute=text, terms=place))
        size += _ROW_BYTES + (len(name) if name.isascii() else 4 * len(name))
        if len(chunk) >= _MOST_ROWS or size >= _MOST_BYTES:
            yield RateRows(terms=map(_terms, known), rates=chunk)
            known, chunk, size = {}, [], 0
    if chunk:
        yield RateRows(terms=map(_terms, known), rates=chunk)


def _terms(terms: Terms) -> RateTerms:
    hours = terms.hours
    return RateTerms(
        connect_fee=shown(terms.connect_fee),
        first_increment_s=terms.first_increment_s,
        next_increment_s=terms.next_increment_s,
        minimum_s=terms.minimum_s,
        blocked=terms.blocked,
        hours=None if hours is None else RateHours(timezone=hours.timezone, spec=hours.spec),
        steps=[
            RateStep(
                from_s=step.from_s,
                price_per_minute=shown(step.price_per_minute),
                increment_s=step.increment_s,
            )
            for step in terms.steps
        ],
    )
