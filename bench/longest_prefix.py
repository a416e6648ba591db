"""The longest prefix of each provider by SQL, as others do it per call."""

import asyncio
from dataclasses import dataclass
from typing import Any

from tests.support.schema import MigratedDatabase

from bench.load import Round, cpu_seconds, load
from dialplane_service.mariadb.connection import execute
from dialplane_service.mariadb.pool import ConnectionPool

INDEX = (
    "ALTER TABLE rates ADD KEY longest_prefix (prefix, deck_id, price_per_minute, connect_fee,"
    " first_increment_s, next_increment_s, blocked)"
)
"""A covering index in the order (prefix, list): no row is looked up apart from it."""
NO_INDEX = "ALTER TABLE rates DROP KEY longest_prefix"
CONNECTIONS = 8
_LONGEST = 15
_PRICES = """
SELECT deck_id, prefix, price_per_minute, connect_fee, first_increment_s, next_increment_s, blocked
FROM rates FORCE INDEX (longest_prefix) WHERE prefix IN ({prefixes})
"""


@dataclass(frozen=True)
class BySql:
    """SQL per call over pooled connections."""

    one: Round
    """One caller, one connection."""
    many: Round
    mariadb_cpu_us: float
    """What the database spent for a call of ``many``."""


def statement(digits: str) -> str:
    """One statement: every prefix of the number, in every list. Digits need no quoting but quotes."""
    ends = range(1, min(len(digits), _LONGEST) + 1)
    return _PRICES.format(prefixes=", ".join(f"'{digits[:end]}'" for end in ends))


def cheapest(rows: Any, seconds: int) -> list[tuple[Any, int]]:  # noqa: ANN401
    """The lists by what they charge for a call; the exchange of currencies is left out."""
    longest: dict[int, Any] = {}
    for row in rows:
        known = longest.get(row[0])
        if known is None or len(known[1]) < len(row[1]):
            longest[row[0]] = row
    return sorted(
        (price * max(first, -(-seconds // following) * following) / 60 + fee, deck_id)
        for deck_id, _, price, fee, first, following, blocked in longest.values()
        if not blocked
    )


async def by_sql(
    database: MigratedDatabase, numbers: list[str], mariadb_pid: int, seconds: float
) -> BySql:
    """Ask for numbers that are all different; each caller ranks what it gets."""
    left = iter(numbers)
    pool = ConnectionPool(database.service, size=CONNECTIONS, query_s=10)

    async def ask(_: int) -> None:
        digits = next(left)
        rows = await pool.run(lambda connection: execute(connection, statement(digits)))
        assert cheapest(rows, 180) or rows

    try:
        await asyncio.gather(*(ask(0) for _ in range(CONNECTIONS)))
        one = await load(ask, callers=1, seconds=seconds)
        before = cpu_seconds(mariadb_pid)
        many = await load(ask, callers=CONNECTIONS, seconds=seconds)
        spent = cpu_seconds(mariadb_pid) - before
        return BySql(one, many, spent / len(many.latencies) * 1e6)
    finally:
        await pool.close()
