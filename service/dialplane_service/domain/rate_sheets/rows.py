"""One row of a price list to its rates."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from dialplane_service.domain.rate_sheets.amounts import amount
from dialplane_service.domain.rate_sheets.codes import prefixes
from dialplane_service.domain.rate_sheets.records import Fault, Field, RowError
from dialplane_service.domain.rate_sheets.row_terms import RowTerms, TermsReader

_LONGEST_NAME: Final = 100
_BLOCKED_WORDS: Final = frozenset({"blocked", "n/a", "na", "not available", "barred", "-"})
_NO_PRICE: Final = Decimal(0)


Entry = tuple[str, int, str, Decimal, RowTerms]
"""A prefix, the line it was found on, its name and price, and that line's terms.

Not a class of its own: of millions the making would take longer than the reading.
"""


class RowReader:
    """Reads rows. Names and prices that were seen before are not read again."""

    def __init__(
        self,
        columns: Mapping[Field, int],
        header: Sequence[str],
        currency: str,
        terms_of: TermsReader,
    ) -> None:
        self._currency = currency
        self._code_at = columns[Field.CODE]
        self._price_at = columns[Field.PRICE]
        self._country_at = columns.get(Field.COUNTRY_CODE, -1)
        self._name_at = columns.get(Field.DESTINATION, -1)
        self._least = max(self._code_at, self._price_at) + 1
        self._header = header
        self._terms_of = terms_of
        self._names: dict[str, str] = {}
        self._prices: dict[str, Decimal] = {}

    def __call__(self, line: int, cells: Sequence[str]) -> list[Entry] | None:
        """The rates of a row; ``None``: it is a gap or a line of notes.

        Raises:
            RowError: it cannot be read; it names the column, not the line.

        """
        if len(cells) < self._least:
            if not any(cell.strip() for cell in cells):
                return None
            raise RowError(Fault.MISSING_CELLS, "the row ends before its code or price")
        code, price_text = cells[self._code_at], cells[self._price_at]
        country = cells[self._country_at] if 0 <= self._country_at < len(cells) else ""
        if not code and not price_text and not country:
            return None
        terms = self._terms_of(cells)
        try:
            codes = prefixes(code, country)
        except RowError as error:
            error.column = self._header[self._code_at]
            raise
        price = self._prices.get(price_text)
        if price is None:
            price, terms = self._price(price_text, terms)
        name = cells[self._name_at] if 0 <= self._name_at < len(cells) else ""
        known = self._names.get(name)
        if known is None:
            known = self._names[name] = " ".join(name.split())[:_LONGEST_NAME]
        return [(prefix, line, known, price, terms) for prefix in codes]

    def _price(self, text: str, terms: RowTerms) -> tuple[Decimal, RowTerms]:
        plain = text.strip()
        if plain.lower() in _BLOCKED_WORDS:
            return _NO_PRICE, terms.as_blocked()
        if not plain and (terms.terms.blocked or terms.removed):
            return _NO_PRICE, terms
        column = self._header[self._price_at]
        if not plain:
            raise RowError(Fault.NO_PRICE, "there is no price", column=column)
        try:
            price = self._prices[text] = amount(plain, self._currency)
        except RowError as error:
            error.column = column
            raise
        return price, terms
