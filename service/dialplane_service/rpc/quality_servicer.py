"""``admin.v1``'s ``QualityService``."""

from typing import Any

from dialplane.admin.v1.quality_service_pb2 import (
    ListQualityFiguresRequest,
    ListQualityFiguresResponse,
    MeasureQualityRequest,
    MeasureQualityResponse,
    QualityFigure,
)
from dialplane.admin.v1.quality_service_pb2_grpc import QualityServiceServicer
from dialplane_service.application.list_quality_figures import ListQualityFigures
from dialplane_service.application.measure_quality import MeasureQuality
from dialplane_service.domain.measured_quality import MeasuredQuality
from dialplane_service.rpc.conversion.instants import to_timestamp
from dialplane_service.rpc.validation.quality import validate_list_quality_figures


class QualityServicer(QualityServiceServicer):
    """Lists and measures."""

    def __init__(self, list_figures: ListQualityFigures, measure: MeasureQuality) -> None:
        self._list = list_figures
        self._measure = measure

    async def ListQualityFigures(  # noqa: N802 - gRPC's name
        self,
        request: ListQualityFiguresRequest,
        context: Any,  # noqa: ANN401, ARG002
    ) -> ListQualityFiguresResponse:
        """See the proto."""
        validate_list_quality_figures(request)
        figures = await self._list(request.provider, request.prefix)
        return ListQualityFiguresResponse(figures=map(_figure, figures))

    async def MeasureQuality(  # noqa: N802
        self,
        request: MeasureQualityRequest,  # noqa: ARG002
        context: Any,  # noqa: ANN401, ARG002
    ) -> MeasureQualityResponse:
        """See the proto."""
        done = await self._measure()
        return MeasureQualityResponse(
            changed=done.changed,
            measured_from=to_timestamp(done.window.begin),
            measured_to=to_timestamp(done.window.end),
        )


def _figure(measured: MeasuredQuality) -> QualityFigure:
    figure = measured.figure
    return QualityFigure(
        provider=measured.provider,
        prefix=figure.prefix,
        attempts=figure.attempts,
        answered=figure.answered,
        talk_ms=figure.talk_ms,
        pdd_attempts=figure.pdd_attempts,
        pdd_ms=figure.pdd_ms,
        measured_from=to_timestamp(measured.window.begin),
        measured_to=to_timestamp(measured.window.end),
    )
