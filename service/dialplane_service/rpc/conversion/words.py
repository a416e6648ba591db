"""The closed lists: each enum of the domain beside its enum of the wire, matched by name.

A word that one side lacks is found when the module is imported, not when a call needs it.
"""

from enum import Enum
from typing import TYPE_CHECKING, Final, Generic, Protocol, TypeVar

from dialplane.admin.v1 import finding_pb2, rate_pb2
from dialplane.routing.v1 import (
    call_class_pb2,
    caller_pb2,
    channel_pb2,
    no_more_routes_pb2,
    record_channel_pb2,
    refusal_pb2,
    target_pb2,
    tier_pb2,
    trace_pb2,
)
from dialplane_service.domain.answers import CallClass, NoRouteReason, RefusalReason
from dialplane_service.domain.events import ChannelEventKind, DialStatus, HangupSource, Leg
from dialplane_service.domain.findings import Severity
from dialplane_service.domain.kinds import LocationKind, Tier
from dialplane_service.domain.queries import Presentation
from dialplane_service.domain.rate_decks import DeckState
from dialplane_service.domain.trace import DropReason

if TYPE_CHECKING:
    from collections.abc import Mapping

Word = TypeVar("Word", bound=Enum)
Value = TypeVar("Value", bound=int)
Given = TypeVar("Given", bound=int, covariant=True)


class _WireEnum(Protocol[Given]):
    def Value(self, name: str) -> Given: ...  # noqa: N802 - protobuf's name


class Words(Generic[Word, Value]):
    """One enum on both sides; the wire's 0, "unspecified", is ``None`` here."""

    def __init__(self, words: type[Word], wire: _WireEnum[Value], prefix: str) -> None:
        self._unspecified = wire.Value(f"{prefix}_UNSPECIFIED")
        self._to_wire: Mapping[Word | None, Value] = {
            **{word: wire.Value(f"{prefix}_{word.name}") for word in words},
            None: self._unspecified,
        }
        self._to_word = {value: word for word, value in self._to_wire.items()}

    def wire(self, word: Word | None) -> Value:
        """Give the wire's value."""
        return self._to_wire[word]

    def word(self, value: Value) -> Word | None:
        """Give the domain's word; ``None``: unspecified."""
        return self._to_word[value]

    def stated(self, value: Value) -> Word:
        """Give the domain's word of a value that validation found to be specified."""
        word = self._to_word[value]
        if word is None:
            raise ValueError("unspecified passed validation")
        return word


CALL_CLASS: Final = Words(CallClass, call_class_pb2.CallClass, "CALL_CLASS")
REFUSAL_REASON: Final = Words(RefusalReason, refusal_pb2.RefusalReason, "REFUSAL_REASON")
NO_ROUTE_REASON: Final = Words(NoRouteReason, no_more_routes_pb2.NoRouteReason, "NO_ROUTE_REASON")
DROP_REASON: Final = Words(DropReason, trace_pb2.DropReason, "DROP_REASON")
TIER: Final = Words(Tier, tier_pb2.Tier, "TIER")
PRESENTATION: Final = Words(Presentation, caller_pb2.Presentation, "PRESENTATION")
LOCATION_KIND: Final = Words(LocationKind, target_pb2.LocationKind, "LOCATION_KIND")
LEG: Final = Words(Leg, channel_pb2.Leg, "LEG")
DIAL_STATUS: Final = Words(DialStatus, channel_pb2.DialStatus, "DIAL_STATUS")
HANGUP_SOURCE: Final = Words(HangupSource, channel_pb2.HangupSource, "HANGUP_SOURCE")
CHANNEL_EVENT: Final = Words(ChannelEventKind, record_channel_pb2.ChannelEvent, "CHANNEL_EVENT")
SEVERITY: Final = Words(Severity, finding_pb2.Severity, "SEVERITY")
DECK_STATE: Final = Words(DeckState, rate_pb2.DeckState, "DECK_STATE")
