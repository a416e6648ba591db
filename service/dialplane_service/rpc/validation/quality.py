"""The rules of ``QualityService``'s requests."""

from typing import Final

from dialplane.admin.v1.quality_service_pb2 import ListQualityFiguresRequest
from dialplane_service.rpc.validation.violations import Violations

_LONGEST_PROVIDER: Final = 50
_LONGEST_PREFIX: Final = 15


def validate_list_quality_figures(request: ListQualityFiguresRequest) -> None:
    """Check every field.

    Raises:
        InvalidRequestError: with each broken rule.

    """
    check = Violations()
    check.characters("provider", request.provider, _LONGEST_PROVIDER)
    check.digits("prefix", request.prefix, _LONGEST_PREFIX, optional=True)
    check.raise_if_any()
