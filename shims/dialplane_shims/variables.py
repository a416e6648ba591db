"""Every channel variable and function that a shim reads or sets, named once.

`docs/channel-variables.md` is the same table for people; a test holds the two together.
"""

from dataclasses import dataclass
from typing import Literal

from dialplane_shims import names


@dataclass(frozen=True, slots=True)
class Variable:
    """One channel variable, or one of Asterisk's own functions (then its name ends in ")").

    `inherited` variables are set with "__" in front, so that every channel that Dial creates
    has them too. `free_text` may be cut to fit; anything else that does not fit is refused.
    """

    name: str
    direction: Literal["in", "out", "in/out"]
    meaning: str
    example: str
    inherited: bool = False
    free_text: bool = False

    @property
    def expression(self) -> str:
        """The dialplan expression that reads it."""
        return "${" + self.name + "}"

    @property
    def set_name(self) -> str:
        """The name to set it under."""
        return ("__" if self.inherited else "") + self.name


# Asterisk's own
SYSTEMNAME = Variable(
    "SYSTEMNAME",
    "in",
    "The host's systemname; the server's name unless one is configured",
    "asterisk-macomnet",
)
EXTEN = Variable(
    "EXTEN",
    "in",
    "What was dialled: read here, as a caller's name can forge lines of the AGI environment",
    "74951815000",
)
LINKED_ID = Variable("CHANNEL(linkedid)", "in", "Recorded, never a key", "macomnet-1763851234.7")
ENDPOINT_PJSIP = Variable(
    "CHANNEL(endpoint)", "in", "The calling device on PJSIP channels", "msk-101"
)
ENDPOINT_PEERNAME = Variable(
    "CHANNEL(peername)", "in", "The calling device on chan_sip and IAX2 channels", "msk-101"
)
CALL_ID_PJSIP = Variable(
    "CHANNEL(pjsip,call-id)", "in", "The SIP Call-ID on PJSIP channels", "3c2675ab@192.0.2.7"
)
CALL_ID_SIP = Variable(
    "SIPCALLID", "in", "The SIP Call-ID on chan_sip channels", "3c2675ab@192.0.2.7"
)
HANGUP_SOURCE = Variable(
    "CHANNEL(hangupsource)",
    "in",
    "The name of the channel that hung up first",
    "PJSIP/msk-101-00000003",
)
DIALSTATUS = Variable("DIALSTATUS", "in", "How the last Dial ended", "BUSY")
HANGUPCAUSE = Variable(
    "HANGUPCAUSE", "in", "The Q.850 cause of the last Dial, or of this channel's end", "17"
)
HANGUPCAUSE_KEYS = Variable(
    "HANGUPCAUSE_KEYS()",
    "in",
    "The channels that the last Dial left a cause of",
    "PJSIP/westcall-0000002a",
)
TECH_CAUSE_OF_DIAL = Variable(
    "HANGUPCAUSE(${HANGUPCAUSE_KEYS()},tech)",
    "in",
    "The far end's own words, after a Dial of one channel",
    "SIP 486 Busy Here",
)
TECH_CAUSE_OF_CHANNEL = Variable(
    "HANGUPCAUSE(${CHANNEL(name)},tech)",
    "in",
    "The far end's own words, on a called leg",
    "SIP 486 Busy Here",
)
ANSWERED_MS = Variable(
    "ANSWEREDTIME_MS", "in", "Milliseconds from the answer to the end; on the calling leg", "61250"
)
DIALLED_MS = Variable(
    "DIALEDTIME_MS", "in", "Milliseconds from Dial's start to its end; on the calling leg", "64730"
)
RING_MS = Variable(
    "RINGTIME_MS", "in", "Milliseconds from Dial's start to ringing; on the calling leg", "1480"
)
PROGRESS_MS = Variable(
    "PROGRESSTIME_MS", "in", "Milliseconds from Dial's start to progress; on the calling leg", "900"
)

