"""The rules of ``ExportAsteriskRequest`` and ``ExportAddressesRequest``."""

from dialplane.admin.v1.export_service_pb2 import ExportAddressesRequest, ExportAsteriskRequest
from dialplane_service.rpc.validation.violations import LONGEST_SERVER, Violations


def validate_export_asterisk(request: ExportAsteriskRequest) -> None:
    """Check every field.

    Raises:
        InvalidRequestError: with each broken rule.

    """
    check = Violations()
    check.identifier("server", request.server, LONGEST_SERVER)
    check.raise_if_any()


def validate_export_addresses(request: ExportAddressesRequest) -> None:
    """Check every field.

    Raises:
        InvalidRequestError: with each broken rule.

    """
    check = Violations()
    check.identifier("server", request.server, LONGEST_SERVER, optional=True)
    check.raise_if_any()
