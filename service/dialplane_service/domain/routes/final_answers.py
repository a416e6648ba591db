"""Which answers of an attempt end the search for a route.

The called party's own word ends it: SIP 486, 600, 603, 607, 410 and 484, and the Q.850 causes that
say the same where no SIP status is known. Everything else, 404, 403 and no answer included, may be
one provider's trouble, so the next route is tried. A provider can make exceptions (``final_answers``).
"""

from typing import Final

from dialplane_service.domain.causes import INVALID_FORMAT, NUMBER_CHANGED, REJECTED, USER_BUSY
from dialplane_service.domain.decision_data import DecisionData
from dialplane_service.domain.events import DialStatus
from dialplane_service.domain.queries import AttemptOutcome

FINAL_SIP_STATUSES: Final = {
    486: USER_BUSY,
    600: USER_BUSY,
    603: REJECTED,
    607: REJECTED,
    410: NUMBER_CHANGED,
    484: INVALID_FORMAT,
}
"""RFC 3261 (Busy Here, Busy Everywhere, Decline, Gone, Address Incomplete), RFC 8197 (607 Unwanted),
and the Q.850 cause that says the same."""

FINAL_Q850_CAUSES: Final = frozenset({USER_BUSY, NUMBER_CHANGED, INVALID_FORMAT})
"""Cause 21 is not among them: Asterisk maps both 403 and 603 to it."""


def is_final(data: DecisionData, provider_id: int | None, outcome: AttemptOutcome) -> bool:
    """Whether an attempt's outcome ends the search.

    The SIP status counts where there is one, else the cause, else Dial's own word that it was busy.
    """
    exceptions = data.final_answers.get(provider_id, ()) if provider_id is not None else ()
    if outcome.sip_status:
        for row in exceptions:
            if row.sip_status == outcome.sip_status:
                return row.is_final
        return outcome.sip_status in FINAL_SIP_STATUSES
    busy = USER_BUSY if outcome.dial_status is DialStatus.BUSY else None
    cause = outcome.q850_cause or busy
    for row in exceptions:
        if row.q850_cause is not None and row.q850_cause == cause:
            return row.is_final
    return cause in FINAL_Q850_CAUSES
