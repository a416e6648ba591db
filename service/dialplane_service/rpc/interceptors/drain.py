"""Requests in progress are counted, so that a stop can wait for them and refuse new ones."""

from typing import Any

from dialplane_service.rpc.errors import ShuttingDownError
from dialplane_service.rpc.interceptors.unary import Behaviour, Context, UnaryInterceptor
from dialplane_service.rpc.work import Work


class DrainInterceptor(UnaryInterceptor):
    """The door of ``Work``."""

    def __init__(self, work: Work) -> None:
        super().__init__()
        self._work = work

    async def handle(
        self,
        method: str,  # noqa: ARG002 - all alike
        behaviour: Behaviour,
        request: Any,  # noqa: ANN401
        context: Context,
    ) -> Any:  # noqa: ANN401
        """Count the request, or refuse it.

        Raises:
            ShuttingDownError: the service is going down.

        """
        if self._work.closed:
            raise ShuttingDownError("the service is shutting down; ask another replica")
        with self._work:
            return await behaviour(request, context)
