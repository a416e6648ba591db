"""Which rates of a list hold when its deck takes over."""

from collections.abc import Sequence
from datetime import UTC, datetime
from operator import itemgetter
from typing import Final

from dialplane_service.domain.rate_sheets.records import Fault, RowError, Sheet, SheetRate
from dialplane_service.domain.rate_sheets.rows import LINE, PREFIX, TERMS, Entry

_ALWAYS: Final = ("", "")
_EVER: Final = datetime.min.replace(tzinfo=UTC)


def takes_over(
    entries: Sequence[Entry], removals: Sequence[Entry], now: datetime
) -> datetime | None:
    """The latest date of the list, if it is still to come: then the whole of it holds."""
    said = {id(entry[TERMS]): entry[TERMS] for part in (entries, removals) for entry in part}
    latest = max((terms.effective or _EVER for terms in said.values()), default=_EVER)
    return latest if latest > now else None


def settle(
    entries: list[Entry],
    removals: Sequence[Entry],
    sheet: Sheet,
    effective: datetime,
    until: datetime | None,
) -> None:
    """Keep of each prefix and hours the one rate that holds when the deck takes over.

    A prefix that the list takes away and prices anew is priced. ``until``: when the deck ends.
    """
    gone = _gone(removals, sheet, effective, until)
    said = {id(entry[TERMS]): entry[TERMS] for entry in entries}.values()
    simple = all(terms.terms.hours is None and terms.effective is None for terms in said)
    # Sorting by prefix alone, which keeps the order of lines, is several times faster.
    entries.sort(key=itemgetter(PREFIX) if simple else _key)
    keep = sheet.rates.append
    before: Entry | None = None
    for entry in entries:
        prefix, _, name, price, terms = entry
        if terms.ends is not None and terms.ends <= effective:
            continue
        if terms.ends is not None or terms.effective is not None:
            wrong = _not_the_decks(entry, effective, until)
            if wrong is not None:
                sheet.errors.append(wrong)
                continue
        if (
            before is not None
            and before[PREFIX] == prefix
            and before[TERMS].terms.hours == terms.terms.hours
        ):
            sheet.errors.append(_twice(before, entry))
            continue
        before = entry
        if prefix in gone and _begins(gone[prefix]) > _begins(entry):
            sheet.errors.append(_taken_away(gone[prefix], entry))
            continue
        keep(SheetRate(prefix, name, price, terms.terms))
    if gone:
        priced = {entry[PREFIX] for entry in entries} & gone.keys()
        priced &= {rate.prefix for rate in sheet.rates}
        sheet.removed = sorted(gone.keys() - priced)


def _gone(
    removals: Sequence[Entry], sheet: Sheet, effective: datetime, until: datetime | None
) -> dict[str, Entry]:
    """By prefix what takes it away, the latest."""
    gone: dict[str, Entry] = {}
    for entry in sorted(removals, key=_begins):
        wrong = _not_the_decks(entry, effective, until)
        if wrong is None:
            gone[entry[PREFIX]] = entry
        else:
            sheet.errors.append(wrong)
    return gone


def _not_the_decks(entry: Entry, effective: datetime, until: datetime | None) -> RowError | None:
    """What is wrong with a row that holds for less than the deck does."""
    prefix, line, _, _, terms = entry
    if terms.effective is not None and terms.effective > effective:
        return RowError(
            Fault.LATER_THAN_THE_DECK,
            f"{prefix} begins on {terms.effective:%Y-%m-%d}, after the deck itself",
            line,
        )
    if terms.ends is not None and terms.ends > effective and (until is None or terms.ends < until):
        return RowError(
            Fault.ENDS_BEFORE_THE_DECK,
            f"{prefix} ends on {terms.ends:%Y-%m-%d}, and all rates of a deck end together: give --until"
            " with the earliest end, or load the prices that follow as a deck of their own and leave out"
            " this end",
            line,
        )
    return None


def _begins(entry: Entry) -> datetime:
    return entry[TERMS].effective or _EVER


def _key(entry: Entry) -> tuple[str, tuple[str, str], datetime, int]:
    prefix, line, _, _, terms = entry
    return prefix, terms.terms.hours or _ALWAYS, terms.effective or _EVER, line


def _twice(first: Entry, second: Entry) -> RowError:
    prefix, line = second[PREFIX], second[LINE]
    if first[TERMS].effective != second[TERMS].effective:
        return RowError(
            Fault.OVERLAPPING_DATES,
            f"{prefix} has a price on line {first[LINE]} that has not ended when this one begins",
            line,
        )
    return RowError(
        Fault.DUPLICATE_PREFIX, f"{prefix} has a price on line {first[LINE]} already", line
    )


def _taken_away(removal: Entry, entry: Entry) -> RowError:
    return RowError(
        Fault.OVERLAPPING_DATES,
        f"line {removal[LINE]} takes {entry[PREFIX]} away after this price begins",
        entry[LINE],
    )
