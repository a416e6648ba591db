"""The tests' own databases, and nobody else's."""

import pytest

from tests.support.database import (
    DatabaseFactory,
    DatabaseServer,
    ForeignDatabaseError,
    connect_arguments,
    create_database,
    drop_database,
    new_name,
)

FOREIGN_NAMES = [
    "",
    "mysql",
    "dialplane",
    "dialplane_test",
    "dialplane_test_",
    "dialplane_test_0123456789a",
    "dialplane_test_0123456789abc",
    "dialplane_test_0123456789AB",
    "dialplane_test_0123456789ab\n",
    "xdialplane_test_0123456789ab",
    "dialplane_test_0123456789ab`; DROP DATABASE mysql; --",
]
NOWHERE = DatabaseServer("mysql://root@localhost/?unix_socket=/nonexistent")


@pytest.mark.parametrize("name", FOREIGN_NAMES)
def test_no_other_database_is_created(name: str) -> None:
    with pytest.raises(ForeignDatabaseError):
        create_database(NOWHERE, name)


@pytest.mark.parametrize("name", FOREIGN_NAMES)
def test_no_other_database_is_dropped(name: str) -> None:
    with pytest.raises(ForeignDatabaseError):
        drop_database(NOWHERE, name)


def test_a_database_lives_until_its_factory_ends(mariadb_server: DatabaseServer) -> None:
    factory = DatabaseFactory(mariadb_server)
    first, second = factory(), factory()
    assert first.name != second.name
    connection = first.connect()
    with connection, connection.cursor() as cursor:
        cursor.execute("SHOW DATABASES")
        before = {row[0] for row in cursor.fetchall()}
        assert {first.name, second.name} <= before
        cursor.execute("USE information_schema")
        factory.drop_all()
        cursor.execute("SHOW DATABASES")
        assert {row[0] for row in cursor.fetchall()} == before - {first.name, second.name}


def test_the_server_keeps_an_id_of_zero_and_refuses_what_does_not_fit(
    make_database: DatabaseFactory,
) -> None:
    connection = make_database().connect()
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT @@GLOBAL.sql_mode")
        row = cursor.fetchone()
        assert row is not None
        assert {"NO_AUTO_VALUE_ON_ZERO", "STRICT_TRANS_TABLES"} <= set(row[0].split(","))


def test_addresses_become_connection_arguments() -> None:
    server = DatabaseServer("mysql://a%40b:p%3Aw@db.example:3307/ignored")
    assert connect_arguments(server.url_of("x")) == {
        "host": "db.example",
        "port": 3307,
        "user": "a@b",
        "password": "p:w",
    }
    name = new_name()
    assert NOWHERE.url_of(name, "someone") == (
        f"mysql://someone@localhost/{name}?unix_socket=/nonexistent"
    )
