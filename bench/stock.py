"""Puts a generated world into a database: rows as people make them, decks by the service's own procedures."""

import hashlib
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pymysql
from tests.support.database import connect_arguments
from tests.support.schema import MigratedDatabase

from bench.world import VALID_FROM, Line, Provider, World, amount

COLUMNS = (
    "deck_id, prefix, hours_id, id, destination, price_per_minute, connect_fee, first_increment_s,"
    " next_increment_s, minimum_s, blocked, steps_id"
)
_PROVIDER = (
    "INSERT INTO providers (id, providername, country, currency_id, noncli_prefix, cli_prefix,"
    " premcli_prefix, cli_allowed, dynamic_calls, dynamic_calls_caller_id, carries_outgoing, priority)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, 'Y', %s, %s, 1, %s)"
)
_ADDRESS = "INSERT INTO providers_ips (provider_id, domainname, direction) VALUES (%s, %s, 'OUT')"
Done = Callable[[], object]


@contextmanager
def connection(database: MigratedDatabase) -> "Iterator[pymysql.Connection[Any]]":
    """A connection of the privileged user that may send files."""
    opened = pymysql.connect(
        **connect_arguments(database.admin_url),
        database=database.name,
        autocommit=True,
        local_infile=True,
        ssl_disabled=True,  # reading the machine's certificates would take longer than all the rest
        charset="utf8mb4",
    )
    try:
        yield opened
    finally:
        opened.close()


def run(database: MigratedDatabase, *statements: str) -> None:
    """Run statements as the privileged user."""
    with connection(database) as opened, opened.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def load_world(database: MigratedDatabase, world: World, folder: Path, done: Done) -> None:
    """Providers and their price lists, in force; the demo's own providers carry nothing any more.

    ``done`` is called after each list.
    """
    run(
        database,
        "UPDATE rate_decks SET state = 'RETIRED' WHERE provider_id IS NOT NULL",
        "UPDATE providers SET carries_outgoing = 0",
    )
    with connection(database) as opened, opened.cursor() as cursor:
        opened.begin()
        for provider in world.providers:
            cursor.execute(_PROVIDER, _row(provider))
            cursor.execute(_ADDRESS, (provider.id, f"sip{provider.id}.example.net"))
        opened.commit()
    # The next list is written while the server takes in the one before it.
    with ThreadPoolExecutor(1) as loader, connection(database) as opened:
        taken_in: Future[object] | None = None
        for provider in world.providers:
            deck_id = _begin(database, provider)
            file = write_tsv(folder, deck_id, world.price_list(provider))
            if taken_in is not None:
                taken_in.result()
                done()
            taken_in = loader.submit(_take_in, opened, deck_id, file, activate=True)
        if taken_in is not None:
            taken_in.result()
            done()


def add_deck(
    database: MigratedDatabase, provider: Provider, lines: Iterable[Line], folder: Path
) -> int:
    """A new deck of a provider, READY; its id."""
    deck_id = _begin(database, provider)
    with connection(database) as opened:
        _take_in(opened, deck_id, write_tsv(folder, deck_id, lines), activate=False)
    return deck_id


def write_tsv(folder: Path, deck_id: int, lines: Iterable[Line]) -> Path:
    """The lines as rows of table `rates`, in a file."""
    file = folder / f"deck-{deck_id}.tsv"
    with file.open("w") as written:
        written.writelines(
            f"{deck_id}\t{line.prefix}\t0\t{deck_id << 24 | number}\t{line.destination}"
            f"\t{amount(line.price)}\t{amount(line.fee)}\t{line.first_s}\t{line.next_s}"
            f"\t0\t{line.blocked}\t0\n"
            for number, line in enumerate(lines, 1)
        )
    return file


def load_data(cursor: Any, table: str, file: Path) -> None:  # noqa: ANN401
    """`LOAD DATA LOCAL INFILE` of a file as `write_tsv` makes it."""
    cursor.execute(
        f"LOAD DATA LOCAL INFILE '{file}' INTO TABLE {table} CHARACTER SET utf8mb4 ({COLUMNS})"
    )


def _begin(database: MigratedDatabase, provider: Provider) -> int:
    begins = VALID_FROM.strftime("%Y-%m-%d %H:%M:%S")
    upload = secrets.token_hex(16)
    with connection(database) as opened, opened.cursor() as cursor:
        arguments = (upload, provider.name, "", "", provider.currency, begins, None, "bench")
        cursor.callproc("usp_begin_rate_deck", arguments)
        (deck_id,) = cursor.fetchone() or (0,)
        return int(deck_id)


def _take_in(opened: Any, deck_id: int, file: Path, *, activate: bool) -> None:  # noqa: ANN401
    """As an upload leaves a deck. Checks are skipped: the generated rows are known to pass them."""
    with opened.cursor() as cursor:
        cursor.execute("SET check_constraint_checks = 0")
        load_data(cursor, "rates", file)
        with file.open("rb") as content:
            sha256 = hashlib.file_digest(content, "sha256").hexdigest()
        cursor.callproc("usp_finish_rate_deck", (deck_id, sha256))
        if activate:
            cursor.callproc("usp_activate_rate_deck", (deck_id,))
    file.unlink()


def _row(provider: Provider) -> Sequence[object]:
    tiers = ("991", "992", "993") if provider.sells_tiers else (None, None, None)
    free = provider.shows_any_number
    shown = None if free else f"1212555{provider.id}"
    return (
        provider.id,
        provider.name,
        provider.country,
        provider.currency_id,
        *tiers,
        "Y" if free else "N",
        shown,
        1 + provider.id % 7,
    )
