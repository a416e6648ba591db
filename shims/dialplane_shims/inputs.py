"""What a step knows: the AGI environment and the channel's variables, as the contract's messages.

Everything here is cut and checked to the contract's limits, so that what a caller typed is never
taken for a fault of the program.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from google.protobuf.timestamp_pb2 import Timestamp

from dialplane.routing.v1 import caller_pb2, channel_pb2, number_pb2
from dialplane_shims import variables as v
from dialplane_shims.text import cut, id_or_empty, is_id, uri_user
from dialplane_shims.variables import Variable

# Read by every step.
ALWAYS = (v.SYSTEMNAME, v.LINKED_ID, v.CALL_ID, v.CALLING_UNIQUE_ID)

_ATTESTATIONS = {
    "A": caller_pb2.STIR_ATTESTATION_FULL,
    "B": caller_pb2.STIR_ATTESTATION_PARTIAL,
    "C": caller_pb2.STIR_ATTESTATION_GATEWAY,
}
_KINDS = ("e164", "national_short", "emergency", "extension", "feature_code")


@dataclass(frozen=True)
class Inputs:
    """The input of one step. `now_ns` is the host's clock in nanoseconds since 1970."""

    environment: Mapping[str, str]
    values: Mapping[Variable, str]
    configured_server: str
    now_ns: int

    def __getitem__(self, variable: Variable) -> str:
        """Return a variable's value; one that was not read is a mistake of the program."""
        return self.values[variable]

    def env(self, key: str) -> str:
        """Return a value of the environment; Asterisk writes "unknown" for none."""
        value = self.environment.get(key, "")
        return "" if value == "unknown" else value

    @property
    def server(self) -> str:
        """This server's name."""
        return self.configured_server or cut(self[v.SYSTEMNAME], 50)

    @property
    def unique_id(self) -> str:
        """The channel's unique id; empty if Asterisk did not give a valid one."""
        return id_or_empty(self.env("agi_uniqueid"), 150)

    @property
    def call_id(self) -> str:
        """The call's id: the carried one, else one that all steps of this call derive alike."""
        return self[v.CALL_ID] if is_id(self[v.CALL_ID]) else self.derived_call_id()

    def derived_call_id(self) -> str:
        """Return an id for a call that the service has given none, because it was away."""
        import hashlib  # only calls that the service never saw need it

        # Every channel of the call has the same linked id; the server's name makes it ours.
        key = f"{self.server}/{self[v.LINKED_ID] or self.unique_id}"
        return "local-" + hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()[:26]

    def now(self) -> Timestamp:
        """Return the instant of this step."""
        return Timestamp(seconds=self.now_ns // 10**9, nanos=self.now_ns % 10**9 // 1000 * 1000)

    def instant(self, variable: Variable) -> Timestamp | None:
        """Return the instant that an earlier step left in `variable`, None if there is none."""
        stamp = Timestamp()
        try:
            stamp.FromJsonString(self[variable])
        except ValueError:
            return None
        return stamp

    def leg(self) -> "channel_pb2.Leg.ValueType":
        """Say which side of the call this channel is."""
        if self[v.LEG] in ("calling", "called"):
            calling = self[v.LEG] == "calling"
        else:
            calling = self[v.CALLING_UNIQUE_ID] in ("", self.unique_id)
        return channel_pb2.LEG_CALLING if calling else channel_pb2.LEG_CALLED

    def channel(self) -> channel_pb2.Channel:
        """Return the channel; its SIP Call-ID where this step read it."""
        call_id = self.values.get(v.CALL_ID_PJSIP) or self.values.get(v.CALL_ID_SIP) or ""
        return channel_pb2.Channel(
            unique_id=self.unique_id,
            linked_id=id_or_empty(self[v.LINKED_ID], 150),
            name=cut(self.env("agi_channel"), 255),
            sip_call_id=cut(call_id, 255),
        )

    def caller(self) -> caller_pb2.Caller:
        """Return the caller as the channel has it, before anything was substituted."""
        return caller_pb2.Caller(
            number=cut(self.env("agi_callerid"), 256),
            name=cut(self.env("agi_calleridname"), 256),
            presentation=presentation(self.env("agi_callingpres")),
            asserted_identity=cut(uri_user(self[v.IN_ASSERTED_IDENTITY]), 256),
            diversion=cut(uri_user(self[v.IN_DIVERSION] or self.env("agi_rdnis")), 256),
            attestation=_ATTESTATIONS.get(
                self[v.IN_ATTESTATION], caller_pb2.STIR_ATTESTATION_UNSPECIFIED
            ),
        )


def technology(environment: Mapping[str, str]) -> str:
    """Return the channel's technology: PJSIP, SIP, IAX2, Local and so on."""
    return environment.get("agi_channel", "").partition("/")[0]


def sip_call_id(environment: Mapping[str, str]) -> tuple[Variable, ...]:
    """Return what to read for the SIP Call-ID of a channel of this technology."""
    return {"PJSIP": (v.CALL_ID_PJSIP,), "SIP": (v.CALL_ID_SIP,)}.get(technology(environment), ())


def presentation(callingpres: str) -> "caller_pb2.Presentation.ValueType":
    """Return the presentation that Asterisk's CALLINGPRES means (bits 6 and 7 of Q.951)."""
    if not callingpres.isascii() or not callingpres.isdigit() or len(callingpres) > 3:
        return caller_pb2.PRESENTATION_UNSPECIFIED
    return {
        0x00: caller_pb2.PRESENTATION_ALLOWED,
        0x20: caller_pb2.PRESENTATION_RESTRICTED,
        0x40: caller_pb2.PRESENTATION_UNAVAILABLE,
    }.get(int(callingpres) & 0x60, caller_pb2.PRESENTATION_UNSPECIFIED)


def number_to_text(number: number_pb2.Number) -> str:
    """Return a number as kind:digits, for a channel variable."""
    kind = number.WhichOneof("kind")
    if kind is None:
        return ""
    routing = f";rn={number.routing_number}" if number.routing_number else ""
    return f"{kind}:{'' if kind == 'anonymous' else getattr(number, kind)}{routing}"


def number_from_text(text: str) -> number_pb2.Number:
    """Return the number that `number_to_text` wrote; one without a kind for anything else."""
    number = number_pb2.Number()
    kind, _, rest = text.partition(":")
    digits, _, routing = rest.partition(";rn=")
    if kind == "anonymous":
        number.anonymous.SetInParent()
    elif kind in _KINDS:
        setattr(number, kind, digits)
    number.routing_number = routing
    return number


def number_digits(text: str) -> str:
    """Return the digits of a number that `number_to_text` wrote."""
    return text.partition(":")[2].partition(";")[0]
