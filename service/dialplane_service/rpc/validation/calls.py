"""The rules of ``ListCallsRequest`` and ``GetCallRequest``."""

from typing import Final

from dialplane.admin.v1.calls_service_pb2 import GetCallRequest, ListCallsRequest
from dialplane_service.rpc.conversion.page_token import is_page_token
from dialplane_service.rpc.validation.violations import (
    LONGEST_ACCOUNT,
    LONGEST_ID,
    LONGEST_SERVER,
    Violations,
)

_LARGEST_PAGE: Final = 1000


def validate_list_calls(request: ListCallsRequest) -> None:
    """Check every field.

    Raises:
        InvalidRequestError: with each broken rule.

    """
    check = Violations()
    # "from" is a word of Python's own, so the field has no attribute of its name.
    if request.HasField("from"):
        check.instant("from", getattr(request, "from"))
    if request.HasField("to"):
        check.instant("to", request.to)
    check.characters("account", request.account, LONGEST_ACCOUNT)
    check.identifier("server", request.server, LONGEST_SERVER, optional=True)
    check.digits("number", request.number, 32, optional=True)
    check.between("page_size", request.page_size, 0, _LARGEST_PAGE)
    if request.page_token and not is_page_token(request.page_token):
        check.add("page_token", "is not a next_page_token of an earlier answer")
    check.raise_if_any()


def validate_get_call(request: GetCallRequest) -> None:
    """Check every field.

    Raises:
        InvalidRequestError: with each broken rule.

    """
    check = Violations()
    check.identifier("call_id", request.call_id, LONGEST_ID)
    check.raise_if_any()
