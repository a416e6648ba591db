"""The rate table as people ask for it: what it holds, and whether it is what it should be."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class RateTableStatus:
    """The rate table of one process, and how its compiler does.

    ``version``: the data version it was compiled of; 0: there is no table, so nothing has a price.
    ``data_version``: that of the decision data in force, 0: none. ``up_to_date``: the table is what
    those data want, though its version may be lower: not every change concerns rates.
    ``segment_bytes``: what the next compile need not read again. ``compiling_since``: one is in
    progress on this host, by this process or another. ``failure``: why the last one failed; empty:
    it did not. ``refused``: why the file on disk cannot be used; empty: it can.
    """

    version: int
    compiled_at: datetime | None
    decks: int
    rates: int
    prefixes: int
    file: str
    file_bytes: int
    segment_bytes: int
    data_version: int
    up_to_date: bool
    compiling_since: datetime | None
    failure: str
    failed_at: datetime | None
    refused: str
