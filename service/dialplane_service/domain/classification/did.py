"""A call to a rented number, whoever it comes from.

The stored procedure ``usp_gettypeofcall`` says the same for people at the SQL console; a test holds
the two against each other.
"""

from collections.abc import Callable
from itertools import islice
from typing import Final

from dialplane_service.domain import route_ids
from dialplane_service.domain.answers import (
    CallClass,
    EchoTestTarget,
    ExternalNumberTarget,
    RefusalReason,
    ServerTarget,
    Target,
)
from dialplane_service.domain.classification.outcome import Notebook, Outcome
from dialplane_service.domain.classification.targets import usable_target
from dialplane_service.domain.decision_data import DecisionData
from dialplane_service.domain.forward_paths import forward_path
from dialplane_service.domain.records import PoolNumber, Server

MOST_TARGETS: Final = 10
"""What the contract allows for one call."""

Check = Callable[[PoolNumber], Outcome | None]
"""A further condition of the asker; an outcome ends the classification."""


def classify_did(
    data: DecisionData,
    server: Server,
    digits: str,
    notes: Notebook,
    *,
    check: Check | None = None,
    known_clients: bool = True,
    may_forward: bool = True,
    own_class: CallClass = CallClass.INCOMING,
) -> Outcome:
    """Where a call to a rented number goes, asked on ``server``.

    In this order: the number must be rented, switched on and for incoming calls; the asker's check;
    the owning account must be on; echo test; another server's number goes there (``may_forward``
    unset: refused as a second hop); a known client's own targets; the number's own target.
    The call is on the bill of the account in ``notes``, of the number's where there is none yet; but
    whoever has calls sent on to a number outside pays for that.
    """
    number = data.number_by_digits.get(digits)
    if number is None:
        return notes.refuse(RefusalReason.UNKNOWN_NUMBER, f"{digits} is not a rented number")
    row = f"numbers_pool#{number.id}"
    if not number.enabled:
        return notes.refuse(RefusalReason.NUMBER_DISABLED, f"{digits} is switched off", row)
    if not number.direction.takes_in:
        return notes.refuse(RefusalReason.NUMBER_OUT_ONLY, f"{digits} only calls out", row)
    notes.note("number", f"{digits} is rented, on and takes calls", row)
    if check is not None and (outcome := check(number)) is not None:
        return outcome
    if (outcome := _account(data, number, notes)) is not None:
        return outcome
    if number.echotest:
        notes.note("echo_test", f"{digits} is in echo test", row)
        return notes.accept(CallClass.ECHO_TEST, EchoTestTarget(route_ids.ECHO_TEST))
    if number.server_id != server.id:
        return _forward(data, number, notes, may_forward=may_forward)
    return _destination(data, number, notes, known_clients=known_clients, own_class=own_class)


def _account(data: DecisionData, number: PoolNumber, notes: Notebook) -> Outcome | None:
    if number.account_id is None:
        notes.note("account", "the number belongs to no account")
        return None
    account = data.account.get(number.account_id)
    row = f"accounts#{number.account_id}"
    if account is None or not account.enabled:
        detail = "the number's account is switched off"
        return notes.refuse(RefusalReason.ACCOUNT_DISABLED, detail, row)
    notes.account = notes.account or account
    notes.note("account", f"the number belongs to {account.accountname}", row)
    return None


def _forward(
    data: DecisionData, number: PoolNumber, notes: Notebook, *, may_forward: bool
) -> Outcome:
    row = f"servers#{number.server_id}"
    if not may_forward:
        detail = "the number is served by a third server; a call is carried once only"
        return notes.refuse(RefusalReason.SECOND_HOP, detail, row)
    server = data.server.get(number.server_id)
    path = forward_path(server) if server is not None else None
    if server is None or path is None:
        detail = "the server that serves the number has no forward path"
        return notes.refuse(RefusalReason.SERVER_UNREACHABLE, detail, row)
    notes.note("server", f"the number is served by {server.servername}, over {path}", row)
    target = ServerTarget(f"s{server.id}", server.servername, path)
    return notes.accept(CallClass.FORWARD, target)


def _destination(
    data: DecisionData,
    number: PoolNumber,
    notes: Notebook,
    *,
    known_clients: bool,
    own_class: CallClass,
) -> Outcome:
    if known_clients and number.account_id is not None and notes.caller.digits:
        client = data.client_by_number.get((number.account_id, notes.caller.digits))
        if client is not None:
            rows = data.client_targets.get(client.id, ())
            candidates = (usable_target(data, data.target.get(row.target_id)) for row in rows)
            usable = (target for target in candidates if target is not None)
            targets = tuple(islice(usable, MOST_TARGETS))
            found = f"known client {client.clientname!r} with {len(targets)} usable targets"
            notes.note("client", found, f"clients#{client.id}")
            if targets:
                _charge(data, notes, number.account_id, targets)
                return notes.accept(CallClass.INCOMING_CLIENT, *targets)
    target = data.target.get(number.target_id or 0)
    own = usable_target(data, target)
    row = f"numbers_pool#{number.id}"
    if target is None or own is None:
        detail = (
            "the number has no destination, or it is switched off, barred or one of our numbers"
        )
        return notes.refuse(RefusalReason.NO_DESTINATION, detail, row)
    _charge(data, notes, number.account_id or target.account_id, (own,))
    notes.note("destination", f"the number's own destination is {own.target_id}", row)
    return notes.accept(own_class, own)


def _charge(
    data: DecisionData, notes: Notebook, account_id: int, targets: tuple[Target, ...]
) -> None:
    """Who has calls sent on to a number outside pays for it, not who happens to call."""
    if any(isinstance(target, ExternalNumberTarget) for target in targets):
        notes.account = data.account.get(account_id)
