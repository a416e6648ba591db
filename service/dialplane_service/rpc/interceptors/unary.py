"""The base of our interceptors: something around each of our unary methods."""

from abc import abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeAlias

import grpc
from grpc import aio

OUR_METHODS: Final = "/dialplane."

# In quotes: only the stubs are generic.
Context: TypeAlias = "aio.ServicerContext[Any, Any]"
Behaviour: TypeAlias = Callable[[Any, "Context"], Awaitable[Any]]
Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any]"
MaybeHandler: TypeAlias = "grpc.RpcMethodHandler[Any, Any] | None"


class UnaryInterceptor(aio.ServerInterceptor):
    """Health and reflection pass by untouched: they must answer even when nothing else does."""

    def __init__(self) -> None:
        # Each method is wrapped once, not once per request.
        self._wrapped: dict[str, Handler] = {}

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[MaybeHandler]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> MaybeHandler:
        """Give the wrapped method; see ``grpc.aio.ServerInterceptor``."""
        method = handler_call_details.method
        known = self._wrapped.get(method)
        if known is not None:
            return known
        handler = await continuation(handler_call_details)
        # A name that nobody serves has no handler; it is not kept, there are endlessly many.
        if handler is None or handler.unary_unary is None or not method.startswith(OUR_METHODS):
            return handler
        self._wrapped[method] = self._wrap(method, handler)
        return self._wrapped[method]

    def _wrap(self, method: str, handler: Handler) -> Handler:
        behaviour: Behaviour = handler.unary_unary  # type: ignore[assignment] # ours are all async

        async def around(request: Any, context: Context) -> Any:  # noqa: ANN401 - any message
            return await self.handle(method, behaviour, request, context)

        return grpc.unary_unary_rpc_method_handler(
            around,
            self.deserializer(handler.request_deserializer),
            handler.response_serializer,
        )

    def deserializer(self, inner: Callable[[bytes], Any] | None) -> Callable[[bytes], Any] | None:
        """Give what reads the request's bytes."""
        return inner

    @abstractmethod
    async def handle(
        self,
        method: str,
        behaviour: Behaviour,
        request: Any,  # noqa: ANN401 - any message
        context: Context,
    ) -> Any:  # noqa: ANN401
        """Answer the request, usually with the help of ``behaviour``."""
