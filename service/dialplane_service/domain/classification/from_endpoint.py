"""A call from a user's device (script ``make_a_route``)."""

from dialplane_service.domain import route_ids
from dialplane_service.domain.answers import (
    CallClass,
    EmergencyTarget,
    ExternalNumberTarget,
    RefusalReason,
)
from dialplane_service.domain.barring import barring_rule
from dialplane_service.domain.classification.did import classify_did
from dialplane_service.domain.classification.outcome import Notebook, Outcome
from dialplane_service.domain.classification.targets import endpoint_target, location_target
from dialplane_service.domain.decision_data import DecisionData
from dialplane_service.domain.emergency import emergency_country
from dialplane_service.domain.numbers import (
    ANONYMOUS,
    LONGEST_EXTENSION,
    Number,
    NumberKind,
    dialled_e164,
    is_dialled,
    is_e164,
    is_feature_code,
)
from dialplane_service.domain.queries import CallQuery, FromEndpoint
from dialplane_service.domain.records import Account, Endpoint, Server

SHORTEST_OUTSIDE = 7
"""Fewer digits than this are an extension that does not exist rather than an impossible number."""


def classify_from_endpoint(
    data: DecisionData, server: Server, query: CallQuery, origin: FromEndpoint, notes: Notebook
) -> Outcome:
    """Where a user's call goes.

    In this order: emergency numbers of the site's country, which nothing blocks, not even a switched
    off account or device; the device and its account must be on; feature codes; extensions of the
    account; rented numbers, which stay on-net; barred destinations; a number outside.
    A forwarded or transferred call belongs to the device that sent it on.
    """
    device = origin.forwarding_endpoint or origin.endpoint
    endpoint = data.endpoint_by_name.get((server.id, device))
    account = data.account.get(endpoint.account_id) if endpoint is not None else None
    notes.account = account
    notes.caller = caller_number(endpoint, account)
    number = query.dialled.removeprefix("+")  # some phones put it before every stored number
    country = emergency_country(data, server, account, number)
    if country is not None:
        notes.called = Number(NumberKind.EMERGENCY, number)
        notes.note("emergency", f"{number} is an emergency number of {country}")
        target = EmergencyTarget(route_ids.EMERGENCY, number, country)
        return notes.accept(CallClass.EMERGENCY, target)
    if endpoint is None or account is None:
        detail = "no device of this name is known on the server"
        return notes.refuse(RefusalReason.UNKNOWN_ENDPOINT, detail)
    row = f"endpoints#{endpoint.id}"
    if not endpoint.enabled:
        return notes.refuse(RefusalReason.ENDPOINT_DISABLED, "the device is switched off", row)
    if not account.enabled:
        detail = "the device's account is switched off"
        return notes.refuse(RefusalReason.ACCOUNT_DISABLED, detail, f"accounts#{account.id}")
    notes.note("endpoint", f"{device} belongs to {account.accountname}", row)
    if is_feature_code(query.dialled):
        return _feature_code(data, account, query.dialled, notes)
    if not is_dialled(query.dialled):
        detail = "what was dialled is no telephone number"
        return notes.refuse(RefusalReason.IMPOSSIBLE_NUMBER, detail)
    return _number(data, server, account, query.dialled, notes)


def caller_number(endpoint: Endpoint | None, account: Account | None) -> Number:
    """The number that a device calls with: its own, else its account's, else none."""
    own = endpoint.caller_id if endpoint is not None else None
    digits = own or (account.caller_id if account is not None else None)
    return Number(NumberKind.E164, digits) if digits else ANONYMOUS


def _feature_code(data: DecisionData, account: Account, code: str, notes: Notebook) -> Outcome:
    notes.called = Number(NumberKind.FEATURE_CODE, code)
    location = data.location_by_feature_code.get((account.id, code))
    location = location or data.location_by_feature_code.get((None, code))
    if location is None:
        detail = f"the account has no feature code {code}"
        return notes.refuse(RefusalReason.UNKNOWN_EXTENSION, detail)
    row = f"dialplan_locations#{location.id}"
    notes.note("feature_code", f"{code} is {location.locationname}", row)
    return notes.accept(CallClass.FEATURE, location_target(location))


def _number(
    data: DecisionData, server: Server, account: Account, dialled: str, notes: Notebook
) -> Outcome:
    if len(dialled) <= LONGEST_EXTENSION:
        endpoint = data.endpoint_by_extension.get((account.id, dialled))
        if endpoint is not None:
            notes.called = Number(NumberKind.EXTENSION, dialled)
            row = f"endpoints#{endpoint.id}"
            if not endpoint.enabled:
                detail = f"extension {dialled} is switched off"
                return notes.refuse(RefusalReason.NO_DESTINATION, detail, row)
            notes.note("extension", f"{dialled} is {endpoint.endpointname}", row)
            return notes.accept(CallClass.INTERNAL, endpoint_target(data, endpoint))
    digits = _outside(data, dialled, account.country)
    if digits is None and len(dialled) < SHORTEST_OUTSIDE:
        notes.called = Number(NumberKind.EXTENSION, dialled.removeprefix("+") or "0")
        detail = f"the account has no extension {dialled}"
        return notes.refuse(RefusalReason.UNKNOWN_EXTENSION, detail)
    if digits is None:
        detail = f"nothing can be reached in {account.country} under what was dialled"
        return notes.refuse(RefusalReason.IMPOSSIBLE_NUMBER, detail)
    notes.called = Number(NumberKind.E164, digits)
    if digits in data.number_by_digits:
        return classify_did(
            data, server, digits, notes, known_clients=False, own_class=CallClass.ON_NET
        )
    rule = barring_rule(data, account, digits)
    if rule.barred:
        detail = f"calls to {rule.prefix}… are barred"
        return notes.refuse(RefusalReason.DESTINATION_BARRED, detail)
    notes.note("barring", f"{digits} is not barred")
    target = ExternalNumberTarget(route_ids.DIALLED_NUMBER, notes.called)
    return notes.accept(CallClass.OUTGOING, target)


def _outside(data: DecisionData, dialled: str, country: str) -> str | None:
    """E.164 digits; a rented number's own digits need no dialling rule."""
    plain = dialled.removeprefix("+")
    if plain in data.number_by_digits and is_e164(plain):
        return plain
    return dialled_e164(dialled, country)
