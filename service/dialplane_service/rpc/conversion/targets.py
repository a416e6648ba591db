"""What a call can go to next."""

from dialplane.routing.v1 import target_pb2
from dialplane_service.domain.answers import (
    CarriedRouteTarget,
    EchoTestTarget,
    EmergencyTarget,
    EndpointTarget,
    ExternalNumberTarget,
    LocationTarget,
    RingGroupTarget,
    ServerTarget,
    Target,
)
from dialplane_service.domain.kinds import LocationKind
from dialplane_service.rpc.conversion.parties import to_number_message
from dialplane_service.rpc.conversion.words import LOCATION_KIND


def to_target_message(target: Target) -> target_pb2.Target:
    """Convert a target; a location of kind queue becomes the queue itself."""
    message = target_pb2.Target(target_id=target.target_id)
    match target:
        case EndpointTarget():
            message.endpoint.endpoint = target.endpoint
            message.endpoint.extension = target.extension
            message.endpoint.server = target.server
        case RingGroupTarget():
            message.ring_group.name = target.name
        case ExternalNumberTarget():
            message.external_number.number.CopyFrom(to_number_message(target.number))
        case ServerTarget():
            message.server.server = target.server
            message.server.forward_path = target.forward_path
        case EchoTestTarget():
            message.echo_test.SetInParent()
        case LocationTarget(kind=LocationKind.QUEUE):
            message.queue.name = target.name
        case LocationTarget():
            message.location.CopyFrom(to_location_message(target))
        case CarriedRouteTarget():
            message.carried_route.route_id = target.route_id
        case EmergencyTarget():
            message.emergency.number = target.number
            message.emergency.country = target.country
    return message


def to_location_message(location: LocationTarget) -> target_pb2.DialplanLocation:
    """Convert a place in the dialplan."""
    return target_pb2.DialplanLocation(
        name=location.name,
        kind=LOCATION_KIND.wire(location.kind),
        context=location.context,
        extension=location.extension,
        priority=location.priority,
    )
