"""Files and addresses, as tools are given them."""

from collections.abc import Iterable
from typing import Final

from dialplane.admin.v1 import export_address_pb2
from dialplane.admin.v1.export_address_pb2 import ExportAddress
from dialplane.admin.v1.export_file_pb2 import ExportFile, ExportRemark
from dialplane.admin.v1.export_service_pb2 import ExportAddressesResponse, ExportAsteriskResponse
from dialplane_service.application.export_addresses import ExportedAddresses
from dialplane_service.application.export_asterisk import ExportedFiles
from dialplane_service.domain.asterisk_files.checks import Remark
from dialplane_service.domain.asterisk_files.signalling import (
    OwnerKind,
    Signalling,
    SignallingAddress,
)
from dialplane_service.domain.kinds import Direction
from dialplane_service.rpc.conversion.words import Words

OWNER_KIND: Final = Words(OwnerKind, export_address_pb2.ExportOwnerKind, "EXPORT_OWNER_KIND")
DIRECTION: Final = Words(Direction, export_address_pb2.ExportDirection, "EXPORT_DIRECTION")
SIGNALLING: Final = Words(Signalling, export_address_pb2.ExportSignalling, "EXPORT_SIGNALLING")


def to_export_asterisk_response(export: ExportedFiles) -> ExportAsteriskResponse:
    """Convert the files."""
    return ExportAsteriskResponse(
        files=[ExportFile(name=file.name, content=file.content) for file in export.files],
        omitted=_remarks(export.omitted),
        refused=_remarks(export.refused),
        data_version=export.data_version,
    )


def to_export_addresses_response(export: ExportedAddresses) -> ExportAddressesResponse:
    """Convert the addresses."""
    return ExportAddressesResponse(
        addresses=[_address(address) for address in export.found.addresses],
        refused=_remarks(export.found.refused),
        data_version=export.data_version,
    )


def _remarks(remarks: Iterable[Remark]) -> list[ExportRemark]:
    return [ExportRemark(row=remark.row, problem=remark.problem) for remark in remarks]


def _address(address: SignallingAddress) -> ExportAddress:
    return ExportAddress(
        row=address.row,
        owner=address.owner,
        owner_kind=OWNER_KIND.wire(address.owner_kind),
        network="" if address.network is None else str(address.network),
        host_name=address.host_name,
        direction=DIRECTION.wire(address.direction),
        signalling=SIGNALLING.wire(address.signalling),
    )
