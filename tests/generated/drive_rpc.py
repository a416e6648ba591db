"""Sends generated cases through gRPC: one channel, many in flight."""

import asyncio
import time
from collections.abc import Callable, Iterable
from typing import Any

import grpc
from google.rpc import error_details_pb2, status_pb2

from tests.generated.cases import Case, Error
from tests.generated.outcome import Outcomes

IN_FLIGHT = 32
_SERVICE = "dialplane.routing.v1.RoutingService"
_SECONDS = 60
_TRIES = 50
_BUSY = Error("UNAVAILABLE", "ERROR_REASON_DATABASE_UNAVAILABLE")


async def drive(
    target: str,
    rpc: str,
    reply_type: Any,
    cases: Iterable[Case],
    outcome_of: Callable[[Any], str],
    fault_of: Callable[[Any], str] = lambda _reply: "",
) -> Outcomes:
    """Send every case and hold what comes back against what is expected.

    `fault_of` says what no reply may be, whatever was asked; `outcome_of` names it in the table.
    """
    outcomes, started = Outcomes(rpc), time.monotonic()
    waiting = iter(cases)
    async with grpc.aio.insecure_channel(target) as channel:
        method = channel.unary_unary(
            f"/{_SERVICE}/{rpc}", response_deserializer=reply_type.FromString
        )

        async def work() -> None:
            for item in waiting:
                try:
                    reply = await _answer(method, item.payload)
                except grpc.aio.AioRpcError as error:
                    found = read_error(error)
                    complaint = "" if found == item.expected else _unlike(found, error, item)
                    outcomes.note(item.kind, _label(found), complaint)
                    continue
                if isinstance(item.expected, Error):
                    complaint = f"accepted silently, not {item.expected}: {item.payload[:300]!r}"
                else:
                    complaint = item.expected(reply)
                outcomes.note(item.kind, outcome_of(reply), complaint or fault_of(reply))

        await asyncio.gather(*(work() for _ in range(IN_FLIGHT)))
    outcomes.seconds = time.monotonic() - started
    return outcomes


async def _answer(method: Any, payload: bytes) -> Any:
    """Ask; on a machine that is too busy for MariaDB, ask again, as the contract says."""
    for _ in range(_TRIES):
        try:
            return await method(payload, timeout=_SECONDS)
        except grpc.aio.AioRpcError as error:
            if read_error(error) != _BUSY:
                raise
            await asyncio.sleep(0.3)
    return await method(payload, timeout=_SECONDS)


def read_error(error: grpc.aio.AioRpcError) -> Error:
    """The error as the contract sees it: status, our reason, the fields, the metadata."""
    details = dict(error.trailing_metadata() or ()).get("grpc-status-details-bin")
    if details is None:
        return Error(error.code().name)
    reason, fields, metadata = "", [], {}
    for detail in status_pb2.Status.FromString(details).details:
        info, bad = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()
        if detail.Unpack(info):
            reason, metadata = info.reason, dict(info.metadata)
        if detail.Unpack(bad):
            fields += [item.field for item in bad.field_violations]
    return Error(error.code().name, reason, tuple(sorted(fields)), metadata)


def _label(found: Error) -> str:
    return found.reason.removeprefix("ERROR_REASON_") or found.code


def _unlike(found: Error, error: grpc.aio.AioRpcError, item: Case) -> str:
    wanted = item.expected if isinstance(item.expected, Error) else "a reply"
    return f"expected {wanted}, got {found} ({error.details()}): {item.payload[:300]!r}"