# Where a call comes from: set by the dialplan before `incoming` or `make_a_route`
FROM_IP = Variable(
    "FROM_IP",
    "in",
    "The peer's real address, with or without port; never from a header",
    "195.94.225.2:5060",
)
ORIGIN = Variable(
    "DIALPLANE_ORIGIN", "in", "`sister` in the sister servers' context; else a provider", "sister"
)
IN_DIALLED = Variable(
    "DIALPLANE_IN_DIALLED", "in", "What was dialled, where that is not the extension", "74951815000"
)
IN_FORWARDED_ADDRESS = Variable(
    "DIALPLANE_IN_FORWARDED_ADDRESS",
    "in",
    "The caller's address as a session border controller's header gives it",
    "198.51.100.4",
)
IN_CALL_ID = Variable(
    "DIALPLANE_IN_CALL_ID", "in", "The call id that a sister server carried here", "c7f3a9"
)
IN_DECIDED_AT = Variable(
    "DIALPLANE_IN_DECIDED_AT",
    "in",
    "The instant of the call's decisions, UTC, that a sister server carried here",
    "2026-11-22T10:15:30.123456Z",
)
IN_ROUTE_ID = Variable(
    "DIALPLANE_IN_ROUTE_ID",
    "in",
    "The route id that a sister server carried here; empty: classify the number",
    "g1.A",
)
IN_ACCOUNT = Variable(
    "DIALPLANE_IN_ACCOUNT", "in", "The account that a sister server carried here", "acme"
)
IN_ASSERTED_IDENTITY = Variable(
    "DIALPLANE_IN_ASSERTED_IDENTITY",
    "in",
    "P-Asserted-Identity or Remote-Party-ID as received",
    "<sip:74951234567@192.0.2.7>",
)
IN_DIVERSION = Variable(
    "DIALPLANE_IN_DIVERSION",
    "in",
    "Diversion as received; empty: Asterisk's RDNIS",
    "<sip:74951815000@192.0.2.7>",
)
IN_ATTESTATION = Variable(
    "DIALPLANE_IN_ATTESTATION", "in", "The verified STIR attestation: A, B or C", "A"
)
IN_FORWARDING_ENDPOINT = Variable(
    "DIALPLANE_IN_FORWARDING_ENDPOINT",
    "in",
    "The device that forwarded or transferred the call here, as a name or as its channel's name",
    "PJSIP/msk-101-00000003",
)

# The result of every step
STATUS = Variable(
    names.STATUS, "out", "What became of the step; set last; empty it before the step", "DIAL"
)
REASON = Variable(
    "DIALPLANE_REASON", "out", "Why, when the status is not a plain success", "UNKNOWN_NUMBER"
)
CAUSE = Variable("DIALPLANE_CAUSE", "out", "The Q.850 cause to hang up with", "21")
SIP_STATUS = Variable("DIALPLANE_SIP_STATUS", "out", "The SIP status that says the same", "403")
NEXT_CONTEXT = Variable(
    "DIALPLANE_NEXT_CONTEXT", "out", "The next dialplan location: context", "make_a_call"
)
NEXT_EXTENSION = Variable(
    "DIALPLANE_NEXT_EXTENSION", "out", "The next dialplan location: extension", "74957777777"
)
NEXT_PRIORITY = Variable(
    "DIALPLANE_NEXT_PRIORITY", "out", "The next dialplan location: priority", "1"
)
LOCATION_KIND = Variable(
    "DIALPLANE_LOCATION_KIND", "out", "What kind of place the next location is", "VOICEMAIL"
)

