"""A deck as CSV: what `dialplane rates import` reads back, rate for rate."""

import csv
from collections.abc import Callable, Sequence
from typing import TextIO

from dialplane.admin.v1.rate_pb2 import RateRows, RateTerms

HEADER = (
    "prefix",
    "destination",
    "price",
    "connect_fee",
    "first_increment",
    "next_increment",
    "minimum",
    "status",
    "hours",
    "timezone",
    "steps",
)


def csv_writer(stream: TextIO) -> Callable[[RateRows], None]:
    """Write the header; returns what writes rates behind it."""
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(HEADER)

    def take(rows: RateRows) -> None:
        writer.writerows(rate_cells(rows))

    return take


def rate_cells(rows: RateRows) -> list[Sequence[str]]:
    """The cells of some rates, in the order of the header."""
    said = [_cells(terms) for terms in rows.terms]
    return [
        (rate.prefix, rate.destination, rate.price_per_minute, *said[rate.terms])
        for rate in rows.rates
    ]


def _cells(terms: RateTerms) -> tuple[str, ...]:
    return (
        terms.connect_fee,
        str(terms.first_increment_s),
        str(terms.next_increment_s),
        str(terms.minimum_s),
        "blocked" if terms.blocked else "",
        terms.hours.spec,
        terms.hours.timezone,
        ";".join(
            f"{step.from_s}:{step.price_per_minute}/{step.increment_s}" for step in terms.steps
        ),
    )
