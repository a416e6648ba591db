"""A change by SQL, in whatever table and by whatever statement, is decided upon within two seconds.

The service polls with its default settings. What is watched is a decision, not a version number:
the answer to the same question must change, and say what the changed row says.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pymysql
import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from dialplane.routing.v1 import channel_pb2
from dialplane.routing.v1.build_dial_string_pb2 import BuildDialStringRequest
from dialplane.routing.v1.caller_pb2 import Caller
from dialplane.routing.v1.classify_call_pb2 import ClassifyCallRequest
from dialplane.routing.v1.routing_service_pb2_grpc import RoutingServiceStub
from dialplane_service.mariadb.decision_tables import DECISION_TABLES
from tests.acceptance.conftest import IN_FORCE_SECONDS
from tests.support.database import connect_arguments
from tests.support.decisions import from_device, incoming, next_step
from tests.support.running_service import RunningService, running_service
from tests.support.schema import MigratedDatabase

Question = ClassifyCallRequest | BuildDialStringRequest
Execute = Callable[[str], None]


@dataclass(frozen=True)
class Change:
    """A statement, a question whose answer it changes, and what only the new answer says.

    ``prepared`` is run and decided upon first. Empty ``says``: the answer is another one.
    """

    statement: str
    question: Question
    says: str
    prepared: str = ""
    seconds: float = IN_FORCE_SECONDS


COMPILE_SECONDS = 30.0
"""Decks are in force within two seconds; a machine that is busy with other tests takes longer."""
SUMMER = Timestamp(seconds=1_782_864_000)
"""2026-07-01: after the instants that the other questions ask about."""


def priced(account: str = "acme") -> BuildDialStringRequest:
    """A question whose trace shows prices."""
    return next_step("442038070121", "n", account=account, decided_at=SUMMER, explain=True)


def account_with_plan(account_id: int, name: str, plan_id: int) -> str:
    return (
        "INSERT INTO accounts (id, accountname, country, timezone, routing_plan_id)"
        f" VALUES ({account_id}, '{name}', 'RU', 'Europe/Moscow', {plan_id})"
    )


def after_503() -> BuildDialStringRequest:
    """The second attempt, when Westcall had no capacity."""
    request = next_step("74957777777", "n", attempt=2, tried_route_ids=["g8.A"])
    request.last_outcome.dial_status = channel_pb2.DIAL_STATUS_CONGESTION
    request.last_outcome.sip_status = 503
    return request


# Each leaves the questions of the others alone, so that none needs to be undone.
CHANGES = {
    "providers": Change(
        "UPDATE providers SET ring_timeout_s = 33",
        next_step("442071838750", "n"),
        "ring_timeout_s: 33",
    ),
    "providers_ips": Change(
        "INSERT INTO providers_ips (provider_id, ipaddress) VALUES (7, '198.51.100.7')",
        incoming("74951815001", peer_address="198.51.100.7"),
        "acme-201",
    ),
    "servers": Change(
        "UPDATE servers SET iax2 = 'IAX2/moved@msm' WHERE id = 2",
        incoming("74957952302", peer_address="89.208.190.8"),
        "IAX2/moved@msm",
    ),
    "server_trusted_proxies": Change(
        "INSERT INTO server_trusted_proxies (server_id, ipaddress) VALUES (1, '198.51.100.9')",
        incoming("74951815001", peer_address="198.51.100.9", forwarded_address="195.94.225.2"),
        "acme-201",
    ),
    "accounts": Change(
        "UPDATE accounts SET enabled = 0 WHERE id = 2",
        from_device("79161234567", "visitor-201"),
        "REFUSAL_REASON_ACCOUNT_DISABLED",
    ),
    "endpoints": Change(
        "UPDATE endpoints SET extension = '299' WHERE id = 2", from_device("299"), "acme-202"
    ),
    "ring_groups": Change(
        "UPDATE ring_groups SET groupname = 'renamed' WHERE id = 1",
        incoming("74951815000"),
        "renamed",
    ),
    "ring_group_members": Change(
        "DELETE FROM ring_group_members WHERE position <> 2", next_step("74951815000", "r1"), ""
    ),
    "dialplan_locations": Change(
        "UPDATE dialplan_locations SET context = 'moved' WHERE id = 1",
        incoming("74951815002"),
        "moved",
    ),
    "targets": Change(
        "UPDATE targets SET location_id = 2 WHERE id = 5",
        incoming("74957952301", peer_address="89.208.190.8"),
        "voicemail",
    ),
    "numbers_pool": Change(
        "INSERT INTO numbers_pool (number, provider_id, server_id, account_id, target_id)"
        " VALUES ('74951810001', 7, 1, 1, 1)",
        incoming("74951810001"),
        "acme-201",
    ),
    "gates": Change(
        "UPDATE gates SET gatename = 'renamed' WHERE id = 8",
        next_step("74957777777", "n", explain=True),
        "SIP/renamed/",
    ),
    "clients": Change(
        "INSERT INTO clients (id, account_id, number) VALUES (900, 1, '442079460900');"
        "INSERT INTO client_targets (client_id, position, target_id) VALUES (900, 1, 1)",
        incoming("74951815000", caller="442079460900"),
        "CALL_CLASS_INCOMING_CLIENT",
    ),
    "client_targets": Change(
        "UPDATE client_targets SET target_id = 7 WHERE client_id = 1 AND position = 2",
        incoming("74951815001", caller="442079460100"),
        'target_id: "e3"',
    ),
    "emergency_routes": Change(
        "INSERT INTO emergency_routes (country, number, position, gate_id)"
        " VALUES ('RU', '7777', 1, 8)",
        from_device("7777"),
        "CALL_CLASS_EMERGENCY",
    ),
    "barred_destinations": Change(
        "INSERT INTO barred_destinations (prefix) VALUES ('4420718')",
        from_device("442071838750"),
        "REFUSAL_REASON_DESTINATION_BARRED",
    ),
    "final_answers": Change(
        "INSERT INTO final_answers (provider_id, sip_status, is_final) VALUES (7, 503, 1)",
        after_503(),
        "no_more_routes",
    ),
    "caller_id_rules": Change(
        "INSERT INTO caller_id_rules (caller_country, called_country, rule)"
        " VALUES ('GB', 'KZ', 'SUBSTITUTION_FORBIDDEN')",
        next_step("77272500000", "n", caller=Caller(number="442079460100"), explain=True),
        "from GB to KZ only",
    ),
    "exchange_rates": Change(
        "INSERT INTO exchange_rates VALUES (122, '2026-06-15', 0.5)", priced(), "0.00455"
    ),
    "routing_plans": Change(
        "UPDATE routing_plans SET planname = 'renamed-plan' WHERE id = 1", priced(), "renamed-plan"
    ),
    "plan_weights": Change(
        "UPDATE plan_weights SET weight = 0 WHERE plan_id = 3",
        priced("shares"),
        "",
        prepared=account_with_plan(901, "shares", 3),
    ),
    "quality_figures": Change(
        "REPLACE INTO quality_figures (provider_id, measured_from, measured_to, attempts, answered,"
        " talk_ms, pdd_ms) VALUES (3, '2026-01-01', '2026-01-02', 100, 1, 1000, 1000)",
        priced("measures"),
        "",
        prepared="INSERT INTO routing_plans (id, planname, strategies) VALUES"
        """ (901, 'measured', '[{"quality": {"minimum_sample": 10, "asr_percent": 40}}]');"""
        + account_with_plan(902, "measures", 901),
    ),
    "rate_decks": Change(
        "UPDATE rate_decks SET deckname = 'renamed deck' WHERE id = 5",
        priced(),
        "renamed deck",
        seconds=COMPILE_SECONDS,
    ),
}
NOT_SHOWN = {
    "currency": "UPDATE currency SET iso = 'CHF' WHERE id = 96",
    "tariffs": "UPDATE tariffs SET tariffname = 'wholesale' WHERE id = 1",
    "rate_hours": "INSERT INTO rate_hours (name, timezone, spec) VALUES ('night', 'UTC', 'mon')",
}
"""Tables that no decision shows by themselves: they are watched by the version."""


@pytest.fixture(scope="module")
def service(demo_database: MigratedDatabase) -> Iterator[RunningService]:
    """The service with its default settings."""
    with running_service(demo_database.service_url) as running:
        yield running


@pytest.fixture
def execute(demo_database: MigratedDatabase) -> Iterator[Execute]:
    """Runs statements as a person at the SQL console does."""
    arguments = connect_arguments(demo_database.admin_url)
    connection: Any = pymysql.connect(
        **arguments, database=demo_database.name, autocommit=True, local_infile=True
    )

    def run(statements: str) -> None:
        with connection.cursor() as cursor:
            for statement in statements.split(";"):
                cursor.execute(statement)

    with closing(connection):
        yield run


def ask(stub: RoutingServiceStub, question: Question) -> Any:
    if isinstance(question, ClassifyCallRequest):
        return stub.ClassifyCall(question, timeout=2)
    return stub.BuildDialString(question, timeout=2)


def told(stub: RoutingServiceStub, question: Question) -> str:
    """The answer, without what differs from question to question."""
    answer = ask(stub, question)
    answer.ClearField("data_version")
    if isinstance(question, ClassifyCallRequest):
        answer.ClearField("decided_at")
    return str(answer)


def assert_decided_upon(stub: RoutingServiceStub, execute: Execute, change: Change) -> None:
    if change.prepared:
        change_version(stub, execute, change.prepared)
    before = told(stub, change.question)
    assert not change.says or change.says not in before, before
    execute(change.statement)
    committed = time.monotonic()
    while (after := told(stub, change.question)) == before:
        assert time.monotonic() - committed < change.seconds, before
        time.sleep(0.02)
    assert change.says in after, after


def change_version(stub: RoutingServiceStub, execute: Execute, statements: str) -> None:
    """Run the statements, and wait until what the last one did is decided upon."""
    question = incoming("74951815001")
    for statement in statements.split(";"):
        before = ask(stub, question).data_version
        execute(statement)
        committed = time.monotonic()
        while ask(stub, question).data_version == before:
            assert time.monotonic() - committed < IN_FORCE_SECONDS
            time.sleep(0.02)


def test_every_table_is_there() -> None:
    assert sorted([*CHANGES, *NOT_SHOWN]) == sorted(DECISION_TABLES)


@pytest.mark.parametrize("table", CHANGES)
def test_a_row(stub: RoutingServiceStub, execute: Execute, table: str) -> None:
    assert_decided_upon(stub, execute, CHANGES[table])


@pytest.mark.parametrize("table", NOT_SHOWN)
def test_a_row_that_is_not_shown(stub: RoutingServiceStub, execute: Execute, table: str) -> None:
    change_version(stub, execute, NOT_SHOWN[table])


def test_many_rows_from_another_table(stub: RoutingServiceStub, execute: Execute) -> None:
    """INSERT … SELECT, one statement, every row."""
    change = Change(
        "INSERT INTO barred_destinations (account_id, prefix)"
        " SELECT accounts.id, numbers.prefix FROM accounts"
        " JOIN (SELECT '33' AS prefix UNION SELECT '34') AS numbers",
        from_device("33142685300"),
        "REFUSAL_REASON_DESTINATION_BARRED",
    )
    assert_decided_upon(stub, execute, change)


def test_loaded_from_a_file(stub: RoutingServiceStub, execute: Execute, tmp_path: Path) -> None:
    """LOAD DATA."""
    file = tmp_path / "barred.csv"
    file.write_text("49\n48\n")
    change = Change(
        f"LOAD DATA LOCAL INFILE '{file}' INTO TABLE barred_destinations (prefix)",
        from_device("+4930901820"),
        "REFUSAL_REASON_DESTINATION_BARRED",
    )
    assert_decided_upon(stub, execute, change)


def test_a_table_emptied_past_its_triggers(stub: RoutingServiceStub, execute: Execute) -> None:
    """TRUNCATE fires no trigger. Filled again in one go, it is decided upon again."""
    barred = "INSERT INTO barred_destinations (prefix) VALUES ('39')"
    question = from_device("390669812345")
    refused = "REFUSAL_REASON_DESTINATION_BARRED"
    assert_decided_upon(stub, execute, Change(barred, question, refused))
    emptied = Change("TRUNCATE TABLE barred_destinations", question, "CALL_CLASS_OUTGOING")
    assert_decided_upon(stub, execute, emptied)
    assert_decided_upon(stub, execute, Change(barred, question, refused))
    filled = f"TRUNCATE TABLE barred_destinations; {barred.replace('39', '3909')}"
    assert_decided_upon(stub, execute, Change(filled, question, "CALL_CLASS_OUTGOING"))


def test_nothing_is_in_force_before_it_is_committed(
    stub: RoutingServiceStub, execute: Execute
) -> None:
    question = from_device("35318881111")
    before = told(stub, question)
    execute("START TRANSACTION; INSERT INTO barred_destinations (prefix) VALUES ('353')")
    end = time.monotonic() + 1.2
    while time.monotonic() < end:
        assert told(stub, question) == before
        time.sleep(0.05)
    execute("COMMIT")
    committed = time.monotonic()
    while told(stub, question) == before:
        assert time.monotonic() - committed < IN_FORCE_SECONDS
        time.sleep(0.02)
