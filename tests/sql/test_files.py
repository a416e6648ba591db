"""The conventions of the SQL files."""

import re

import pytest

from dialplane_service.mariadb.decision_tables import DECISION_TABLES
from dialplane_service.mariadb.sql_files import KINDS, Migration, SqlObject, migrations, objects

ROUTINES = [item for item in objects() if item.folder in ("procedures", "functions")]


@pytest.mark.parametrize("item", objects(), ids=lambda item: item.path)
def test_a_file_holds_the_one_object_it_is_named_after(item: SqlObject) -> None:
    assert "DELIMITER" not in item.text
    assert "GET_LOCK" not in item.text
    if item.folder in KINDS:
        header = rf"CREATE OR REPLACE DEFINER = `definer`@`localhost` {KINDS[item.folder]}"
        assert re.match(rf"{header} (`debug`\.)?{item.name}\b", item.text)


@pytest.mark.parametrize("item", ROUTINES, ids=lambda item: item.path)
def test_a_routine_declares_what_it_does(item: SqlObject) -> None:
    assert re.search(r"^(READS|MODIFIES) SQL DATA$", item.text, re.MULTILINE)
    assert re.search(r"^SQL SECURITY DEFINER$", item.text, re.MULTILINE)
    assert re.search(r"^COMMENT '[A-Z][^']+\.'$", item.text, re.MULTILINE)


@pytest.mark.parametrize("migration", migrations(), ids=str)
def test_a_migration_is_one_ddl_statement(migration: Migration) -> None:
    text = re.sub(r"'(?:[^']|'')*'", "''", migration.text)
    assert ";" not in text
    assert text.startswith(("CREATE TABLE", "ALTER TABLE", "INSERT IGNORE INTO data_version"))
    assert "ON DELETE CASCADE" not in text


def test_every_decision_table_has_its_three_triggers() -> None:
    triggers = {item.name for item in objects() if item.folder == "triggers"}
    assert triggers == {
        f"{table}_after_{change}"
        for table in DECISION_TABLES
        for change in ("insert", "update", "delete")
    }
