"""Questions to ``admin.v1``'s ``ExportService``."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dialplane.admin.v1.export_file_pb2 import ExportRemark
from dialplane.admin.v1.export_service_pb2 import (
    ExportAddressesRequest,
    ExportAddressesResponse,
    ExportAsteriskRequest,
    ExportAsteriskResponse,
)
from dialplane.admin.v1.export_service_pb2_grpc import ExportServiceStub
from dialplane_service.cli.client import ask
from dialplane_service.cli.documents import Document
from dialplane_service.cli.options import START_THE_SERVICE_ADMIN


@dataclass(frozen=True, slots=True)
class ExportClient:
    """Asks one of the places, within the time; every method raises ``Failure`` without an answer."""

    places: Sequence[str]
    timeout_s: float

    def asterisk(self, server: str) -> ExportAsteriskResponse:
        """Ask for the files of a server."""
        request = ExportAsteriskRequest(server=server)
        return ask(
            self.places,
            self.timeout_s,
            lambda channel, seconds: ExportServiceStub(channel).ExportAsterisk(
                request, timeout=seconds
            ),
            START_THE_SERVICE_ADMIN,
        )

    def addresses(self, server: str) -> ExportAddressesResponse:
        """Ask where signalling comes from; an empty name: for all servers."""
        request = ExportAddressesRequest(server=server)
        return ask(
            self.places,
            self.timeout_s,
            lambda channel, seconds: ExportServiceStub(channel).ExportAddresses(
                request, timeout=seconds
            ),
            START_THE_SERVICE_ADMIN,
        )


def remarks(found: Iterable[ExportRemark]) -> list[Document]:
    """Remarks as ``--json`` shows them."""
    return [{"row": remark.row, "problem": remark.problem} for remark in found]
