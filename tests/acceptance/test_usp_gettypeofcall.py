"""`usp_gettypeofcall` and ClassifyCall say the same of thousands of generated calls to rented numbers.

The procedure runs as the service's user in MariaDB, ClassifyCall in a service process on the same
rows. The calls come from an IN address of the number's provider: the procedure checks no address.
"""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from functools import partial
from typing import Any

import grpc
import pymysql
import pytest
import pytest_asyncio

from dialplane.routing.v1 import call_class_pb2, refusal_pb2
from dialplane.routing.v1.classify_call_pb2 import ClassifyCallRequest, ClassifyCallResponse
from dialplane.routing.v1.routing_service_pb2_grpc import RoutingServiceStub
from tests.support.database import DatabaseServer, connect_arguments
from tests.support.did_rows import MOST, DidCall, DidRows, generate
from tests.support.running_service import running_service
from tests.support.schema import migrated_database

CALLS = 4000
AT_ONCE = 64
Verdict = tuple[str, str, str, str, str, tuple[str, ...]]
"""Class, refusal reason, account, server, forward path, target ids."""


@dataclass
class World:
    """Generated rows in a database of their own, and the two that are asked about them."""

    rows: DidRows
    routing: RoutingServiceStub
    procedure: Any
    """A cursor of the service's user."""


@asynccontextmanager
async def generated_world(server: DatabaseServer, seed: int) -> AsyncIterator[World]:
    rows = generate(seed)
    async with migrated_database(server) as migrated:
        connected = partial(pymysql.connect, database=migrated.name, autocommit=True)
        with (
            closing(connected(**connect_arguments(migrated.admin_url))) as connection,
            connection.cursor() as cursor,
        ):
            cursor.execute("SET sql_mode = CONCAT(@@sql_mode, ',NO_AUTO_VALUE_ON_ZERO')")
            cursor.execute("START TRANSACTION")
            rows.insert(cursor.executemany)
            cursor.execute("COMMIT")
        with (
            running_service(migrated.service_url) as service,
            service.stub() as routing,
            closing(connected(**connect_arguments(migrated.service_url))) as connection,
            connection.cursor() as cursor,
        ):
            yield World(rows, routing, cursor)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(mariadb_server: DatabaseServer, seed: int) -> AsyncIterator[World]:
    async with generated_world(mariadb_server, seed) as made:
        yield made


def by_procedure(cursor: Any, call: DidCall) -> Verdict:
    cursor.execute(
        "CALL usp_gettypeofcall(%s, %s, %s, %s)",
        (call.caller, call.dialled, "generated-1", call.server),
    )
    ((call_class, reason, account, server, path, targets),) = cursor.fetchall()
    ids = tuple(targets.split(",")) if targets else ()
    return (call_class or "", reason or "", account or "", server or "", path or "", ids)


def request(call: DidCall, number: int) -> ClassifyCallRequest:
    asked = ClassifyCallRequest(server=call.server, dialled=call.dialled)
    asked.channel.unique_id = f"generated-{number}"
    asked.caller.number = call.caller or "anonymous"
    asked.provider.peer_address = call.peer_address
    return asked


def by_service(response: ClassifyCallResponse) -> Verdict:
    call_class = call_class_pb2.CallClass.Name(response.call_class)
    reason = refusal_pb2.RefusalReason.Name(response.refusal.reason)
    targets = response.targets.targets
    server = targets[0].server if targets else None
    return (
        call_class.removeprefix("CALL_CLASS_").replace("UNSPECIFIED", ""),
        reason.removeprefix("REFUSAL_REASON_").replace("UNSPECIFIED", ""),
        response.account,
        server.server if server is not None else "",
        server.forward_path if server is not None else "",
        tuple(target.target_id for target in targets),
    )


def test_they_agree(world: World) -> None:
    assert_agreement(world)


def assert_agreement(world: World) -> None:
    """Ask both of the same calls."""
    calls = list(world.rows.calls(CALLS))
    seen: Counter[str] = Counter()
    longest, differing = 0, []
    for start in range(0, len(calls), AT_ONCE):
        some = calls[start : start + AT_ONCE]
        answers = [
            world.routing.ClassifyCall.future(request(call, start + index), timeout=20)
            for index, call in enumerate(some)
        ]
        expected = [by_procedure(world.procedure, call) for call in some]
        for call, answer, wanted in zip(some, answers, expected, strict=True):
            given = by_service(answer.result())
            seen[given[0] or given[1]] += 1
            longest = max(longest, len(given[5]))
            if given != wanted:
                differing.append(f"{call}\n  procedure {wanted}\n  service   {given}")
    assert not differing, "\n".join([f"{len(differing)} of {len(calls)} differ", *differing[:10]])
    assert_all_were_there(seen, longest)


def assert_all_were_there(seen: Counter[str], longest: int) -> None:
    """The agreement is worth something: every outcome occurred, and not just once."""
    outcomes = {
        "INCOMING",
        "INCOMING_CLIENT",
        "FORWARD",
        "ECHO_TEST",
        "UNKNOWN_NUMBER",
        "NUMBER_DISABLED",
        "NUMBER_OUT_ONLY",
        "ACCOUNT_DISABLED",
        "SERVER_UNREACHABLE",
        "NO_DESTINATION",
    }
    assert set(seen) == outcomes
    assert all(seen[outcome] >= 20 for outcome in outcomes), seen
    assert longest == MOST, "no client had more targets than a call may have"


@pytest.mark.parametrize(
    "server", ["nobody", "undefined", ""], ids=["unknown", "server 0", "empty"]
)
def test_they_agree_on_who_may_not_ask(world: World, server: str) -> None:
    call = next(world.rows.calls(1))
    stranger = DidCall(server, call.dialled, call.caller, call.peer_address)
    with pytest.raises(pymysql.err.OperationalError, match="UNKNOWN_SERVER"):
        by_procedure(world.procedure, stranger)
    with pytest.raises(grpc.RpcError) as refused:
        world.routing.ClassifyCall(request(stranger, 1), timeout=5)
    wanted = grpc.StatusCode.NOT_FOUND if server else grpc.StatusCode.INVALID_ARGUMENT
    assert refused.value.code() is wanted
