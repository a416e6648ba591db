"""Configured targets that can take a call."""

from dialplane_service.domain.answers import (
    EndpointTarget,
    ExternalNumberTarget,
    LocationTarget,
    RingGroupTarget,
    Target,
)
from dialplane_service.domain.barring import barring_rule
from dialplane_service.domain.decision_data import DecisionData
from dialplane_service.domain.kinds import TargetKind
from dialplane_service.domain.numbers import Number, NumberKind, is_e164
from dialplane_service.domain.records import ConfiguredTarget, Endpoint, Location


def endpoint_target(data: DecisionData, endpoint: Endpoint) -> EndpointTarget:
    """The target that rings a device."""
    server = data.server.get(endpoint.server_id)
    return EndpointTarget(
        f"e{endpoint.id}",
        endpoint.endpointname,
        endpoint.extension or "",
        server.servername if server is not None else "",
    )


def location_target(location: Location) -> LocationTarget:
    """The target that goes to a place in the dialplan."""
    return LocationTarget(
        f"l{location.id}",
        location.locationname,
        location.kind,
        location.context,
        location.extension,
        location.priority,
    )


def usable_target(data: DecisionData, row: ConfiguredTarget | None) -> Target | None:
    """What a configured target leads to now.

    ``None`` when it leads nowhere: the device is gone or switched off; the group is switched off or
    has no device that is on; the number outside is barred for the account that sends calls on to it
    and pays, is none in full, or is rented here (a provider would bring the call back for ever).
    """
    if row is None:
        return None
    if row.kind is TargetKind.ENDPOINT:
        endpoint = data.endpoint.get(row.endpoint_id or 0)
        return endpoint_target(data, endpoint) if endpoint and endpoint.enabled else None
    if row.kind is TargetKind.RING_GROUP:
        return _ring_group(data, row.ring_group_id or 0)
    if row.kind is TargetKind.LOCATION:
        location = data.location.get(row.location_id or 0)
        return location_target(location) if location else None
    return _external(data, row)


def _external(data: DecisionData, row: ConfiguredTarget) -> ExternalNumberTarget | None:
    digits, account = row.number or "", data.account.get(row.account_id)
    if not is_e164(digits) or digits in data.number_by_digits:
        return None
    if account is None or not account.enabled or barring_rule(data, account, digits).barred:
        return None
    return ExternalNumberTarget(f"t{row.id}", Number(NumberKind.E164, digits))


def _ring_group(data: DecisionData, group_id: int) -> RingGroupTarget | None:
    group = data.ring_group.get(group_id)
    if group is None or not group.enabled:
        return None
    members = (data.endpoint.get(row.endpoint_id) for row in data.group_members.get(group_id, ()))
    if not any(member is not None and member.enabled for member in members):
        return None
    return RingGroupTarget(f"r{group.id}", group.groupname)
