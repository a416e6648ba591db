"""The port ``RateDeckStore`` over MariaDB."""

from dialplane_service.application.ports import Clock
from dialplane_service.mariadb.pool import ConnectionPool
from dialplane_service.mariadb.rate_deck_reader import RateDeckReader
from dialplane_service.mariadb.rate_deck_writer import RateDeckWriter


class MariaDBRateDeckStore(RateDeckReader, RateDeckWriter):
    """Reads and writes rate decks over one pool."""

    def __init__(self, pool: ConnectionPool, clock: Clock) -> None:
        RateDeckReader.__init__(self, pool, clock)
        RateDeckWriter.__init__(self, pool)
