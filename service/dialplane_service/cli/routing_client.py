"""Questions to ``routing.v1``. None of them is a call: nothing is reserved or recorded."""

from collections.abc import Sequence
from dataclasses import dataclass

from dialplane.routing.v1.build_dial_string_pb2 import (
    BuildDialStringRequest,
    BuildDialStringResponse,
)
from dialplane.routing.v1.classify_call_pb2 import ClassifyCallRequest, ClassifyCallResponse
from dialplane.routing.v1.routing_service_pb2_grpc import RoutingServiceStub
from dialplane_service.cli.client import ask
from dialplane_service.cli.options import START_THE_SERVICE


@dataclass(frozen=True, slots=True)
class RoutingClient:
    """Asks one of the places, within the time."""

    places: Sequence[str]
    timeout_s: float

    def classify_call(self, request: ClassifyCallRequest) -> ClassifyCallResponse:
        """Ask what kind of call a call would be.

        Raises:
            Failure: there is no answer.
        """
        return ask(
            self.places,
            self.timeout_s,
            lambda channel, seconds: RoutingServiceStub(channel).ClassifyCall(
                request, timeout=seconds
            ),
            START_THE_SERVICE,
        )

    def build_dial_string(self, request: BuildDialStringRequest) -> BuildDialStringResponse:
        """Ask what would be dialled.

        Raises:
            Failure: there is no answer.
        """
        return ask(
            self.places,
            self.timeout_s,
            lambda channel, seconds: RoutingServiceStub(channel).BuildDialString(
                request, timeout=seconds
            ),
            START_THE_SERVICE,
        )
