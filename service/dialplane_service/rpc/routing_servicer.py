"""``routing.v1``: each method checks, converts, calls its use case and converts back."""

from dataclasses import dataclass
from typing import Any

from dialplane.routing.v1.build_dial_string_pb2 import (
    BuildDialStringRequest,
    BuildDialStringResponse,
)
from dialplane.routing.v1.classify_call_pb2 import ClassifyCallRequest, ClassifyCallResponse
from dialplane.routing.v1.hangup_pb2 import HangupRequest, HangupResponse
from dialplane.routing.v1.record_channel_pb2 import RecordChannelRequest, RecordChannelResponse
from dialplane.routing.v1.routing_service_pb2_grpc import RoutingServiceServicer
from dialplane_service.application.build_dial_string import BuildDialString
from dialplane_service.application.classify_call import ClassifyCall
from dialplane_service.application.hangup import Hangup
from dialplane_service.application.ports import DecisionDataSource
from dialplane_service.application.record_channel import RecordChannel
from dialplane_service.application.servers import asking_server
from dialplane_service.rpc.begun_writes import BegunWrites
from dialplane_service.rpc.conversion.build_dial_string import (
    to_build_dial_string_response,
    to_dial_query,
)
from dialplane_service.rpc.conversion.classify_call import (
    to_call_query,
    to_classify_call_response,
)
from dialplane_service.rpc.conversion.events import (
    to_channel_event,
    to_hangup_event,
    to_hangup_response,
    to_record_channel_response,
)
from dialplane_service.rpc.validation.build_dial_string import validate_build_dial_string
from dialplane_service.rpc.validation.classify_call import validate_classify_call
from dialplane_service.rpc.validation.hangup import validate_hangup
from dialplane_service.rpc.validation.record_channel import validate_record_channel


@dataclass(frozen=True, slots=True)
class RoutingUseCases:
    """What ``RoutingService`` is made of."""

    data: DecisionDataSource
    classify_call: ClassifyCall
    build_dial_string: BuildDialString
    record_channel: RecordChannel
    hangup: Hangup


class RoutingServicer(RoutingServiceServicer):
    """Everything it raises, the error interceptor turns into a status."""

    def __init__(self, use_cases: RoutingUseCases, writes: BegunWrites) -> None:
        self._use = use_cases
        self._writes = writes

    async def ClassifyCall(  # noqa: N802 - gRPC's name
        self,
        request: ClassifyCallRequest,
        context: Any,  # noqa: ANN401, ARG002
    ) -> ClassifyCallResponse:
        """See the proto."""
        validate_classify_call(request)
        classification = self._use.classify_call(to_call_query(request))
        return to_classify_call_response(classification, explain=request.explain)

    async def BuildDialString(  # noqa: N802
        self,
        request: BuildDialStringRequest,
        context: Any,  # noqa: ANN401, ARG002
    ) -> BuildDialStringResponse:
        """See the proto."""
        validate_build_dial_string(request)
        answer = await self._use.build_dial_string(to_dial_query(request))
        return to_build_dial_string_response(answer, explain=request.explain)

    async def RecordChannel(  # noqa: N802
        self,
        request: RecordChannelRequest,
        context: Any,  # noqa: ANN401, ARG002
    ) -> RecordChannelResponse:
        """See the proto."""
        validate_record_channel(request)
        event = to_channel_event(request, self._server_id(request.server))
        return to_record_channel_response(
            await self._writes.finish(self._use.record_channel(event))
        )

    async def Hangup(  # noqa: N802
        self,
        request: HangupRequest,
        context: Any,  # noqa: ANN401, ARG002
    ) -> HangupResponse:
        """See the proto."""
        validate_hangup(request)
        event = to_hangup_event(request, self._server_id(request.server))
        return to_hangup_response(await self._writes.finish(self._use.hangup(event)))

    def _server_id(self, name: str) -> int:
        return asking_server(self._use.data.current(), name).id
