"""One row of a price list to its rates."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from dialplane_service.domain.rate_sheets.amounts import amount
from dialplane_service.domain.rate_sheets.codes import prefixes, says_country
from dialplane_service.domain.rate_sheets.columns import Columns
from dialplane_service.domain.rate_sheets.records import Fault, Field, RowError, costs_nothing
from dialplane_service.domain.rate_sheets.row_terms import RowTerms, TermsReader

_LONGEST_NAME: Final = 100
_BLOCKED_WORDS: Final = frozenset({"blocked", "n/a", "na", "not available", "barred", "-"})
_NO_PRICE: Final = Decimal(0)


Entry = tuple[str, int, str, Decimal, RowTerms]
"""A prefix, the line it was found on, its name and price, and that line's terms.

Not a class of its own: of millions the making would take longer than the reading.
"""
PREFIX: Final = 0
LINE: Final = 1
TERMS: Final = 4
"""Places in an entry."""


class RowReader:
    """Reads rows. Names and prices that were seen before are not read again.

    ``whole``: lines whose codes begin with the country code of the column beside them. ``apart``: whether
    there are lines whose codes do not. Only the whole list tells whether it is to be added to the former.
    """

    def __init__(
        self,
        columns: Columns,
        header: Sequence[str],
        currency: str,
        terms_of: TermsReader,
        *,
        allow_free: bool = False,
    ) -> None:
        self.whole: set[int] = set()
        self.apart = False
        self._allow_free = allow_free
        self._currency = currency
        (self._code_at,) = columns[Field.CODE]
        (self._price_at,) = columns[Field.PRICE]
        (self._country_at,) = columns.get(Field.COUNTRY_CODE, (-1,))
        (self._name_at,) = columns.get(Field.DESTINATION, (-1,))
        self._least = max(max(places) for places in columns.values()) + 1
        self._most = max(at for at, name in enumerate(header, start=1) if name.strip())
        self._header = header
        self._terms_of = terms_of
        self._names: dict[str, str] = {}
        self._prices: dict[str, Decimal] = {}

    def __call__(self, line: int, cells: Sequence[str]) -> list[Entry] | None:
        """The rates of a row; ``None``: it is a gap or a line of notes.

        Raises:
            RowError: it cannot be read; it names the column, not the line.

        """
        if len(cells) != self._most:
            if not any(cell.strip() for cell in cells):
                return None
            self._check_width(cells)
        code, price_text = cells[self._code_at], cells[self._price_at]
        country = cells[self._country_at] if self._country_at >= 0 else ""
        if not code and not price_text and not country:
            return None
        terms = self._terms_of(cells)
        try:
            codes = self._codes(line, code, country) if country.strip() else prefixes(code)
        except RowError as error:
            error.column = self._header[self._code_at]
            raise
        price = self._prices.get(price_text)
        if price is None:
            price, terms = self._price(price_text, terms)
        if not price and not (terms.removed or self._allow_free):
            self._check_not_free(price, terms)
        name = cells[self._name_at] if self._name_at >= 0 else ""
        known = self._names.get(name)
        if known is None:
            known = self._names[name] = " ".join(name.split())[:_LONGEST_NAME]
        return [(prefix, line, known, price, terms) for prefix in codes]

    def _check_width(self, cells: Sequence[str]) -> None:
        count = len(cells)
        if count < self._least:
            raise RowError(
                Fault.WRONG_WIDTH, f"the row has {count} cells, and its columns need {self._least}"
            )
        if any(cell.strip() for cell in cells[self._most :]):
            raise RowError(
                Fault.WRONG_WIDTH,
                f"the row has cells behind the {self._most} that the header names:"
                " does one of them hold a separator without quotes?",
            )

    def _codes(self, line: int, code: str, country: str) -> list[str]:
        whole = says_country(code, country)
        if whole:
            self.whole.add(line)
            return prefixes(code)
        self.apart = self.apart or whole is not None
        return prefixes(code, country)

    def _check_not_free(self, price: Decimal, terms: RowTerms) -> None:
        if costs_nothing(price, terms.terms):
            raise RowError(
                Fault.FREE,
                "the price is 0, and so is everything else; --allow-free takes it",
                column=self._header[self._price_at],
            )

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
