"""How rates lie in a segment and in the table, and the catalogue of what they refer to."""

import struct
from datetime import datetime
from typing import Final

import msgspec
import numpy as np

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
    compiled_for: datetime
    decks: tuple[Deck, ...]
    hours: tuple[HoursRow, ...] = ()
    steps: dict[int, tuple[RateStep, ...]] = {}

    def read_hours(self) -> dict[int, Hours]:
        """The hours, ready to be asked.

        Raises:
            HoursError: some cannot be understood.

        """
        return {row.id: Hours(row) for row in self.hours}
