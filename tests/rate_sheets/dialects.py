# ruff: noqa: RUF001 - letters of other alphabets are what is tested
"""Price lists as carriers send them: each a file's content and what must come of it."""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from tests.support.xlsx import Number, write_xlsx

Rates = dict[str, str]
"""Price per minute by prefix."""


@dataclass(frozen=True)
class Dialect:
    name: str
    content: bytes
    rates: Rates
    blocked: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    increments: tuple[int, int] = (60, 60)
    names: tuple[str, ...] = ()

    def write(self, folder: Path) -> Path:
        file = folder / f"{self.name}.csv"
        file.write_bytes(self.content)
        return file


DIALECTS = [
    Dialect(
        "plain_commas",
        b"Destination,Prefix,Rate\nRussia,7,0.0185\nUnited Kingdom,44,0.0091\n",
        {"7": "0.0185", "44": "0.0091"},
        names=("Russia", "United Kingdom"),
    ),
    Dialect(
        "semicolons_and_decimal_comma",
        "\ufeffCountry;Dial code;Rate/min;Interval\r\nRussia;7;0,0185;60/1\r\nUK;44;0,0091;60/1\r\n".encode(),
        {"7": "0.0185", "44": "0.0091"},
        increments=(60, 1),
    ),
    Dialect(
        "tabs_in_utf16",
        "Area\tCode\tPrice (USD)\tBilling increment\nМосква\t7495\t0.0097\t1/1\n".encode("utf-16"),
        {"7495": "0.0097"},
        increments=(1, 1),
        names=("Москва",),
    ),
    Dialect(
        "cyrillic_cp1251",
        (
            "Направление;Код;Цена;Тарификация\nРоссия, Москва;7495;0,85;60/60\n"
            "Россия, Санкт-Петербург;7812;0,95;60/60\nВеликобритания;44;3,20;60/60\n"
            "Германия, мобильные;4915;6,60;60/60\nСоединённые Штаты;1;2,10;60/60\n"
        ).encode("cp1251"),
        {"7495": "0.85", "7812": "0.95", "44": "3.2", "4915": "6.6", "1": "2.1"},
        names=("Россия, Москва", "Россия, Санкт-Петербург", "Великобритания"),
    ),
    Dialect(
        "french_latin_1",
        (
            "Destination;Code;Price\nRéunion;262;0,041\nCôte d'Ivoire;225;0,183\n"
            "Sénégal mobile;2217;0,214\nPérou;51;0,012\nNouvelle-Calédonie;687;0,241\n"
        ).encode("latin-1"),
        {"262": "0.041", "225": "0.183", "2217": "0.214", "51": "0.012", "687": "0.241"},
        names=("Réunion", "Sénégal mobile"),
    ),
    Dialect(
        "letterhead_and_footer",
        b"ACME Telecom Ltd,,,\nPrice list 17,,,\n,,,\n,,,\nDestination,Dial codes,Price USD,Effective date\n"
        b"Russia,7,0.0185,2020-01-01\n,,,\nNotes: prices without VAT,,,\n",
        {"7": "0.0185"},
    ),
    Dialect(
        "many_codes_in_a_cell",
        b'Destination,Codes,Rate\nRussia Moscow,"7495,7499, 7498;7496",0.0097\nMobile,79160-79169|7910,0.02\n',
        {
            **dict.fromkeys(("7495", "7499", "7498", "7496"), "0.0097"),
            **dict.fromkeys(("7916", "7910"), "0.02"),
        },
    ),
    Dialect(
        "ranges",
        b"Destination,Code,Rate\nMoscow,7495-7499,0.0097\nWhole,7300-7399,0.01\nShort end,4470-5,0.03\n",
        {
            **dict.fromkeys(("7495", "7496", "7497", "7498", "7499"), "0.0097"),
            "73": "0.01",
            **dict.fromkeys(("4470", "4471", "4472", "4473", "4474", "4475"), "0.03"),
        },
    ),
    Dialect(
        "country_and_area_codes",
        b'Country,Country code,Area codes,Rate per minute\nRussia,7,,0.0185\nMoscow,7,"495,499",0.0097\n'
        b"UK mobile,+44,7400-7409,0.0265\nItaly,39,06,0.01\n",
        {"7": "0.0185", "7495": "0.0097", "7499": "0.0097", "44740": "0.0265", "3906": "0.01"},
    ),
    Dialect(
        "plus_and_double_zero",
        b"Code,Price\n+7495,0.0097\n0044,0.0091\n",
        {"7495": "0.0097", "44": "0.0091"},
    ),
    Dialect(
        "separate_increments_and_money_signs",
        b"Prefix,Price,First increment,Next increment,Currency\n7,$0.0185,30,6,USD\n44,0.0091 USD,30,6,usd\n",
        {"7": "0.0185", "44": "0.0091"},
        increments=(30, 6),
    ),
    Dialect(
        "statuses",
        b"Status,Rate,Code\nincrease,0.02,7\nBlocked,,53\nN/A,,882\nremoved,0.01,371\nNo Change,0.0091,44\n",
        {"7": "0.02", "53": "0", "882": "0", "44": "0.0091"},
        blocked=("53", "882"),
        removed=("371",),
    ),
    Dialect(
        "thousands_and_exponents",
        b'Code,Price\n881,"1,234.50"\n882,"1.234,50"\n7,1.85E-02\n',
        {"881": "1234.5", "882": "1234.5", "7": "0.0185"},
    ),
    Dialect(
        "quotes_within_quotes",
        b'"Destination","Prefix","Rate"\n"Russia ""Moscow""\nand region","7495","0.0097"\n',
        {"7495": "0.0097"},
        names=('Russia "Moscow" and region',),
    ),
]


def excel(folder: Path) -> Path:
    """A workbook with numbers as Excel keeps them, and a date as its number of days."""
    return write_xlsx(
        folder / "excel.xlsx",
        [
            ["Carrier & Sons"],
            ["Destination", "Dial Code", "Rate", "Interval", "Effective date"],
            ["Russia", Number("7"), Number("1.8500000000000003E-2"), "60/1", Number("43831")],
            ["Moscow", "7495, 7499", Number("9.7000000000000003E-3"), "60/1", Number("43831")],
            ["UK", Number("44"), Number("0.0091"), "60/1", ""],
        ],
        second=[["Code", "Price"], ["1", Number("0.005")]],
    )


EXCEL_RATES = {
    "7": Decimal("0.0185"),
    "7495": Decimal("0.0097"),
    "7499": Decimal("0.0097"),
    "44": Decimal("0.0091"),
}
