"""Bytes that are no message are the caller's fault; gRPC itself would call them INTERNAL."""

from collections.abc import Callable
from typing import Any, Final

from google.protobuf.message import DecodeError

from dialplane_service.application.errors import FieldViolation, InvalidRequestError
from dialplane_service.rpc.interceptors.unary import Behaviour, Context, UnaryInterceptor


class Undecodable:
    """Stands where the request would, had its bytes been one."""


_UNDECODABLE: Final = Undecodable()


class DecodingInterceptor(UnaryInterceptor):
    """Lets undecodable bytes travel as far as everything else, and refuses them like the rest."""

    async def handle(
        self,
        method: str,  # noqa: ARG002 - all alike
        behaviour: Behaviour,
        request: Any,  # noqa: ANN401
        context: Context,
    ) -> Any:  # noqa: ANN401
        """Run the method.

        Raises:
            InvalidRequestError: the bytes were no message of its kind.

        """
        if isinstance(request, Undecodable):
            raise InvalidRequestError(FieldViolation("", "the bytes are no message of this kind"))
        return await behaviour(request, context)

    def deserializer(self, inner: Callable[[bytes], Any] | None) -> Callable[[bytes], Any] | None:
        """Read the bytes, or put ``Undecodable`` in the message's place."""
        if inner is None:
            return None

        def lenient(content: bytes) -> Any:  # noqa: ANN401
            try:
                return inner(content)
            except DecodeError:
                return _UNDECODABLE

        return lenient
