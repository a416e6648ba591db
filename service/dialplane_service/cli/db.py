"""``dialplane db``: create, check and fill the database. These speak to MariaDB, not to the service."""

import asyncio
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from dialplane_service.mariadb.connection import close, connect
from dialplane_service.mariadb.demo import DemoReport, load_demo
from dialplane_service.mariadb.driver_errors import Code, DriverError, code
from dialplane_service.mariadb.migration_errors import MigrationError, explained
from dialplane_service.mariadb.migrator import MigrationReport
from dialplane_service.mariadb.migrator import migrate as migrate_database
from dialplane_service.mariadb.schema_status import MigrationState, SchemaStatus, read_status
from dialplane_service.mariadb.service_account import require_login, service_account
from dialplane_service.mariadb.sql_files import SqlFilesError, migrations
from dialplane_service.mariadb.url import (
    ADMIN_DATABASE_URL,
    DATABASE_URL,
    DatabaseUrl,
    DatabaseUrlError,
    parse_database_url,
)

FAILED = 1
NOT_CURRENT = 3

app = typer.Typer(
    no_args_is_help=True,
    help="Create, check and fill the database.",
    epilog="Exit codes: 0 done, 1 it failed and says why, 2 the command line is wrong,"
    " 3 (status) the schema is not up to date.",
)
console = Console()
complaints = Console(stderr=True)

DatabaseOption = Annotated[
    str | None,
    typer.Option(
        "--database-url",
        metavar="URL",
        help=f"mysql://user:password@host:port/database of a user with all rights. "
        f"Default: {ADMIN_DATABASE_URL}, else {DATABASE_URL}.",
    ),
]


@app.command()
def migrate(
    database_url: DatabaseOption = None,
    service_host: Annotated[
        str | None,
        typer.Option(help="Where the service's account connects from. Default: localhost, else %."),
    ] = None,
    allow_passwordless: Annotated[
        bool, typer.Option(help="Create the service's account even if it has no password.")
    ] = False,
) -> None:
    """Bring the schema up to date: databases, tables, routines, triggers, accounts.

    The service's account is the user of DIALPLANE_DATABASE_URL, when that is not the administrator.
    Run it again after an interruption; two at once wait for each other.
    """
    with _complaints():
        admin = _admin(database_url)
        service = os.environ.get(DATABASE_URL)
        account = service_account(
            admin,
            parse_database_url(service) if service else None,
            host=service_host,
            allow_passwordless=allow_passwordless,
        )

        async def work() -> MigrationReport:
            with console.status(f"Migrating {admin}") as spinner:
                report = await migrate_database(
                    admin, account, progress=lambda step: spinner.update(f"Loading {step}")
                )
            if account is not None:
                await require_login(account)
            return report

        _print_report(admin, asyncio.run(work()))


@app.command()
def status(database_url: DatabaseOption = None) -> None:
    """Show which migrations the database has had. Exit code 3: it is not up to date."""
    with _complaints():
        admin = _admin(database_url)
        found = asyncio.run(_status(admin))
    table = Table("Migration", "State", "Applied (UTC)", title=str(admin))
    for item in found.migrations:
        applied = f"{item.applied_at:%Y-%m-%d %H:%M:%S}" if item.applied_at else ""
        table.add_row(f"{item.number:04d} {item.name}", item.state, applied)
    console.print(table)
    if found.missing_objects:
        console.print(f"{len(found.missing_objects)} routines and triggers are not loaded.")
    if found.is_current:
        console.print("The schema is up to date.")
        return
    console.print(_advice(found))
    raise typer.Exit(NOT_CURRENT)


@app.command()
def demo(
    database_url: DatabaseOption = None,
    restore: Annotated[
        bool, typer.Option("--restore", help="Put back demo rows that were changed or deleted.")
    ] = False,
) -> None:
    """Load the demo rows into an empty database. One that holds rows is left as it is."""
    with _complaints():
        admin = _admin(database_url)
        report = asyncio.run(load_demo(admin, restore=restore))
    _print_demo(admin, report)


def _admin(option: str | None) -> DatabaseUrl:
    if option is not None:
        return parse_database_url(option, "--database-url")
    for setting in (ADMIN_DATABASE_URL, DATABASE_URL):
        if os.environ.get(setting):
            return parse_database_url(os.environ[setting], setting)
    raise DatabaseUrlError(f"set {ADMIN_DATABASE_URL} or {DATABASE_URL}, or give --database-url")


@contextmanager
def _complaints() -> Iterator[None]:
    try:
        yield
    except (DatabaseUrlError, MigrationError, SqlFilesError) as error:
        complaints.print(f"dialplane db: {error}", style="red", markup=False, soft_wrap=True)
        raise typer.Exit(FAILED) from None


async def _status(admin: DatabaseUrl) -> SchemaStatus:
    try:
        connection = await connect(admin, timeout_s=10)
        try:
            return await read_status(connection)
        finally:
            await close(connection)
    except DriverError as error:
        if code(error) == Code.UNKNOWN_DATABASE:
            pending = [
                MigrationState(item.number, item.name, "pending", None) for item in migrations()
            ]
            return SchemaStatus(tuple(pending), ())
        raise explained(error, admin, f"connecting to {admin}") from error
    except TimeoutError as error:
        raise MigrationError(f"{admin} did not answer within 10 seconds") from error


def _advice(found: SchemaStatus) -> str:
    states = {item.state for item in found.migrations}
    if "newer" in states:
        return "The database belongs to a newer release: install that one."
    if "changed" in states:
        return "A migration was changed after it was applied: restore its file."
    return "Run `dialplane db migrate`."


def _print_report(admin: DatabaseUrl, report: MigrationReport) -> None:
    kinds = Counter(path.rpartition("/")[0] or "other" for path in report.objects)
    table = Table("What", "Done", title=str(admin))
    table.add_row("databases created", ", ".join(report.databases) or "none")
    table.add_row("migrations applied", str(len(report.migrations)))
    loaded = ", ".join(f"{count} {kind}" for kind, count in kinds.items())
    table.add_row("routines and triggers loaded", loaded or "none")
    if report.account is None:
        account = f"none: {DATABASE_URL} names the administrator, or nobody"
    else:
        account = f"{report.account} {'created' if report.account_created else 'kept'}"
    table.add_row("service's account", account)
    console.print(table)


def _print_demo(admin: DatabaseUrl, report: DemoReport) -> None:
    held = report.unchanged + len(report.changed)
    if report.loaded:
        console.print(f"Loaded {len(report.loaded)} demo rows into {admin}.")
    elif report.restored:
        console.print(f"Put back {len(report.restored)} demo rows: {', '.join(report.restored)}.")
    elif held == 0:
        console.print(
            f"{admin} holds {report.others} rows that are not the demo's; nothing was loaded."
            " To have the demo rows beside them: dialplane db demo --restore"
        )
        return
    if not report.loaded:
        console.print(f"{report.unchanged} demo rows were there already, unchanged.")
    if report.others:
        console.print(f"{report.others} other rows were left alone.")
    for words, rows in (("changed", report.changed), ("deleted", report.missing)):
        if rows:
            console.print(f"Left as somebody {words} them: {', '.join(rows)}.")
    if report.changed or report.missing:
        console.print("To put the demo's back: dialplane db demo --restore")
