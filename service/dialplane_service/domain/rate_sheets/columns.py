"""Which column of a price list holds what, by the names that carriers give them."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from dialplane_service.domain.rate_sheets.records import Field, SheetError

SEARCHED_ROWS: Final = 50
"""How far down a header may be: lists begin with letterheads."""
_NOISE: Final = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_WORDS: Final = re.compile(r"[^\w]+|_+")
_CURRENCY: Final = re.compile(r"\b(?:usd|eur|gbp|rub|us dollars?|euros?|in)\b")

_NAMES: Final[Mapping[Field, str]] = {
    Field.CODE: "code|codes|dial code|dial codes|dialcode|dialing code|dialling code|prefix|prefixes|"
    "area code|area codes|city code|city codes|destination code|destination codes|breakout|breakouts|"
    "dialed digits|digits|e 164 code|e164|npa|код|коды|префикс|код направления|dst code",
    Field.COUNTRY_CODE: "country code|country dial code|country prefix|cc|код страны",
    Field.DESTINATION: "destination|destination name|description|name|area|area name|zone|zone name|"
    "country|country name|region|location|направление|название|destinations|route",
    Field.PRICE: "rate|rates|price|rate min|rate per minute|price min|price per minute|"
    "price per min|rate per min|new rate|current rate|tariff|cost|cost per minute|charge|usd min|"
    "eur min|per minute|price 1 min|цена|цена за минуту|тариф|стоимость|стоимость минуты",
    Field.CONNECT_FEE: "connect fee|connection fee|setup fee|connect charge|setup charge|"
    "connection charge|flagfall|плата за соединение",
    Field.INTERVAL: "interval|intervals|billing interval|billing increment|billing increments|"
    "increment|increments|billing|rounding|billing terms|charging interval|тарификация",
    Field.FIRST_INCREMENT: "first increment|first increment s|initial increment|interval 1|"
    "first interval|initial interval|i1|1st increment",
    Field.NEXT_INCREMENT: "next increment|next increment s|subsequent increment|interval n|"
    "next interval|in|2nd increment|additional increment|subsequent interval",
    Field.MINIMUM: "minimum|minimum s|minimum duration|min duration|minimum charge|min charge|"
    "minimum time|minimal duration",
    Field.EFFECTIVE: "effective|effective date|effective from|valid from|start date|activation date|"
    "date|from date|from|дата начала",
    Field.ENDS: "end date|valid to|valid until|valid till|expiry date|expiration date|expires|ends|"
    "effective to|effective till|дата окончания",
    Field.STATUS: "status|change|change type|type of change|rate change|state|"
    "change indicator|статус|изменение",
    Field.BLOCKED: "blocked|block|is blocked|forbidden|barred",
    Field.CURRENCY: "currency|curr|ccy|валюта",
    Field.HOURS: "hours|time band|timeband|period",
    Field.TIMEZONE: "timezone|time zone|tz",
    Field.STEPS: "steps",
}
_BY_NAME: Final = {
    name: field for field, names in _NAMES.items() for name in names.split("|") if name
}


def normalized(header: str) -> str:
    """A column's name without case, punctuation, units in parentheses and currencies."""
    plain = _WORDS.sub(" ", _NOISE.sub(" ", header.lower())).strip()
    if plain in _BY_NAME:
        return plain
    return " ".join(_CURRENCY.sub(" ", plain).split())


Columns = dict[Field, tuple[int, ...]]
"""Where fields are, from 0: each in one column, a status in any number of them."""


def find_columns(row: Sequence[str], mapping: Mapping[str, Field]) -> Columns | None:
    """Which column holds which field, if the row is a header; ``mapping`` by name overrules.

    Raises:
        SheetError: two columns would hold the same field.

    """
    forced = {normalized(name): field for name, field in mapping.items()}
    found: Columns = {}
    for index, cell in enumerate(row):
        name = normalized(cell)
        if name in forced:
            _add(found, forced[name], index, row)
    for index, cell in enumerate(row):
        name = normalized(cell)
        field = _BY_NAME.get(name)
        if field is None or name in forced or field in forced.values():
            continue
        if field in found and field is Field.DESTINATION:
            continue  # the first will do: no price hangs on it
        _add(found, field, index, row)
    # "Country code" beside nothing else is simply the code.
    if Field.CODE not in found and Field.COUNTRY_CODE in found:
        found[Field.CODE] = found.pop(Field.COUNTRY_CODE)
    return found if Field.CODE in found and Field.PRICE in found else None


def _add(found: Columns, field: Field, index: int, row: Sequence[str]) -> None:
    before = found.get(field, ())
    if before and field is not Field.STATUS:
        raise SheetError(
            f"the columns {row[before[0]]!r} and {row[index]!r} both look like the {field};"
            f" say which it is with --map 'NAME={field}'"
        )
    found[field] = (*before, index)