# What a call is: set by `incoming` and `make_a_route`, carried through every later step
CALL_ID = Variable("DIALPLANE_CALL_ID", "in/out", "The call's id", "c7f3a9", inherited=True)
DECIDED_AT = Variable(
    "DIALPLANE_DECIDED_AT",
    "in/out",
    "The instant all decisions are made for, UTC",
    "2026-11-22T10:15:30.123456Z",
    inherited=True,
)
ACCOUNT = Variable(
    "DIALPLANE_ACCOUNT", "in/out", "The account; empty: none", "acme", inherited=True
)
CALLED = Variable(
    "DIALPLANE_CALLED",
    "in/out",
    "The number first dialled, as kind:digits",
    "e164:74957777777",
    inherited=True,
)
CALLING_UNIQUE_ID = Variable(
    "DIALPLANE_CALLING_UNIQUE_ID",
    "in/out",
    "The unique id of the calling channel",
    "macomnet-1763851234.7",
    inherited=True,
)
TARGET_IDS = Variable(
    "DIALPLANE_TARGET_IDS",
    "in/out",
    "The ordered targets, comma-separated, at most 10",
    "e12,r3",
)
CALL_CLASS = Variable("DIALPLANE_CALL_CLASS", "out", "What kind of call this is", "OUTGOING")
TIER = Variable(
    "DIALPLANE_TIER", "in/out", "The wanted tier; the dialplan may choose another", "CLI"
)
RECORDING = Variable(
    "DIALPLANE_RECORDING",
    "out",
    "Whether to record from the answer: ON, OFF, or empty for the dialplan's default",
    "ON",
)
ENDPOINT = Variable("DIALPLANE_ENDPOINT", "in/out", "The device that calls and pays", "msk-101")
ORIGINAL_NUMBER = Variable(
    "DIALPLANE_ORIGINAL_NUMBER",
    "in/out",
    "The caller's number as received",
    "+74951234567",
    free_text=True,
)
ORIGINAL_NAME = Variable(
    "DIALPLANE_ORIGINAL_NAME", "in/out", "The caller's name as received", "Anna", free_text=True
)
ORIGINAL_PRESENTATION = Variable(
    "DIALPLANE_ORIGINAL_PRESENTATION",
    "in/out",
    "The caller's presentation as received: ALLOWED, RESTRICTED, UNAVAILABLE",
    "ALLOWED",
)
FORWARD_PATH = Variable(
    "ForwardPath", "out", "How to reach the server that serves the number", "IAX2/msm@msm"
)

