"""What the unary interceptors do, for the few methods that stream: errors, a log line, the drain."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, cast

import grpc
import structlog
from grpc import aio

from dialplane_service.rpc.errors import (
    ShuttingDownError,
    code_of,
    internal,
    new_incident,
    to_status,
)
from dialplane_service.rpc.interceptors.unary import OUR_METHODS, Context, MaybeHandler
from dialplane_service.rpc.work import Work

if TYPE_CHECKING:
    from collections.abc import Iterator

log: Final = structlog.get_logger("dialplane.access")


class StreamInterceptor(aio.ServerInterceptor):
    """No deadline of its own: a deck takes as long as it takes, and each step of it is bounded."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[MaybeHandler]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> MaybeHandler:
        """Give the wrapped method; see ``grpc.aio.ServerInterceptor``."""
        method = handler_call_details.method
        handler = await continuation(handler_call_details)
        if handler is None or not method.startswith(OUR_METHODS):
            return handler
        if handler.stream_unary is not None:
            return grpc.stream_unary_rpc_method_handler(
                self._upload(method, handler.stream_unary),
                handler.request_deserializer,
                handler.response_serializer,
            )
        if handler.unary_stream is not None:
            return grpc.unary_stream_rpc_method_handler(
                self._download(method, handler.unary_stream),
                handler.request_deserializer,
                handler.response_serializer,
            )
        return handler

    def _upload(self, method: str, behaviour: Any) -> Any:  # noqa: ANN401 - any message
        async def around(requests: AsyncIterator[Any], context: Context) -> Any:  # noqa: ANN401
            try:
                with self._noted(method, context):
                    return await behaviour(requests, context)
            except Exception as error:  # noqa: BLE001 - the table knows what it is, or it is a fault
                await _abort(method, context, error)

        return around

    def _download(self, method: str, behaviour: Any) -> Any:  # noqa: ANN401
        async def around(request: Any, context: Context) -> AsyncIterator[Any]:  # noqa: ANN401
            try:
                with self._noted(method, context):
                    async for answer in behaviour(request, context):
                        yield answer
            except Exception as error:  # noqa: BLE001
                await _abort(method, context, error)

        return around

    @contextmanager
    def _noted(self, method: str, context: Context) -> "Iterator[None]":
        if self._work.closed:
            raise ShuttingDownError("the service is shutting down; ask another replica")
        began, code = time.perf_counter(), grpc.StatusCode.OK
        try:
            with self._work:
                yield
        except Exception as error:
            code = code_of(error)
            raise
        except BaseException:
            code = grpc.StatusCode.CANCELLED
            raise
        finally:
            log.info(
                "request",
                method=method.rpartition("/")[2],
                status=code.name,
                ms=round((time.perf_counter() - began) * 1000, 2),
                peer=context.peer(),
            )


async def _abort(method: str, context: Context, error: Exception) -> None:
    status = to_status(error)
    if status is None:
        incident = new_incident()
        status = internal(incident)
        log.error("fault", incident=incident, method=method, exc_info=error)
    await cast("Any", context).abort_with_status(status)
