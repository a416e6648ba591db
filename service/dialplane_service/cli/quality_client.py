"""Questions to ``QualityService``."""

from collections.abc import Sequence
from dataclasses import dataclass

from dialplane.admin.v1.quality_service_pb2 import (
    ListQualityFiguresRequest,
    MeasureQualityRequest,
    MeasureQualityResponse,
    QualityFigure,
)
from dialplane.admin.v1.quality_service_pb2_grpc import QualityServiceStub
from dialplane_service.cli.client import ask
from dialplane_service.cli.options import START_THE_SERVICE_ADMIN


@dataclass(frozen=True, slots=True)
class QualityClient:
    """Asks one of the places, within the time; every method raises ``Failure`` without an answer."""

    places: Sequence[str]
    timeout_s: float

    def figures(self, request: ListQualityFiguresRequest) -> Sequence[QualityFigure]:
        """Ask for figures."""
        answer = ask(
            self.places,
            self.timeout_s,
            lambda channel, seconds: QualityServiceStub(channel).ListQualityFigures(
                request, timeout=seconds
            ),
            START_THE_SERVICE_ADMIN,
        )
        return answer.figures

    def measure(self) -> MeasureQualityResponse:
        """Have the service measure now."""
        return ask(
            self.places,
            self.timeout_s,
            lambda channel, seconds: QualityServiceStub(channel).MeasureQuality(
                MeasureQualityRequest(), timeout=seconds
            ),
            START_THE_SERVICE_ADMIN,
        )