# One attempt: set by `incoming_dialer`
LOOP_COUNT = Variable(
    "LoopCount", "in/out", "The attempt that DIALSTRING is for, 1 to 10", "1", inherited=True
)
DIALSTRING = Variable(
    "DIALSTRING", "in/out", "Dial's first argument", "SIP/westcall/74957777777", inherited=True
)
ROUTE_ID = Variable(
    "DIALPLANE_ROUTE_ID", "in/out", "The route of this attempt", "g8.A", inherited=True
)
TRIED = Variable(
    "DIALPLANE_TRIED",
    "in/out",
    "The route ids of the earlier attempts, comma-separated",
    "g8.A,a7.A",
)
RINGING_SPENT_MS = Variable(
    "DIALPLANE_RINGING_SPENT_MS",
    "in/out",
    "The ringing time of all earlier attempts, milliseconds",
    "23000",
)
DIALLED_AT = Variable(
    "DIALPLANE_DIALLED_AT",
    "in/out",
    "When DIALSTRING was given, UTC; tells how long the attempt lasted",
    "2026-11-22T10:15:30.201Z",
)
DIAL_OPTIONS = Variable(
    "DIALPLANE_DIAL_OPTIONS", "out", "Options for Dial besides handlers and limits", "i"
)
RING_TIMEOUT = Variable("DIALPLANE_RING_TIMEOUT", "out", "Dial's second argument, seconds", "60")
LONGEST_DURATION = Variable(
    "DIALPLANE_LONGEST_DURATION",
    "out",
    "The longest allowed duration from the answer, seconds; empty: no limit",
    "3600",
)
CALLER_NUMBER = Variable(
    "DIALPLANE_CALLER_NUMBER",
    "in/out",
    "The number for From; empty: the provider puts its own",
    "74951815283",
    inherited=True,
)
CALLER_NAME = Variable(
    "DIALPLANE_CALLER_NAME", "out", "The display name for From", "Anna", free_text=True
)
CALLER_PRESENTATION = Variable(
    "DIALPLANE_CALLER_PRESENTATION", "out", "A value for CALLERID(pres)", "allowed_passed_screen"
)
ASSERTED_IDENTITY = Variable(
    "DIALPLANE_ASSERTED_IDENTITY", "out", "The number for P-Asserted-Identity", "74951815283"
)
DIVERSION = Variable("DIALPLANE_DIVERSION", "out", "The number for Diversion", "74951815000")
PRIVACY = Variable(
    "DIALPLANE_PRIVACY", "out", "The value for Privacy (RFC 3323); empty: no header", "id"
)
PROVIDER = Variable("DIALPLANE_PROVIDER", "out", "The provider's name; empty: on-net", "Westcall")
ROUTE_TIER = Variable("DIALPLANE_ROUTE_TIER", "out", "The tier of the route", "CLI")
SENT_NUMBER = Variable(
    "DIALPLANE_SENT_NUMBER",
    "in/out",
    "The number as it is sent, with prefixes",
    "001110174957777777",
    inherited=True,
)
VIA_SERVER = Variable(
    "DIALPLANE_VIA_SERVER",
    "out",
    "The server that the leg goes through; empty: this one",
    "asterisk-msm",
)
CARRIED_ROUTE_ID = Variable(
    "DIALPLANE_CARRIED_ROUTE_ID",
    "out",
    "The route id to carry to that server; empty: it classifies the number",
    "g1.A",
)
EARLY_MEDIA = Variable(
    "DIALPLANE_EARLY_MEDIA",
    "out",
    "PASS, LOCAL_RINGING, or empty for the dialplan's default",
    "PASS",
)
HEADER_COUNT = Variable(
    "DIALPLANE_HEADER_COUNT", "out", "How many SIP headers to add, 0 to 10", "1"
)
HEADERS = tuple(
    Variable(
        f"DIALPLANE_HEADER_{i}", "out", f"SIP header {i} to add, as name: value", "X-Account: 17"
    )
    for i in range(1, 11)
)
DATA_VERSION = Variable(
    "DIALPLANE_DATA_VERSION",
    "in/out",
    "The data version that the route was decided with",
    "42",
    inherited=True,
)
RATE_ID = Variable(
    "DIALPLANE_RATE_ID",
    "in/out",
    "The row of `rates` that priced the route; empty: it was not priced",
    "16777229",
    inherited=True,
)

# One leg: kept on the channel itself, so that a transfer does not change what it was
LEG = Variable(
    "DIALPLANE_LEG", "in/out", "`calling` or `called`; empty: told by the unique id", "called"
)
LEG_ROUTE_ID = Variable(
    "DIALPLANE_LEG_ROUTE_ID", "in/out", "The route that this called leg was created for", "g8.A"
)
LEG_ATTEMPT = Variable(
    "DIALPLANE_LEG_ATTEMPT", "in/out", "The attempt that this called leg was created for", "1"
)
LEG_CREATED_AT = Variable(
    "DIALPLANE_LEG_CREATED_AT",
    "in/out",
    "When the leg was created, UTC",
    "2026-11-22T10:15:30.201Z",
)
LEG_ANSWERED_AT = Variable(
    "DIALPLANE_LEG_ANSWERED_AT",
    "in/out",
    "When the leg was answered, UTC",
    "2026-11-22T10:15:41.007Z",
)


def all_variables() -> tuple[Variable, ...]:
    """Return every variable of this module, in the order in which it names them."""
    found: list[Variable] = []
    for value in globals().values():
        if isinstance(value, Variable):
            found.append(value)
        elif value is HEADERS:
            found.extend(HEADERS)
    return tuple(found)
