"""No request runs longer than its caller waits, and none without a limit."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final, cast

from dialplane_service.rpc.errors import DeadlineExceededError
from dialplane_service.rpc.interceptors.unary import Behaviour, Context, UnaryInterceptor

RETURN_SECONDS: Final = 0.005
"""Kept back for the way home, so that the caller hears why and not only its own clock."""
LONGEST_SECONDS: Final = 30.0
"""However long a caller is ready to wait."""


class DeadlineInterceptor(UnaryInterceptor):
    """Bounds each request by its deadline, or by its method's usual one when it brings none."""

    def __init__(self, usual_seconds: Mapping[str, float]) -> None:
        super().__init__()
        self._usual_seconds = usual_seconds

    async def handle(
        self,
        method: str,
        behaviour: Behaviour,
        request: Any,  # noqa: ANN401
        context: Context,
    ) -> Any:  # noqa: ANN401
        """Run the method inside its time.

        Raises:
            DeadlineExceededError: there is too little, or it ran out.

        """
        remaining = cast("float | None", context.time_remaining())  # the stubs forget None
        if remaining is None:
            remaining = self._usual_seconds[method]
        budget = min(remaining - RETURN_SECONDS, LONGEST_SECONDS)
        if budget <= 0:
            raise DeadlineExceededError("the deadline leaves no time for an answer")
        bound = asyncio.timeout(budget)
        try:
            async with bound:
                return await behaviour(request, context)
        except TimeoutError:
            if not bound.expired():
                raise  # somebody else's: a fault, not the caller's deadline
            raise DeadlineExceededError("the deadline passed before there was an answer") from None
