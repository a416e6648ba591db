"""What a log line says of a request and of its answer."""

from collections.abc import Callable
from typing import Any

from dialplane.admin.v1.calls_service_pb2 import GetCallRequest, ListCallsRequest
from dialplane.routing.v1.build_dial_string_pb2 import (
    BuildDialStringRequest,
    BuildDialStringResponse,
)
from dialplane.routing.v1.call_class_pb2 import CallClass
from dialplane.routing.v1.classify_call_pb2 import ClassifyCallRequest, ClassifyCallResponse
from dialplane.routing.v1.hangup_pb2 import HangupRequest
from dialplane.routing.v1.no_more_routes_pb2 import NoRouteReason
from dialplane.routing.v1.record_channel_pb2 import ChannelEvent, RecordChannelRequest
from dialplane.routing.v1.refusal_pb2 import RefusalReason

Fields = dict[str, Any]
Show = Callable[[str], str]


def identifying(request: object) -> Fields:
    """Give the ids that every line about this request carries. Nothing has checked them yet."""
    match request:
        case (
            ClassifyCallRequest()
            | BuildDialStringRequest()
            | RecordChannelRequest()
            | HangupRequest()
        ):
            fields = {"server": request.server[:50], "unique_id": request.channel.unique_id[:150]}
            if request.call_id:
                fields["call_id"] = request.call_id[:32]
            return fields
        case GetCallRequest():
            return {"call_id": request.call_id[:32]}
        case _:
            return {}


def asked(request: object, show: Show) -> Fields:
    """Say what was asked; ``show`` makes of each number what the log may hold."""
    match request:
        case ClassifyCallRequest():
            return {"dialled": show(request.dialled), "caller": show(request.caller.number)}
        case BuildDialStringRequest():
            kind = request.called.WhichOneof("kind")
            called = "" if kind in (None, "anonymous") else getattr(request.called, kind)
            return {"called": show(called), "attempt": request.attempt}
        case RecordChannelRequest():
            known = ChannelEvent.DESCRIPTOR.values_by_number.get(request.event)
            name = str(request.event) if known is None else known.name
            return {"reported": name.removeprefix("CHANNEL_EVENT_")}
        case HangupRequest():
            return {"reported": "HANGUP", "q850_cause": request.q850_cause}
        case ListCallsRequest():
            return {"number": show(request.number)} if request.number else {}
        case _:
            return {}


def answered(response: object) -> Fields:
    """Say what came of it."""
    match response:
        case ClassifyCallResponse(refusal=refusal) if response.HasField("refusal"):
            reason = RefusalReason.Name(refusal.reason).removeprefix("REFUSAL_REASON_")
            return {"call_id": response.call_id, "refused": reason}
        case ClassifyCallResponse():
            call_class = CallClass.Name(response.call_class).removeprefix("CALL_CLASS_")
            return {"call_id": response.call_id, "call_class": call_class}
        case BuildDialStringResponse(dial=dial) if response.HasField("dial"):
            return {"route_id": dial.route_id}
        case BuildDialStringResponse(no_more_routes=end) if response.HasField("no_more_routes"):
            return {
                "no_more_routes": NoRouteReason.Name(end.reason).removeprefix("NO_ROUTE_REASON_")
            }
        case _:
            return {}
