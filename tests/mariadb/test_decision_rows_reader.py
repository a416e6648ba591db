"""Reading the decision data: whole, of one version, and every change noticed."""

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import get_type_hints

import pytest
import pytest_asyncio

from dialplane_service.domain.decision_data import DecisionData, DecisionRows
from dialplane_service.domain.kinds import CallerIdFallback, SubstitutionRule, Tier
from dialplane_service.domain.ranking.plan import LeastCost, Quality, RoutingPlan
from dialplane_service.domain.ranking.quality import QualityFigure
from dialplane_service.domain.rates.records import Deck, HoursRow, StepRow
from dialplane_service.mariadb.connection import Connection, close, connect, execute
from dialplane_service.mariadb.decision_rows_reader import MariaDBDecisionRowsReader
from dialplane_service.mariadb.decision_tables import TABLES
from dialplane_service.mariadb.demo import load_demo
from dialplane_service.mariadb.pool import ConnectionPool
from dialplane_service.mariadb.row_conversion import BrokenRowError
from dialplane_service.ratetable.rows_format import decode, encode
from tests.support.schema import MigratedDatabase

READ_AT = datetime(2026, 1, 2, tzinfo=UTC)
FAR = datetime(9998, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
DECK = (
    "REPLACE INTO rate_decks (id, deckname, tariff_id, currency_id, version, state, valid_from, valid_to,"
    " row_count, sha256, created_at, touched_at) VALUES"
)
PRICES = f"""
REPLACE INTO routing_plans (id, planname, strategies, expected_duration_s, minimum_margin_percent,
  highest_price_per_minute, allowed_tiers, prices_required, caller_id_fallback)
VALUES (9, 'odd', '[{{"least_cost": {{"within_percent": 2.5}}}}, {{"quality": {{"minimum_sample": 7, "acd_s": 90}}}}]',
  36000, -0.0001, 9999999999.99999999, 'PREMIUM_CLI,NON_CLI', 1, 'RESTRICT');
REPLACE INTO exchange_rates VALUES (122, '9998-12-31 23:59:59.999999', 999999999999.999999999999);
REPLACE INTO quality_figures VALUES
  (7, '', '2026-01-01', '2026-01-02', 4294967295, 5, 9223372036854775808, 4611686018427387904, 9);
REPLACE INTO caller_id_rules (id, rule) VALUES (2, 'SUBSTITUTION_FORBIDDEN'), (3, 'SUBSTITUTION_ALLOWED');
{DECK}
  (21, 'next v2', 1, 156, 2, 'ACTIVE', '9998-12-31 23:59:59.999999', '9999-01-01', 5, REPEAT('a', 64), NOW(), NOW()),
  (22, 'past v1', 1, 156, 1, 'RETIRED', '2020-01-01', '2021-01-01', 5, REPEAT('b', 64), NOW(), NOW()),
  (23, 'ready v3', 1, 156, 3, 'READY', '2020-01-01', NULL, 5, REPEAT('b', 64), NOW(), NOW()),
  (24, 'loading v4', 1, 156, 4, 'LOADING', '2020-01-01', NULL, 5, NULL, NOW(), NOW());
REPLACE INTO rate_hours VALUES (3, 'night', 'Europe/Moscow', 'fri 22:00-06:00');
INSERT IGNORE INTO rate_step_lists VALUES (5, '60:1/1');
REPLACE INTO rate_steps VALUES (5, 600, 0.00000001, 60), (5, 60, 9999999999.99999999, 1)
"""
MENDED = """
DELETE FROM quality_figures;
DELETE FROM rate_steps;
DELETE FROM rate_hours;
UPDATE rate_decks SET sha256 = REPEAT('a', 64) WHERE sha256 LIKE '..%';
UPDATE caller_id_rules SET rule = 'SUBSTITUTION_ALLOWED' WHERE id = 1;
UPDATE routing_plans SET strategies = '[{"priority": {}}]', expected_duration_s = 180
"""


class FixedClock:
    def now(self) -> datetime:
        return READ_AT


@pytest_asyncio.fixture
async def reader(database: MigratedDatabase, pool: ConnectionPool) -> MariaDBDecisionRowsReader:
    """Over the demo rows."""
    await load_demo(database.admin, restore=True)
    return MariaDBDecisionRowsReader(pool, FixedClock(), "EUR")


def test_every_table_of_the_decision_data_is_read() -> None:
    assert set(TABLES) == set(get_type_hints(DecisionRows)) - {
        "version",
        "loaded_at",
        "base_currency",
    }


async def test_the_demo_rows_come_as_the_domain_wants_them(
    reader: MariaDBDecisionRowsReader,
) -> None:
    rows = await reader.read()
    assert rows.version == await reader.version()
    assert rows.loaded_at == READ_AT
    data = DecisionData(rows)
    westcall = data.provider[7]
    assert (westcall.currency, westcall.cli_allowed, westcall.dynamic_calls) == ("RUB", True, False)
    assert data.server[0].servername == "undefined"
    assert data.server_by_name["asterisk-msm"].ipaddress == "89.208.16.1"
    assert data.address[1].ipaddress is None
    assert [target.target_id for target in data.client_targets[1]] == [1, 2]


async def test_prices_and_plans_come_exactly(
    reader: MariaDBDecisionRowsReader, admin: Connection
) -> None:
    for statement in PRICES.split(";\n"):
        await execute(admin, statement)
    data = DecisionData(await reader.read())
    assert data.exchange.base == "EUR"
    assert data.account_by_name["acme"].tariff_id == 1
    assert data.plan[data.account_by_name["acme"].routing_plan_id or 0].planname == "cheapest"
    assert data.account_by_name["visitor"].routing_plan_id is None
    assert data.plan[3].weights == {7: 1, 8: 2}
    assert data.plan[9] == RoutingPlan(
        9,
        "odd",
        (LeastCost(Decimal("2.5")), Quality(7, acd_s=90)),
        36000,
        Decimal("-0.0001"),
        Decimal("9999999999.99999999"),
        frozenset({Tier.NON_CLI, Tier.PREMIUM_CLI}),
        prices_required=True,
        caller_id_fallback=CallerIdFallback.RESTRICT,
    )
    assert data.exchange.at("USD", FAR) == 10**24 - 1
    assert data.exchange.at("USD", FAR - timedelta(microseconds=1)) == 862 * 10**9
    assert data.rows.quality_figures == (QualityFigure(7, "", 2**32 - 1, 5, 2**63, 2**62, 9),)
    assert data.caller_id_rules["RU", "RU"].rule is SubstitutionRule.SUBSTITUTION_FORBIDDEN
    assert data.caller_id_rules[None, None].rule is SubstitutionRule.SUBSTITUTION_FORBIDDEN
    assert [deck.id for deck in data.rows.rate_decks] == [*range(1, 11), 21]
    assert data.rows.rate_decks[4].tier is Tier.CLI
    assert data.rows.rate_decks[4].currency == "USD"
    assert data.rows.rate_decks[-1] == Deck(
        21, "next v2", None, 1, None, "EUR", 2, FAR, FAR + timedelta(microseconds=1), 5, "a" * 64
    )
    assert data.rows.rate_hours == (HoursRow(3, "night", "Europe/Moscow", "fri 22:00-06:00"),)
    assert data.rows.rate_steps == (StepRow(5, 60, 10**18 - 1, 1), StepRow(5, 600, 1, 60))
    assert decode(encode(data.rows)) == data.rows


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE gates SET enabled = 0 WHERE id = 8",
        "TRUNCATE TABLE client_targets",
        "ALTER TABLE barred_destinations COMMENT = 'restored'",
        "SET foreign_key_checks = 0; TRUNCATE TABLE clients",
    ],
)
async def test_a_change_by_whatever_hand_moves_the_version(
    reader: MariaDBDecisionRowsReader, admin: Connection, change: str
) -> None:
    before = (await reader.read()).version
    assert await reader.version() == before
    await asyncio.sleep(1.1 if change.startswith("ALTER") else 0)  # CREATE_TIME has whole seconds
    for statement in change.split("; "):
        await execute(admin, statement)
    after = await reader.version()
    assert after > before
    assert await reader.version() == after
    assert (await reader.read()).version == after


