"""The service's account reads tables and executes procedures, and can do nothing else."""

import pytest

from dialplane_service.mariadb.connection import Connection, execute
from dialplane_service.mariadb.driver_errors import DriverError, code
from tests.support.schema import MigratedDatabase

DENIED = {1044, 1045, 1142, 1143, 1227, 1370, 1419, 1305}
FORBIDDEN = [
    "INSERT INTO currency (iso) VALUES ('CHF')",
    "UPDATE providers SET priority = 1",
    "UPDATE data_version SET version = 1",
    "DELETE FROM numbers_pool",
    "INSERT INTO rates (deck_id, prefix, id, price_per_minute) VALUES (1, '7', 1, 1)",
    "UPDATE rates SET price_per_minute = 0",
    "DELETE FROM rates",
    "UPDATE rate_decks SET state = 'RETIRED'",
    "REPLACE INTO exchange_rates VALUES (96, NOW(), 1)",
    "LOAD DATA INFILE '/etc/hostname' INTO TABLE rates",
    "REPLACE INTO channels (server_id, unique_id, first_recorded_at) VALUES (1, 'x', NOW())",
    "INSERT INTO events VALUES (1, 'x', 'HANGUP', NULL, NOW(), NOW())",
    "UPDATE admissions SET released_at = NOW()",
    "DELETE FROM admissions",
    "UPDATE capacity_use SET channels = 0",
    "CALL usp_release('c', 1, 'x', 1)",
    "CALL usp_look_for_room('PROVIDER', 1, 1, 1, 1, @lack, @in_use)",
    "DELETE FROM schema_migrations",
    "TRUNCATE TABLE events",
    "DROP TABLE events",
    "CREATE TABLE more (id INT)",
    "CREATE TEMPORARY TABLE more (id INT)",
    "ALTER TABLE events ADD COLUMN more INT",
    "CREATE VIEW more AS SELECT 1",
    "CREATE PROCEDURE more() SELECT 1",
    "DROP PROCEDURE usp_hangup",
    "DROP TRIGGER gates_after_update",
    "LOCK TABLES events WRITE",
    "SELECT * FROM `debug`.debug_records",
    "SELECT * FROM `debug`.debug_switches",
    "INSERT INTO `debug`.debug_switches VALUES ('usp_hangup', 1)",
    "CALL `debug`.debug('a', 'b')",
    "SELECT usable_target_id(1)",
    "SELECT * FROM mysql.user",
    "CREATE USER somebody",
    "GRANT SELECT ON * TO CURRENT_USER",
    "SET GLOBAL read_only = 1",
]


@pytest.mark.parametrize("statement", FORBIDDEN)
async def test_it_is_refused(
    database: MigratedDatabase, service: Connection, statement: str
) -> None:
    with pytest.raises(DriverError) as caught:
        await execute(service, statement.replace("`debug`.", f"`{database.debug_name}`."))
    assert code(caught.value) in DENIED


async def test_what_it_needs_is_allowed(service: Connection) -> None:
    assert await execute(service, "SELECT COUNT(*) FROM numbers_pool")
    assert await execute(service, "CALL usp_gettypeofcall('1', '2', '3', 'asterisk-msm')")
    assert await execute(service, "CALL usp_note_unseen_change(0)")
    assert await execute(service, "CALL usp_present_triggers()")


async def test_the_definer_cannot_log_in_and_holds_little(
    database: MigratedDatabase, admin: Connection
) -> None:
    definer = f"`{database.admin.definer}`@localhost"
    ((locked,),) = await execute(
        admin,
        "SELECT JSON_VALUE(Priv, '$.account_locked') FROM mysql.global_priv WHERE User = %s",
        (database.admin.definer,),
    )
    assert locked in ("1", "true")
    grants = [row[0] for row in await execute(admin, f"SHOW GRANTS FOR {definer}")]
    rights = " ".join(grant.split(" ON ")[0] for grant in grants)
    for forbidden in ("ALL", "DROP", "CREATE", "SUPER", "ALTER"):
        assert forbidden not in rights
    deletes = {grant.split("`.`")[1].split("`")[0] for grant in grants if "DELETE" in grant}
    allowed = {"rates", "rate_decks", "quality_figures"}
    assert deletes == allowed, "unfinished decks, figures of a window before, and nothing else"


async def test_every_routine_and_trigger_belongs_to_the_definer(
    database: MigratedDatabase, admin: Connection
) -> None:
    rows = await execute(
        admin,
        "SELECT DEFINER, SECURITY_TYPE, ROUTINE_COMMENT FROM information_schema.ROUTINES"
        " WHERE ROUTINE_SCHEMA IN (%s, %s)",
        (database.name, database.debug_name),
    )
    assert {row[:2] for row in rows} == {(f"{database.admin.definer}@localhost", "DEFINER")}
    assert all(row[2].endswith(".") and row[2].count(". ") == 0 for row in rows)
