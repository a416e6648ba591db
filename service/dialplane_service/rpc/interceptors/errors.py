"""Errors leave the service as status, reason and details; a fault of ours shows nothing of itself."""

from typing import Any, Final

import structlog

from dialplane_service.rpc.errors import internal, new_incident, to_status
from dialplane_service.rpc.interceptors.unary import Behaviour, Context, UnaryInterceptor

log: Final = structlog.get_logger("dialplane.rpc")


class ErrorInterceptor(UnaryInterceptor):
    """The only place where an exception becomes a status: the outermost."""

    async def handle(
        self,
        method: str,
        behaviour: Behaviour,
        request: Any,  # noqa: ANN401
        context: Context,
    ) -> Any:  # noqa: ANN401
        """Run the method; whatever it raises, the caller gets a status that it may see."""
        try:
            return await behaviour(request, context)
        except Exception as error:  # the table knows what it is, or it is a fault of ours
            status = to_status(error)
            if status is None:
                incident = new_incident()
                status = internal(incident)
                log.exception("fault", incident=incident, method=method)
        return await context.abort_with_status(status)
