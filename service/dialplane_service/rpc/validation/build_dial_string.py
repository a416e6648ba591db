"""The rules of ``BuildDialStringRequest``."""

from typing import Final

from dialplane.routing.v1.build_dial_string_pb2 import BuildDialStringRequest
from dialplane.routing.v1.channel_pb2 import DialStatus
from dialplane.routing.v1.tier_pb2 import Tier
from dialplane_service.rpc.validation.parties import check_called, check_caller
from dialplane_service.rpc.validation.violations import (
    LAST_ATTEMPT,
    LONGEST_ACCOUNT,
    LONGEST_ID,
    LONGEST_SERVER,
    Violations,
)

_MOST_TARGETS: Final = 10


def validate_build_dial_string(request: BuildDialStringRequest) -> None:
    """Check every field.

    Raises:
        InvalidRequestError: with each broken rule.

    """
    check = Violations()
    check.identifier("call_id", request.call_id, LONGEST_ID)
    if request.HasField("decided_at"):
        check.instant("decided_at", request.decided_at)
    else:
        check.add("decided_at", "is required")
    check.identifier("server", request.server, LONGEST_SERVER, optional=request.simulate)
    check.characters("account", request.account, LONGEST_ACCOUNT)
    check_called(check, "called", request.called)
    check_caller(check, "caller", request.caller)
    check.known("tier", request.tier, Tier.DESCRIPTOR)
    check.characters("endpoint", request.endpoint, 80)
    if request.HasField("channel"):
        check.channel("channel", request.channel)
    _check_targets(check, request)
    _check_attempt(check, request)
    check.raise_if_any()


def _check_targets(check: Violations, request: BuildDialStringRequest) -> None:
    count = len(request.target_ids)
    if count > _MOST_TARGETS or (not count and not request.simulate):
        check.add("target_ids", f"must be 1 to {_MOST_TARGETS} ids")
    for index, target_id in enumerate(request.target_ids[:_MOST_TARGETS]):
        check.identifier(f"target_ids[{index}]", target_id, LONGEST_ID)


def _check_attempt(check: Violations, request: BuildDialStringRequest) -> None:
    check.between("attempt", request.attempt, 1, LAST_ATTEMPT + 1)
    if len(request.tried_route_ids) != max(request.attempt - 1, 0):
        check.add("tried_route_ids", "must be exactly attempt - 1 ids")
    for index, route_id in enumerate(request.tried_route_ids[:LAST_ATTEMPT]):
        check.identifier(f"tried_route_ids[{index}]", route_id, LONGEST_ID)
    if request.HasField("last_outcome"):
        outcome = request.last_outcome
        check.known("last_outcome.dial_status", outcome.dial_status, DialStatus.DESCRIPTOR)
        check.q850_cause("last_outcome.q850_cause", outcome.q850_cause)
        check.sip_status("last_outcome.sip_status", outcome.sip_status)
    elif request.attempt > 1:
        check.add("last_outcome", "is required from attempt 2 on")
