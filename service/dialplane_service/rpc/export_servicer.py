"""``admin.v1``'s ``ExportService``."""

from typing import Any

from dialplane.admin.v1.export_service_pb2 import (
    ExportAddressesRequest,
    ExportAddressesResponse,
    ExportAsteriskRequest,
    ExportAsteriskResponse,
)
from dialplane.admin.v1.export_service_pb2_grpc import ExportServiceServicer
from dialplane_service.application.export_addresses import ExportAddresses
from dialplane_service.application.export_asterisk import ExportAsterisk
from dialplane_service.rpc.conversion.export import (
    to_export_addresses_response,
    to_export_asterisk_response,
)
from dialplane_service.rpc.validation.export import (
    validate_export_addresses,
    validate_export_asterisk,
)


class ExportServicer(ExportServiceServicer):
    """Writes what other programs need of the decision data."""

    def __init__(self, export_asterisk: ExportAsterisk, export_addresses: ExportAddresses) -> None:
        self._export_asterisk = export_asterisk
        self._export_addresses = export_addresses

    async def ExportAsterisk(  # noqa: N802 - gRPC's name
        self,
        request: ExportAsteriskRequest,
        context: Any,  # noqa: ANN401, ARG002
    ) -> ExportAsteriskResponse:
        """See the proto."""
        validate_export_asterisk(request)
        return to_export_asterisk_response(await self._export_asterisk(request.server))

    async def ExportAddresses(  # noqa: N802
        self,
        request: ExportAddressesRequest,
        context: Any,  # noqa: ANN401, ARG002
    ) -> ExportAddressesResponse:
        """See the proto."""
        validate_export_addresses(request)
        return to_export_addresses_response(await self._export_addresses(request.server))
