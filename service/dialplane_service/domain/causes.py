"""Q.850 causes and SIP statuses, and which refusal hangs up with which.

Causes are ITU-T Q.850's; the SIP status beside each is RFC 3398's, table of section 8.2.6.1, except
where Asterisk itself answers otherwise.
"""

from typing import Final

from dialplane_service.domain.answers import NoRouteReason, RefusalReason
from dialplane_service.domain.events import DialStatus

UNALLOCATED: Final = 1
NO_ROUTE: Final = 3
NORMAL_CLEARING: Final = 16
USER_BUSY: Final = 17
NO_ANSWER: Final = 19
SUBSCRIBER_ABSENT: Final = 20
REJECTED: Final = 21
NUMBER_CHANGED: Final = 22
ROUTING_ERROR: Final = 25
OUT_OF_ORDER: Final = 27
INVALID_FORMAT: Final = 28
NORMAL_UNSPECIFIED: Final = 31
NO_CIRCUIT: Final = 34

_SIP_STATUS: Final = {
    1: 404,
    2: 404,
    3: 404,
    16: 480,
    17: 486,
    18: 408,
    19: 480,
    20: 480,
    21: 403,
    22: 410,
    23: 410,
    25: 404,
    26: 404,
    27: 502,
    28: 484,
    29: 501,
    31: 480,
    34: 503,
    38: 503,
    41: 503,
    42: 503,
    47: 503,
    55: 403,
    57: 403,
    58: 503,
    65: 488,
    70: 488,
    79: 501,
    87: 403,
    88: 503,
    102: 504,
    111: 500,
    127: 500,
}

REFUSAL_CAUSE: Final = {
    RefusalReason.IMPOSSIBLE_NUMBER: INVALID_FORMAT,
    RefusalReason.UNKNOWN_NUMBER: UNALLOCATED,
    RefusalReason.NUMBER_DISABLED: UNALLOCATED,
    RefusalReason.NUMBER_OUT_ONLY: UNALLOCATED,
    RefusalReason.PEER_ADDRESS_UNKNOWN: REJECTED,
    RefusalReason.NO_DESTINATION: NORMAL_UNSPECIFIED,
    RefusalReason.UNKNOWN_ENDPOINT: REJECTED,
    RefusalReason.ENDPOINT_DISABLED: REJECTED,
    RefusalReason.ACCOUNT_DISABLED: REJECTED,
    RefusalReason.DESTINATION_BARRED: REJECTED,
    RefusalReason.UNKNOWN_EXTENSION: UNALLOCATED,
    RefusalReason.SISTER_ADDRESS_UNKNOWN: REJECTED,
    RefusalReason.SISTER_CALL_ID_MISSING: REJECTED,
    RefusalReason.SECOND_HOP: ROUTING_ERROR,
    RefusalReason.CARRIED_ROUTE_UNKNOWN: ROUTING_ERROR,
    RefusalReason.SERVER_UNREACHABLE: OUT_OF_ORDER,
}

NO_ROUTE_CAUSE: Final = {
    NoRouteReason.NO_ELIGIBLE_ROUTE: NO_ROUTE,
    NoRouteReason.ROUTES_EXHAUSTED: NO_CIRCUIT,
    NoRouteReason.ATTEMPTS_EXHAUSTED: NO_CIRCUIT,
    NoRouteReason.FINAL_ANSWER: USER_BUSY,
    NoRouteReason.CALLER_GONE: NORMAL_CLEARING,
    NoRouteReason.ANSWERED: NORMAL_CLEARING,
    NoRouteReason.RINGING_BUDGET_SPENT: NO_ANSWER,
    NoRouteReason.NO_EMERGENCY_ROUTE: NO_ROUTE,
}
"""The cause when no attempt gave one."""


DIAL_STATUS_CAUSE: Final = {
    DialStatus.BUSY: USER_BUSY,
    DialStatus.NO_ANSWER: NO_ANSWER,
    DialStatus.CHANUNAVAIL: SUBSCRIBER_ABSENT,
    DialStatus.CONGESTION: NO_CIRCUIT,
}
"""The cause when Dial's own word is all that an attempt left; PJSIP leaves no cause of a ring time-out."""


def sip_status(q850_cause: int) -> int:
    """The SIP status that says the same as a Q.850 cause; 500 for one that has none."""
    return _SIP_STATUS.get(q850_cause, 500)
