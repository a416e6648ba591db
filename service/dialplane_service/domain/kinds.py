"""The closed lists of the domain. Values are the words that SQL and people use."""

from enum import StrEnum


class Tier(StrEnum):
    """Quality class of a route: what happens to the caller's number on the way."""

    NON_CLI = "NON_CLI"
    CLI = "CLI"
    PREMIUM_CLI = "PREMIUM_CLI"


class Direction(StrEnum):
    """Which calls a number or a trunk address is for."""

    IN = "IN"
    OUT = "OUT"
    IN_OUT = "IN/OUT"

    @property
    def takes_in(self) -> bool:
        """Whether calls may come in by it."""
        return self is not Direction.OUT

    @property
    def takes_out(self) -> bool:
        """Whether calls may go out by it."""
        return self is not Direction.IN


class Protocol(StrEnum):
    """Signalling protocol of a trunk address, a gate or an endpoint."""

    SIP = "SIP"
    IAX2 = "IAX2"
    H323 = "H323"


class SipDriver(StrEnum):
    """Which Asterisk driver speaks SIP on a server: chan_sip or PJSIP."""

    SIP = "SIP"
    PJSIP = "PJSIP"


class Transport(StrEnum):
    """Transport below SIP."""

    UDP = "UDP"
    TCP = "TCP"
    TLS = "TLS"


class NumberFormat(StrEnum):
    """How a provider writes numbers, in SIP and on its invoices."""

    E164 = "E164"  # 442038070121, with or without "+"
    INTERNATIONAL = "INTERNATIONAL"  # the country's international prefix first: 810442038070121
    NATIONAL = "NATIONAL"  # own country's numbers nationally: 84957777777, others internationally


class CallerIdFormat(StrEnum):
    """How a provider wants the presented number written."""

    E164 = "E164"
    PLUS_E164 = "PLUS_E164"
    NATIONAL = "NATIONAL"


class ReachedBy(StrEnum):
    """Whether a provider's outgoing calls use a named gate or an address."""

    ADDRESS = "ADDRESS"
    GATE = "GATE"


class RingStrategy(StrEnum):
    """How a ring group rings: all at once, or one after the other."""

    ALL = "ALL"
    LINEAR = "LINEAR"


class TargetKind(StrEnum):
    """What a configured target points at."""

    ENDPOINT = "ENDPOINT"
    RING_GROUP = "RING_GROUP"
    LOCATION = "LOCATION"
    EXTERNAL = "EXTERNAL"


class LocationKind(StrEnum):
    """What kind of place in the dialplan an allowed location is."""

    IVR = "IVR"
    VOICEMAIL = "VOICEMAIL"
    CONFERENCE = "CONFERENCE"
    FEATURE = "FEATURE"
    QUEUE = "QUEUE"
    ECHO_TEST = "ECHO_TEST"


class CallerIdFallback(StrEnum):
    """What becomes of a route over which the caller ID may not be shown."""

    DROP = "DROP"  # the route is not used
    RESTRICT = "RESTRICT"  # it is used, and no number is shown
    NON_CLI = "NON_CLI"  # it is used in its provider's NON_CLI tier alone


class SubstitutionRule(StrEnum):
    """Whether a call may present another number than the caller's own."""

    SUBSTITUTION_ALLOWED = "SUBSTITUTION_ALLOWED"
    SUBSTITUTION_FORBIDDEN = "SUBSTITUTION_FORBIDDEN"
