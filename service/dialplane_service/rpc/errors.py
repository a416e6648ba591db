"""The one table of errors: what a use case raises, and the status, reason and metadata it becomes."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import grpc
from google.protobuf.any_pb2 import Any as AnyMessage
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo
from google.rpc.status_pb2 import Status
from grpc_status import rpc_status

from dialplane.routing.v1.error_reason_pb2 import ErrorReason
from dialplane_service.application.errors import (
    DatabaseUnavailableError,
    DeckStateError,
    DialplaneError,
    InvalidRequestError,
    NoDecisionDataError,
    UnknownAccountError,
    UnknownCallError,
    UnknownCurrencyError,
    UnknownDeckError,
    UnknownProviderError,
    UnknownServerError,
    UnknownTariffError,
)

DOMAIN: Final = "dialplane"


class DeadlineExceededError(DialplaneError):
    """The request's deadline leaves no time, or the work took longer."""


class ShuttingDownError(DialplaneError):
    """The service takes no new work."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What an error becomes."""

    code: grpc.StatusCode
    reason: ErrorReason.ValueType
    metadata: Callable[[Any], Mapping[str, str]] = lambda _: {}


RULES: Final[Mapping[type[Exception], Rule]] = {
    InvalidRequestError: Rule(
        grpc.StatusCode.INVALID_ARGUMENT, ErrorReason.ERROR_REASON_INVALID_REQUEST
    ),
    UnknownServerError: Rule(
        grpc.StatusCode.NOT_FOUND,
        ErrorReason.ERROR_REASON_UNKNOWN_SERVER,
        lambda error: {"server": error.server},
    ),
    UnknownAccountError: Rule(
        grpc.StatusCode.NOT_FOUND,
        ErrorReason.ERROR_REASON_UNKNOWN_ACCOUNT,
        lambda error: {"account": error.account},
    ),
    UnknownCallError: Rule(
        grpc.StatusCode.NOT_FOUND,
        ErrorReason.ERROR_REASON_UNKNOWN_CALL,
        lambda error: {"call_id": error.call_id},
    ),
    UnknownProviderError: Rule(
        grpc.StatusCode.NOT_FOUND,
        ErrorReason.ERROR_REASON_UNKNOWN_PROVIDER,
        lambda error: {"provider": error.provider},
    ),
    UnknownTariffError: Rule(
        grpc.StatusCode.NOT_FOUND,
        ErrorReason.ERROR_REASON_UNKNOWN_TARIFF,
        lambda error: {"tariff": error.tariff},
    ),
    UnknownCurrencyError: Rule(
        grpc.StatusCode.NOT_FOUND,
        ErrorReason.ERROR_REASON_UNKNOWN_CURRENCY,
        lambda error: {"currency": error.currency},
    ),
    UnknownDeckError: Rule(
        grpc.StatusCode.NOT_FOUND,
        ErrorReason.ERROR_REASON_UNKNOWN_DECK,
        lambda error: {"deck_id": str(error.deck_id)},
    ),
    DeckStateError: Rule(
        grpc.StatusCode.FAILED_PRECONDITION,
        ErrorReason.ERROR_REASON_DECK_STATE,
        lambda error: {"problem": error.problem.value},
    ),
    DatabaseUnavailableError: Rule(
        grpc.StatusCode.UNAVAILABLE, ErrorReason.ERROR_REASON_DATABASE_UNAVAILABLE
    ),
    NoDecisionDataError: Rule(
        grpc.StatusCode.UNAVAILABLE, ErrorReason.ERROR_REASON_NO_DECISION_DATA
    ),
    DeadlineExceededError: Rule(
        grpc.StatusCode.DEADLINE_EXCEEDED, ErrorReason.ERROR_REASON_DEADLINE_EXCEEDED
    ),
    ShuttingDownError: Rule(grpc.StatusCode.UNAVAILABLE, ErrorReason.ERROR_REASON_SHUTTING_DOWN),
}
# What the driver says of itself is for the log: a caller can only wait.
_OWN_WORDS: Final[Mapping[type[Exception], str]] = {
    DatabaseUnavailableError: "the database is not available now; send it again later",
}


def to_status(error: Exception) -> grpc.Status | None:
    """Convert an error that a caller may see; ``None``: it is a fault of ours."""
    rule = RULES.get(type(error))
    if rule is None:
        return None
    details: list[BadRequest] = []
    message = _OWN_WORDS.get(type(error)) or str(error)
    if isinstance(error, InvalidRequestError):
        details.append(_bad_request(error))
        message = _first_of(error)
    return _status(rule.code, rule.reason, message, rule.metadata(error), *details)


def code_of(error: Exception) -> grpc.StatusCode:
    """Give the status code that the error becomes."""
    rule = RULES.get(type(error))
    return grpc.StatusCode.INTERNAL if rule is None else rule.code


def internal(incident: str) -> grpc.Status:
    """Say that something is wrong here, and nothing of what."""
    return _status(
        grpc.StatusCode.INTERNAL,
        ErrorReason.ERROR_REASON_INTERNAL,
        f"internal error; the log has the details under incident {incident}",
        {"incident": incident},
    )


def new_incident() -> str:
    """Make a name under which the log keeps the details of a fault."""
    return secrets.token_hex(6)


def _status(
    code: grpc.StatusCode,
    reason: ErrorReason.ValueType,
    message: str,
    metadata: Mapping[str, str],
    *details: BadRequest,
) -> grpc.Status:
    packed = []
    for detail in (
        ErrorInfo(reason=ErrorReason.Name(reason), domain=DOMAIN, metadata=metadata),
        *details,
    ):
        packed.append(AnyMessage())
        packed[-1].Pack(detail)
    status = Status(code=code.value[0], message=message, details=packed)
    converted: grpc.Status = rpc_status.to_status(status)
    return converted


def _bad_request(error: InvalidRequestError) -> BadRequest:
    return BadRequest(
        field_violations=[
            BadRequest.FieldViolation(field=item.field, description=item.description)
            for item in error.violations
        ]
    )


def _first_of(error: InvalidRequestError) -> str:
    # Status messages travel in a header beside the details: one is enough for a person.
    first = error.violations[0]
    more = f" (and {len(error.violations) - 1} more)" if len(error.violations) > 1 else ""
    return f"{first.field} {first.description}{more}".strip()
