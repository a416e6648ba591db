"""What an error of the service says."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import grpc
from google.rpc.error_details_pb2 import ErrorInfo
from grpc_status import rpc_status


@dataclass
class Refused:
    """Filled when the block has ended: status code and our reason, without the enum's prefix."""

    code: str = ""
    reason: str = ""


def reason_of(error: grpc.RpcError) -> str:
    """Our reason of an error; "" when it carries none."""
    status = rpc_status.from_call(error)
    for detail in status.details if status is not None else ():
        info = ErrorInfo()
        if detail.Unpack(info):
            return str(info.reason).removeprefix("ERROR_REASON_")
    return ""


@contextmanager
def refused() -> Iterator[Refused]:
    """The block must end with an error of the service."""
    found = Refused()
    try:
        yield found
    except grpc.RpcError as error:
        found.code, found.reason = error.code().name, reason_of(error)
        return
    raise AssertionError("the service did not refuse")
