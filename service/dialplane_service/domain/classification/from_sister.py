"""A call that another server of ours carried here (script ``incoming``, sister servers' context)."""

from dialplane_service.domain import route_ids
from dialplane_service.domain.answers import CallClass, CarriedRouteTarget, RefusalReason
from dialplane_service.domain.classification.did import classify_did
from dialplane_service.domain.classification.outcome import Notebook, Outcome
from dialplane_service.domain.decision_data import DecisionData
from dialplane_service.domain.emergency import LONGEST_EMERGENCY
from dialplane_service.domain.numbers import (
    ANONYMOUS,
    LONGEST_EXTENSION,
    Number,
    NumberKind,
    is_dialled,
    is_e164,
)
from dialplane_service.domain.queries import CallQuery, FromSister
from dialplane_service.domain.records import Server
from dialplane_service.domain.routes.carried import can_dial_here


def classify_from_sister(
    data: DecisionData, server: Server, query: CallQuery, origin: FromSister, notes: Notebook
) -> Outcome:
    """Where a sister server's call goes.

    Believed only from the address of another known server, with the call's id. A carried route is
    dialled as it is; without one, or with the route to this server itself, the number must be served
    here: a call is carried once only. Numbers are E.164 already, the first server normalised them.
    """
    sisters = [
        row
        for row in data.servers_by_address.get(str(origin.peer_address), ())
        if row.enabled and row.id != server.id
    ]
    if not sisters:
        detail = f"{origin.peer_address} is not the address of a sister server"
        return notes.refuse(RefusalReason.SISTER_ADDRESS_UNKNOWN, detail)
    notes.note("sister", f"carried here by {sisters[0].servername}", f"servers#{sisters[0].id}")
    if not query.call_id:
        detail = "the sister server's call carries no call id"
        return notes.refuse(RefusalReason.SISTER_CALL_ID_MISSING, detail)
    digits = query.dialled.removeprefix("+")
    if not is_dialled(query.dialled) or not (len(digits) <= LONGEST_EXTENSION or is_e164(digits)):
        detail = "what was dialled is no telephone number"
        return notes.refuse(RefusalReason.IMPOSSIBLE_NUMBER, detail)
    caller = query.caller.number.removeprefix("+")
    notes.caller = Number(NumberKind.E164, caller) if is_e164(caller) else ANONYMOUS
    notes.called = Number(_kind(digits, origin.route_id), digits)
    notes.account = data.account_by_name.get(origin.account)
    if origin.route_id not in ("", f"s{server.id}"):
        unpaid = bool(origin.account) and notes.account is None
        return _carried(data, server, origin.route_id, notes, unpaid=unpaid)
    return classify_did(data, server, digits, notes, may_forward=False)


def _kind(digits: str, route_id: str) -> NumberKind:
    route = route_ids.parse(route_id)
    to_emergency = isinstance(route, route_ids.RowId) and route.letter == route_ids.EMERGENCY
    if to_emergency and len(digits) <= LONGEST_EMERGENCY:
        return NumberKind.EMERGENCY
    return NumberKind.E164 if is_e164(digits) else NumberKind.EXTENSION


def _carried(
    data: DecisionData, server: Server, route_id: str, notes: Notebook, *, unpaid: bool
) -> Outcome:
    if not can_dial_here(data, server, route_id):
        detail = f"the carried route {route_id} names nothing that {server.servername} can dial"
        return notes.refuse(RefusalReason.CARRIED_ROUTE_UNKNOWN, detail)
    if unpaid and isinstance(route_ids.parse(route_id), route_ids.ProviderRouteId):
        detail = "the account that the sister server carried is not known; nobody would pay"
        return notes.refuse(RefusalReason.ACCOUNT_DISABLED, detail)
    notes.note("carried_route", f"the sister server chose route {route_id}")
    return notes.accept(
        CallClass.CARRIED_ROUTE, CarriedRouteTarget(f"{route_ids.CARRIED}{route_id}", route_id)
    )
