"""Configured targets that can take a call."""

from dialplane_service.domain.answers import (
    EndpointTarget,
    ExternalNumberTarget,
    LocationTarget,
    RingGroupTarget,
    Target,
)
from dialplane_service.domain.decision_data import DecisionData
from dialplane_service.domain.kinds import TargetKind
from dialplane_service.domain.numbers import Number, NumberKind
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

    ``None`` when it leads nowhere: the device is gone or switched off, the group is switched off or
    has no device that is on.
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
    return ExternalNumberTarget(f"t{row.id}", Number(NumberKind.E164, row.number or ""))


def _ring_group(data: DecisionData, group_id: int) -> RingGroupTarget | None:
    group = data.ring_group.get(group_id)
    if group is None or not group.enabled:
        return None
    members = (data.endpoint.get(row.endpoint_id) for row in data.group_members.get(group_id, ()))
    if not any(member is not None and member.enabled for member in members):
        return None
    return RingGroupTarget(f"r{group.id}", group.groupname)
