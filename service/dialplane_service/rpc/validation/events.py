"""The rules that ``RecordChannelRequest`` and ``HangupRequest`` share.

Leg and attempt are not held against each other: an event whose variables got lost on the way is
worth more in the database than in the host's folder of rejected ones.
"""

from dialplane.routing.v1.channel_pb2 import Leg
from dialplane.routing.v1.hangup_pb2 import HangupRequest
from dialplane.routing.v1.record_channel_pb2 import RecordChannelRequest
from dialplane_service.rpc.validation.violations import (
    LAST_ATTEMPT,
    LONGEST_ACCOUNT,
    LONGEST_ID,
    LONGEST_SERVER,
    LONGEST_UNIQUE_ID,
    Violations,
)


def check_event(check: Violations, request: RecordChannelRequest | HangupRequest) -> None:
    """Check what every event of a channel carries."""
    check.identifier("server", request.server, LONGEST_SERVER)
    if request.HasField("channel"):
        check.channel("channel", request.channel)
    else:
        check.add("channel", "is required")
    if request.HasField("occurred_at"):
        check.instant("occurred_at", request.occurred_at)
    else:
        check.add("occurred_at", "is required")
    check.identifier("call_id", request.call_id, LONGEST_ID)
    check.known("leg", request.leg, Leg.DESCRIPTOR, required=True)
    check.between("attempt", request.attempt, 0, LAST_ATTEMPT)
    check.identifier("route_id", request.route_id, LONGEST_ID, optional=True)
    check.characters("account", request.account, LONGEST_ACCOUNT)
    check.identifier(
        "calling_unique_id", request.calling_unique_id, LONGEST_UNIQUE_ID, optional=True
    )
