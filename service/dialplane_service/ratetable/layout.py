"""How rates lie in a segment and in the table, and the catalogue of what they refer to."""

import struct
from collections import defaultdict
from typing import Final

import msgspec
import numpy as np

from dialplane_service.domain.decision_data import DecisionRows
from dialplane_service.domain.rates.hours import Hours
from dialplane_service.domain.rates.records import Deck, HoursRow, RateStep

SEGMENT: Final = "segment"
TABLE: Final = "table"

KEY_TYPE: Final = np.dtype("<u8")
INDEX_TYPE: Final = np.dtype("<u4")
SLOT_TYPE: Final = np.dtype("<u2")
NO_PARENT: Final = 2**32 - 1
MOST_DECKS: Final = 2**16
DESTINATION_LENGTH: Final = struct.Struct("<H")


class RefusedDeckError(ValueError):
    """A deck's rows make no rates; the message says which deck, which row and why."""


class Catalogue(msgspec.Struct, frozen=True):
    """What the rates of a table refer to, as of one data version. A deck's slot is its place here."""

    version: int
    decks: tuple[Deck, ...]
    hours: tuple[HoursRow, ...] = ()
    steps: dict[int, tuple[RateStep, ...]] = {}

    def serves(self, wanted: "Catalogue") -> bool:
        """Whether a table of this one answers as a table of ``wanted`` would, whatever both versions are.

        Hours and steps that are only in ``wanted`` are those of decks that are not in force.
        """
        hours = {row.id: row for row in wanted.hours}
        return (
            self.decks == wanted.decks
            and all(hours.get(row.id) == row for row in self.hours)
            and all(wanted.steps.get(key) == steps for key, steps in self.steps.items())
        )

    def read_hours(self) -> dict[int, Hours]:
        """The hours, ready to be asked.

        Raises:
            HoursError: some cannot be understood.

        """
        return {row.id: Hours(row) for row in self.hours}


def catalogue_of(rows: DecisionRows) -> Catalogue:
    """The catalogue that a table is to have for these rows."""
    steps: defaultdict[int, list[RateStep]] = defaultdict(list)
    for row in rows.rate_steps:
        steps[row.steps_id].append(RateStep(row.from_s, row.price_per_minute, row.increment_s))
    lists = {key: tuple(sorted(each, key=lambda step: step.from_s)) for key, each in steps.items()}
    return Catalogue(rows.version, rows.rate_decks, rows.rate_hours, lists)
