"""Reads the rates of a deck for the compiler: row by row off the wire, in a process that may wait."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import pymysql
from pymysql.cursors import SSCursor

from dialplane_service.application.errors import DatabaseUnavailableError
from dialplane_service.domain.rates.records import RateRow
from dialplane_service.mariadb.connection import SQL_MODE
from dialplane_service.mariadb.driver_errors import is_away
from dialplane_service.mariadb.url import DatabaseUrl

ROWS_PER_CHUNK: Final = 50_000
CONNECT_SECONDS: Final = 5
READ_SECONDS: Final = 60
"""How long the server may say nothing."""

# Amounts come as whole price units: the driver would make a Decimal of each, which takes longer than the rest.
_RATES: Final = """
SELECT prefix, hours_id, id, destination, CAST(price_per_minute * 100000000 AS UNSIGNED),
  CAST(connect_fee * 100000000 AS UNSIGNED), first_increment_s, next_increment_s, minimum_s, blocked, steps_id
FROM rates WHERE deck_id = %s ORDER BY prefix, hours_id
"""


class MariaDBRateRowsReader:
    """Port ``RateRowsReader`` over one blocking connection."""

    def __init__(self, connection: Any) -> None:  # noqa: ANN401 - the driver has no types
        self._connection = connection

    def rates(self, deck_id: int) -> Iterator[Sequence[RateRow]]:
        """All rates of a deck, rising by prefix; see the port."""
        with _away_by_name(), self._connection.cursor(SSCursor) as cursor:
            cursor.execute(_RATES, (deck_id,))
            while rows := cursor.fetchmany(ROWS_PER_CHUNK):
                yield rows


@contextmanager
def open_rate_rows(url: DatabaseUrl) -> Iterator[MariaDBRateRowsReader]:
    """Connect; for the compiling process, to which ``partial(open_rate_rows, url)`` can be sent.

    Raises:
        DatabaseUnavailableError: the server is away.

    """
    with _away_by_name():
        connection = pymysql.connect(
            host=url.host,
            port=url.port,
            unix_socket=url.unix_socket,
            user=url.user,
            password=url.password,
            database=url.database,
            charset="utf8mb4",
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            init_command=f"SET sql_mode = '{SQL_MODE}', time_zone = '+00:00'",
        )
    try:
        yield MariaDBRateRowsReader(connection)
    finally:
        connection.close()


@contextmanager
def _away_by_name() -> Iterator[None]:
    try:
        yield
    except (pymysql.MySQLError, OSError) as error:
        if isinstance(error, OSError) or is_away(error):
            raise DatabaseUnavailableError(f"the rates cannot be read: {error}") from error
        raise
