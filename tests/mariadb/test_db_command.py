"""`dialplane db`, as a person runs it."""

from collections.abc import Iterator

import pytest
from typer.testing import CliRunner, Result

from dialplane_service.cli.db import FAILED, NOT_CURRENT, app
from dialplane_service.mariadb.url import ADMIN_DATABASE_URL, DATABASE_URL
from tests.support.database import DatabaseServer, new_name
from tests.support.schema import MigratedDatabase, drop_migrated, named_database


@pytest.fixture
def empty(mariadb_server: DatabaseServer) -> Iterator[MigratedDatabase]:
    """A name under which nothing exists yet."""
    named = named_database(mariadb_server, new_name())
    yield named
    drop_migrated(named)


def run(*arguments: str, admin: str = "", service: str = "") -> Result:
    settings = {ADMIN_DATABASE_URL: admin, DATABASE_URL: service, "COLUMNS": "200"}
    return CliRunner().invoke(app, arguments, env=settings)


def words(result: Result) -> str:
    return " ".join(result.output.split())


def test_from_nothing_to_demo_rows(empty: MigratedDatabase) -> None:
    settings = {"admin": empty.admin_url, "service": empty.service_url}
    before = run("status", **settings)
    assert (before.exit_code, "pending" in before.output) == (NOT_CURRENT, True)
    assert "db migrate" in words(before)
    early = run("demo", **settings)
    assert (early.exit_code, "db migrate" in words(early)) == (FAILED, True)
    migrated = run("migrate", **settings)
    assert migrated.exit_code == 0
    assert f"{empty.service.user}@localhost created" in words(migrated)
    after = run("status", **settings)
    assert (after.exit_code, "up to date" in after.output) == (0, True)
    assert run("status", service=empty.service_url).exit_code == 0
    loaded = run("demo", **settings)
    assert (loaded.exit_code, "Loaded" in loaded.output) == (0, True)
    again = run("demo", **settings)
    assert (again.exit_code, "unchanged" in again.output) == (0, True)
    assert run("migrate", "--database-url", empty.admin_url).exit_code == 0


@pytest.mark.parametrize("command", ["migrate", "status", "demo"])
@pytest.mark.parametrize(
    ("admin", "said"),
    [
        ("", ADMIN_DATABASE_URL),
        ("mysql://root:s3cret@localhost", f"{ADMIN_DATABASE_URL} names no database"),
        ("mysql://root:s3cret@localhost/d?unix_socket=/nonexistent", "see that MariaDB runs"),
        ("mysql://root:s3cret@127.0.0.1:1/d", "see that MariaDB runs"),
    ],
)
def test_errors_say_what_to_do(command: str, admin: str, said: str) -> None:
    result = run(command, admin=admin)
    assert result.exit_code == FAILED
    assert said in words(result)
    assert "s3cret" not in result.output
    assert "Traceback" not in result.output


def test_a_service_that_cannot_log_in_is_said(empty: MigratedDatabase) -> None:
    settings = {"admin": empty.admin_url, "service": empty.service_url}
    assert run("migrate", **settings).exit_code == 0
    settings["service"] = empty.service_url.replace("only-for-tests", "an0ther")
    result = run("migrate", **settings)
    assert (result.exit_code, "ALTER USER" in words(result)) == (FAILED, True)
    assert "an0ther" not in result.output