async def test_several_readers_note_a_truncation_once(
    reader: MariaDBDecisionRowsReader, pool: ConnectionPool, admin: Connection
) -> None:
    readers = [reader, *(MariaDBDecisionRowsReader(pool, FixedClock(), "EUR") for _ in range(5))]
    before = {await each.version() for each in readers}
    await execute(admin, "TRUNCATE TABLE emergency_routes")
    assert {*await asyncio.gather(*(each.version() for each in readers))} == {max(before) + 1}


async def test_rows_and_version_are_of_one_instant(
    reader: MariaDBDecisionRowsReader, database: MigratedDatabase, admin: Connection
) -> None:
    """Each change sets a provider's priority to the version it makes."""
    ((start,),) = await execute(admin, "SELECT version FROM data_version")
    stop = asyncio.Event()

    async def change() -> None:
        version = start
        while not stop.is_set():
            version += 1
            await execute(admin, "UPDATE providers SET priority = %s WHERE id = 3", (version,))

    changing = asyncio.create_task(change())
    await asyncio.sleep(0.02)
    for _ in range(30):
        rows = await reader.read()
        (zadarma,) = [row for row in rows.providers if row.id == 3]
        assert zadarma.priority == rows.version
    stop.set()
    await changing


@pytest.mark.parametrize(
    ("change", "row", "column"),
    [
        ("UPDATE endpoints SET endpointname = 'a&b' WHERE id = 2", "endpoints#2", "endpointname"),
        ("UPDATE numbers_pool SET number = '12,3' WHERE id = 279", "numbers_pool#279", "number"),
        ("UPDATE servers SET iax2 = 'IAX2/a\\n' WHERE id = 2", "servers#2", "iax2"),
        ("UPDATE servers SET ipaddress = 'here' WHERE id = 2", "servers#2", "ipaddress"),
        ("UPDATE accounts SET timezone = 'Mars/Base' WHERE id = 1", "accounts#1", "timezone"),
        ("UPDATE gates SET proto = 'MGCP' WHERE id = 8", "gates#8", "proto"),
        (
            """UPDATE routing_plans SET strategies = '[{"nearest": {}}]' WHERE id = 2""",
            "routing_plans#2",
            "strategies",
        ),
        (
            "UPDATE routing_plans SET expected_duration_s = 0 WHERE id = 2",
            "routing_plans#2",
            "expected_duration_s",
        ),
        ("UPDATE rate_decks SET sha256 = '../x' WHERE id = 4", "rate_decks#4", "sha256"),
        ("UPDATE rate_hours SET spec = 'sometimes' WHERE id = 3", "rate_hours#3", "spec"),
        ("UPDATE rate_hours SET timezone = 'Mars/Base' WHERE id = 3", "rate_hours#3", "timezone"),
        (
            "UPDATE rate_steps SET increment_s = 0 WHERE from_s = 600",
            "rate_steps#5,600",
            "increment_s",
        ),
        (
            "UPDATE quality_figures SET prefix = '7a' WHERE provider_id = 7",
            "quality_figures#7,7a",
            "prefix",
        ),
        ("UPDATE caller_id_rules SET rule = '' WHERE id = 1", "caller_id_rules#1", "rule"),
        ("UPDATE providers SET enabled = 2 WHERE id = 3", "providers#3", "enabled"),
        ("UPDATE providers SET add_prefix = '9&9' WHERE id = 3", "providers#3", "add_prefix"),
        ("UPDATE providers SET strip_prefix = '+' WHERE id = 3", "providers#3", "strip_prefix"),
    ],
)
async def test_a_broken_row_is_named(
    reader: MariaDBDecisionRowsReader,
    database: MigratedDatabase,
    admin: Connection,
    change: str,
    row: str,
    column: str,
) -> None:
    for statement in PRICES.split(";\n"):
        await execute(admin, statement)
    careless = await connect(database.admin, timeout_s=5)
    await execute(careless, "SET check_constraint_checks = 0, sql_mode = 'NO_AUTO_VALUE_ON_ZERO'")
    await execute(careless, change)
    try:
        with pytest.raises(BrokenRowError, match=f"^{row}: {column} is "):
            await reader.read()
        assert await reader.version() > 0
    finally:
        await execute(
            careless, "UPDATE providers SET enabled = 1, add_prefix = NULL, strip_prefix = NULL"
        )
        await execute(careless, "UPDATE gates SET proto = 'SIP'")
        for statement in MENDED.split(";\n"):
            await execute(careless, statement)
        await load_demo(database.admin, restore=True)
        await close(careless)
    assert await reader.read()
