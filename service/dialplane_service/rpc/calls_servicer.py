"""``admin.v1``'s ``CallsService``."""

from typing import Any

from dialplane.admin.v1.calls_service_pb2 import (
    GetCallRequest,
    GetCallResponse,
    ListCallsRequest,
    ListCallsResponse,
)
from dialplane.admin.v1.calls_service_pb2_grpc import CallsServiceServicer
from dialplane_service.application.get_call import GetCall
from dialplane_service.application.list_calls import ListCalls
from dialplane_service.rpc.conversion.calls import (
    to_call_filter,
    to_call_message,
    to_list_calls_response,
)
from dialplane_service.rpc.validation.calls import validate_get_call, validate_list_calls


class CallsServicer(CallsServiceServicer):
    """Shows recorded calls."""

    def __init__(self, list_calls: ListCalls, get_call: GetCall) -> None:
        self._list_calls = list_calls
        self._get_call = get_call

    async def ListCalls(  # noqa: N802 - gRPC's name
        self,
        request: ListCallsRequest,
        context: Any,  # noqa: ANN401, ARG002
    ) -> ListCallsResponse:
        """See the proto."""
        validate_list_calls(request)
        criteria = to_call_filter(request)
        return to_list_calls_response(await self._list_calls(criteria), criteria.limit)

    async def GetCall(  # noqa: N802
        self,
        request: GetCallRequest,
        context: Any,  # noqa: ANN401, ARG002
    ) -> GetCallResponse:
        """See the proto."""
        validate_get_call(request)
        call = await self._get_call(request.call_id, explain=request.explain)
        return GetCallResponse(call=to_call_message(call))
