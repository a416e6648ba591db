"""Who calls and what is called."""

from typing import Final

from dialplane.routing.v1.caller_pb2 import Caller
from dialplane.routing.v1.caller_pb2 import PresentedCaller as PresentedCallerMessage
from dialplane.routing.v1.number_pb2 import Anonymous
from dialplane.routing.v1.number_pb2 import Number as NumberMessage
from dialplane_service.domain.answers import PresentedCaller
from dialplane_service.domain.numbers import ANONYMOUS, Number, NumberKind
from dialplane_service.domain.queries import CallerAsReceived, Presentation
from dialplane_service.rpc.conversion.words import PRESENTATION

_KINDS: Final = {
    "e164": NumberKind.E164,
    "national_short": NumberKind.NATIONAL_SHORT,
    "emergency": NumberKind.EMERGENCY,
    "extension": NumberKind.EXTENSION,
    "feature_code": NumberKind.FEATURE_CODE,
}


def to_number(message: NumberMessage) -> Number:
    """Convert a number; one of no kind is anonymous."""
    kind = message.WhichOneof("kind")
    if kind is None or kind == "anonymous":
        return ANONYMOUS
    return Number(_KINDS[kind], getattr(message, kind))


def to_number_message(number: Number) -> NumberMessage:
    """Convert a number."""
    match number.kind:
        case NumberKind.E164:
            return NumberMessage(e164=number.digits)
        case NumberKind.NATIONAL_SHORT:
            return NumberMessage(national_short=number.digits)
        case NumberKind.EMERGENCY:
            return NumberMessage(emergency=number.digits)
        case NumberKind.EXTENSION:
            return NumberMessage(extension=number.digits)
        case NumberKind.FEATURE_CODE:
            return NumberMessage(feature_code=number.digits)
        case NumberKind.ANONYMOUS:
            return NumberMessage(anonymous=Anonymous())


def to_caller(message: Caller) -> CallerAsReceived:
    """Convert who calls; a presentation that is not stated is allowed."""
    return CallerAsReceived(
        number=message.number,
        name=message.name,
        presentation=PRESENTATION.word(message.presentation) or Presentation.ALLOWED,
        asserted_identity=message.asserted_identity,
        diversion=message.diversion,
    )


def to_presented_caller_message(caller: PresentedCaller) -> PresentedCallerMessage:
    """Convert what the next leg shows."""
    return PresentedCallerMessage(
        number=caller.number,
        name=caller.name,
        asserted_identity=caller.asserted_identity,
        diversion=caller.diversion,
        presentation=PRESENTATION.wire(caller.presentation),
    )
