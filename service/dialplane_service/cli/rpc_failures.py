"""An RPC's error as one clear message, with the contract's own reason where it has one."""

from typing import Final

import grpc
from google.protobuf.message import DecodeError
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo
from google.rpc.status_pb2 import Status

from dialplane_service.cli.exit_codes import ExitCode
from dialplane_service.cli.failures import Failure, Violation

_DETAILS: Final = "grpc-status-details-bin"
_PREFIX: Final = "ERROR_REASON_"
_EXIT_CODES: Final = {
    grpc.StatusCode.INVALID_ARGUMENT: ExitCode.REJECTED,
    grpc.StatusCode.FAILED_PRECONDITION: ExitCode.REJECTED,
    grpc.StatusCode.OUT_OF_RANGE: ExitCode.REJECTED,
    grpc.StatusCode.NOT_FOUND: ExitCode.NOT_FOUND,
    grpc.StatusCode.UNAUTHENTICATED: ExitCode.NOT_PERMITTED,
    grpc.StatusCode.PERMISSION_DENIED: ExitCode.NOT_PERMITTED,
    grpc.StatusCode.UNAVAILABLE: ExitCode.UNAVAILABLE,
    grpc.StatusCode.DEADLINE_EXCEEDED: ExitCode.UNAVAILABLE,
    grpc.StatusCode.RESOURCE_EXHAUSTED: ExitCode.UNAVAILABLE,
    grpc.StatusCode.CANCELLED: ExitCode.UNAVAILABLE,
    grpc.StatusCode.ABORTED: ExitCode.UNAVAILABLE,
    grpc.StatusCode.UNIMPLEMENTED: ExitCode.UNAVAILABLE,
}
_REMEDIES: Final = {
    grpc.StatusCode.UNIMPLEMENTED: "Is it the right address? Calls are decided on one, people and"
    " tools ask on another: see --target and --admin-target.",
    grpc.StatusCode.DEADLINE_EXCEEDED: "Ask again, or give it longer with --timeout.",
    grpc.StatusCode.RESOURCE_EXHAUSTED: "Ask again in a moment.",
}
_REMEDIES_BY_REASON: Final = {
    "UNKNOWN_CALL": "`dialplane calls list` shows the ids.",
    "UNKNOWN_DECK": "`dialplane rates list` shows the ids.",
    "DATABASE_UNAVAILABLE": "Bring MariaDB up; the service finds it again by itself.",
    "NO_DECISION_DATA": "Bring MariaDB up and run `dialplane db migrate`; the service loads the"
    " data by itself.",
}


def failure_of(error: grpc.RpcError, place: str) -> Failure:
    """What an RPC to a place ended with."""
    code = error.code()
    status = _status(error)
    info = _info(status)
    reason = info.reason.removeprefix(_PREFIX) or code.name
    remedy = _REMEDIES_BY_REASON.get(reason) or _REMEDIES.get(code, "")
    return Failure(
        exit_code=_EXIT_CODES.get(code, ExitCode.INTERNAL),
        reason=reason,
        message=_message(code, error.details() or "", place),
        remedy=remedy,
        status=code.name,
        metadata=dict(info.metadata),
        violations=_violations(status),
    )


def has_reason(error: grpc.RpcError) -> bool:
    """Whether the service itself says why: without that, something before it failed."""
    return bool(_info(_status(error)).reason)


def _message(code: grpc.StatusCode, details: str, place: str) -> str:
    if code is grpc.StatusCode.UNIMPLEMENTED:
        return f"the service at {place} does not know this question"
    if code is grpc.StatusCode.DEADLINE_EXCEEDED and "eadline" in details:
        return f"the service at {place} did not answer in time"
    return details or f"the service at {place} answered {code.name}"


def _status(error: grpc.RpcError) -> Status:
    """Google's status behind gRPC's; empty when there is none or it cannot be read."""
    status = Status()
    for item in error.trailing_metadata() or ():
        if item.key == _DETAILS and isinstance(item.value, bytes):
            try:
                status.ParseFromString(item.value)
            except DecodeError:
                return Status()
    return status


def _info(status: Status) -> ErrorInfo:
    info = ErrorInfo()
    for detail in status.details:
        if detail.Unpack(info):
            break
    return info


def _violations(status: Status) -> list[Violation]:
    bad = BadRequest()
    for detail in status.details:
        if detail.Unpack(bad):
            return [Violation(item.field, item.description) for item in bad.field_violations]
    return []
