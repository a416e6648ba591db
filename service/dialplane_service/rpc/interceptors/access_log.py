"""One line per request: what was asked, by whom, what came of it and how long it took."""

import re
import time
from typing import TYPE_CHECKING, Any, Final

import grpc
import structlog

from dialplane_service.observability.redaction import redacted
from dialplane_service.rpc.errors import code_of
from dialplane_service.rpc.interceptors.access_fields import answered, asked, identifying
from dialplane_service.rpc.interceptors.unary import Behaviour, Context, UnaryInterceptor

if TYPE_CHECKING:
    from collections.abc import Callable

_TRACEPARENT: Final = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}", re.ASCII)
_ALARMING: Final = frozenset({grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED})

log: Final = structlog.get_logger("dialplane.access")


class AccessLogInterceptor(UnaryInterceptor):
    """Binds the request's ids to every line logged on its behalf, and writes its own at the end."""

    def __init__(self, *, numbers_in_full: bool = False) -> None:
        super().__init__()
        self._show: Callable[[str], str] = str if numbers_in_full else redacted

    async def handle(
        self,
        method: str,
        behaviour: Behaviour,
        request: Any,  # noqa: ANN401
        context: Context,
    ) -> Any:  # noqa: ANN401
        """Run the method and log it."""
        began = time.perf_counter()
        # Each request has a task of its own, so what is bound here ends with it.
        structlog.contextvars.bind_contextvars(**identifying(request), **_trace(context))
        code = grpc.StatusCode.OK
        response = None
        try:
            response = await behaviour(request, context)
        except Exception as error:
            code = code_of(error)
            raise
        except BaseException:
            code = grpc.StatusCode.CANCELLED  # the caller went away, or the server was stopped
            raise
        else:
            return response
        finally:
            write = log.warning if code in _ALARMING else log.info
            write(
                "request",
                method=method.rpartition("/")[2],
                status=code.name,
                ms=round((time.perf_counter() - began) * 1000, 2),
                peer=context.peer(),
                **asked(request, self._show),
                **answered(response),
            )


def _trace(context: Context) -> dict[str, str]:
    for key, value in context.invocation_metadata() or ():
        if key == "traceparent" and isinstance(value, str):
            match = _TRACEPARENT.fullmatch(value)
            if match is not None:
                return {"trace_id": match[1]}
    return {}
