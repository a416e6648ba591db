"""Errors leave the service as status, reason and details; a fault of ours shows nothing of itself."""

import asyncio
from collections.abc import Callable
from typing import Any, Final

import structlog
from google.protobuf.message import DecodeError

from dialplane_service.application.errors import FieldViolation, InvalidRequestError
from dialplane_service.rpc.errors import internal, new_incident, to_status
from dialplane_service.rpc.interceptors.unary import Behaviour, Context, UnaryInterceptor

log: Final = structlog.get_logger("dialplane.rpc")


class Undecodable:
    """Stands where the request would, had its bytes been one."""


_UNDECODABLE: Final = Undecodable()


class ErrorInterceptor(UnaryInterceptor):
    """The only place where an exception becomes a status."""

    async def handle(
        self,
        method: str,
        behaviour: Behaviour,
        request: Any,  # noqa: ANN401
        context: Context,
    ) -> Any:  # noqa: ANN401
        """Run the method; whatever it raises, the caller gets a status that says what it may know."""
        try:
            _require_decoded(request)
            return await behaviour(request, context)
        except asyncio.CancelledError:
            raise
        except Exception as error:  # the table knows what it is, or it is a fault of ours
            status = to_status(error)
            if status is None:
                incident = new_incident()
                status = internal(incident)
                log.exception("fault", incident=incident, method=method)
        await context.abort_with_status(status)
        raise AssertionError("abort_with_status returned")

    def deserializer(self, inner: Callable[[bytes], Any] | None) -> Callable[[bytes], Any] | None:
        """Let bytes that are no request reach ``handle``: gRPC itself would call them INTERNAL."""
        if inner is None:
            return None

        def lenient(content: bytes) -> Any:  # noqa: ANN401
            try:
                return inner(content)
            except DecodeError:
                return _UNDECODABLE

        return lenient


def _require_decoded(request: object) -> None:
    if isinstance(request, Undecodable):
        raise InvalidRequestError(FieldViolation("", "the bytes are no message of this kind"))
