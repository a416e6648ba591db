"""Runs one step of a call: read, ask, set, and the status last. Both edges use it.

The exec shim and the FastAGI agent differ only in where an AGI session comes from.
"""

import importlib
import time
from collections.abc import Mapping
from types import ModuleType
from typing import TYPE_CHECKING, Protocol, TypeVar

from google.protobuf.message import Message

from dialplane_shims import variables as v
from dialplane_shims.agi import Agi, AgiError, AgiHangup
from dialplane_shims.alarm import alarm
from dialplane_shims.answer import (
    LOST,
    RECORDED,
    REJECTED,
    SPOOLED,
    UNAVAILABLE,
    Answer,
    LocalRefusal,
    NonsenseReplyError,
    refused,
)
from dialplane_shims.config import Settings
from dialplane_shims.deadline import Deadline
from dialplane_shims.names import DECISIONS, EVENTS
from dialplane_shims.policy import Policy
from dialplane_shims.variables import Variable

if TYPE_CHECKING:
    from dialplane_shims.inputs import Inputs
    from dialplane_shims.spool import Event

R = TypeVar("R", bound=Message)

__all__ = ("DECISIONS", "EVENTS", "EVENT_READING_S", "give_up", "run", "seconds_for")

# Kept back from the service's share of the deadline, in seconds, for setting variables …
_DECISION_RESERVE_S = 0.2
# … and, for events, for writing to the spool with its syncs.
_EVENT_RESERVE_S = 0.3
# Asterisk gets this long to take the answer, whatever the service used up …
_SETTING_S = 1.0
# … and this long to say what has happened: an event that was not read cannot be kept. On a host that
# has no processor to spare its answers take seconds; one that is gone has closed the session.
EVENT_READING_S = 10.0


class Client(Protocol):
    """What asks the service: RoutingClient."""

    def call(self, rpc: str, request: Message, reply_type: type[R], seconds: float) -> R:
        """Return the reply. Raises RpcFailedError."""
        ...


def seconds_for(script: str, settings: Settings) -> float:
    """Return how long the whole step may take."""
    return settings.decision_deadline if script in DECISIONS else settings.event_deadline


def run(script: str, agi: Agi, settings: Settings, client: Client, deadline: Deadline) -> str:
    """Run `script` on a session whose environment has been read; return the status it set.

    Raises AgiHangup when the caller is gone (a normal ending) and AgiError when Asterisk cannot be
    spoken with. Anything else that goes wrong is one line on standard error and an answer.
    """
    for error in settings.errors:
        alarm(script, str(error))
    try:
        handler = importlib.import_module(f"dialplane_shims.{script}")
        decide = _decide if script in DECISIONS else _record
        answer = decide(script, handler, agi, settings, client, deadline)
    except AgiError:
        raise
    except Exception as error:  # noqa: BLE001  # the one guard: no traceback ever, but an answer
        alarm(script, f"{type(error).__name__}: {error}")
        answer = _policy(script, settings).answer("INTERNAL")
    agi.deadline = Deadline(_SETTING_S)
    agi.set_all(answer.values)
    agi.set(v.STATUS, answer.status)
    return answer.status


def _decide(
    script: str,
    handler: ModuleType,
    agi: Agi,
    settings: Settings,
    client: Client,
    deadline: Deadline,
) -> Answer:
    from dialplane_shims.routing_client import RpcFailedError

    try:
        inputs = _inputs(handler, agi, settings)
        asked = handler.request(inputs)
        if agi.hung_up:
            raise AgiHangup("the caller hung up")
        seconds = deadline.remaining(_DECISION_RESERVE_S)
        reply = client.call(handler.RPC, asked, handler.REPLY, seconds)
        if agi.hung_up:
            raise AgiHangup("the caller hung up")
        answer: Answer = handler.answer(reply, asked, inputs)
    except LocalRefusal as no:
        alarm(script, f"refused here: {no}")
        return no.answer
    except NonsenseReplyError as error:
        alarm(script, f"the reply breaks the contract: {error}")
        reason = "NONSENSE_REPLY"
    except RpcFailedError as error:
        alarm(script, str(error))
        if error.code == "INVALID_ARGUMENT":
            # This call is what is wrong: a fallback is for a service that is away.
            return Policy().answer("INVALID_REQUEST")
        reason = "SERVICE_UNAVAILABLE"
    else:
        return answer
    answer = _policy(script, settings).answer(reason)
    if script != "incoming_dialer" and not inputs[v.CALL_ID]:
        # The call goes on without the service: its events still belong together.
        call = ((v.CALL_ID, inputs.derived_call_id()), (v.CALLING_UNIQUE_ID, inputs.unique_id))
        return Answer(answer.status, (*call, *answer.values))
    return answer


def _record(
    script: str,
    handler: ModuleType,
    agi: Agi,
    settings: Settings,
    client: Client,
    deadline: Deadline,
) -> Answer:
    try:
        inputs = _inputs(handler, agi, settings, EVENT_READING_S)
        event = handler.request(inputs)
    except LocalRefusal as no:
        alarm(script, f"nothing to record: {no}")
        return Answer(UNAVAILABLE, no.answer.values)
    # From here on the event exists: whatever happens to the caller, it is delivered or kept.
    status = _deliver(script, handler, event, settings, client, deadline)
    return Answer(status, handler.notes(event))


def _deliver(
    script: str,
    handler: ModuleType,
    event: "Event",
    settings: Settings,
    client: Client,
    deadline: Deadline,
) -> str:
    from dialplane_shims.routing_client import RpcFailedError

    try:
        seconds = deadline.remaining(_EVENT_RESERVE_S)
        reply = client.call(handler.RPC, event, handler.REPLY, seconds)
        if handler.confirmed(reply):
            return RECORDED
        failure = RpcFailedError("INTERNAL", "the reply does not say that it is recorded")
    except RpcFailedError as error:
        failure = error
    except Exception as error:  # noqa: BLE001  # an event is kept even from a fault of ours
        failure = RpcFailedError("INTERNAL", f"{type(error).__name__}: {error}")
    from dialplane_shims.flush import INVALID
    from dialplane_shims.spool import Spool, SpoolError

    spool = Spool(settings.spool, settings.spool_limit)
    invalid = failure.code in INVALID
    try:
        put = spool.reject if invalid else spool.keep
        path = put(handler.RPC, event, script, str(failure))
    except SpoolError as error:
        alarm(script, f"EVENT LOST: {failure}; {error}")
        return LOST
    alarm(script, f"{'rejected' if invalid else 'spooled'} as {path}: {failure}")
    return REJECTED if invalid else SPOOLED


def _inputs(handler: ModuleType, agi: Agi, settings: Settings, at_least: float = 0.0) -> "Inputs":
    """Read what the handler needs, in one round trip or two, of `at_least` so many seconds each."""
    from dialplane_shims.inputs import Inputs

    def make(values: Mapping[Variable, str]) -> Inputs:
        return Inputs(agi.environment, values, settings.server, time.time_ns())

    agi.deadline = agi.deadline.at_least(at_least)
    inputs = make(agi.read(handler.reads(agi.environment)))
    reads_after = getattr(handler, "reads_after", None)
    more = reads_after(inputs) if reads_after else ()
    if not more:
        return inputs
    agi.deadline = agi.deadline.at_least(at_least)
    return make({**inputs.values, **agi.read(more)})


def _policy(script: str, settings: Settings) -> Policy:
    return settings.policies.get(script, Policy())


def give_up(script: str, agi: Agi, why: str) -> None:
    """Say that there is no answer on a session that may be broken, without waiting for it."""
    answer = refused(UNAVAILABLE, why, Policy().cause, 0)
    alarm(script, why)
    agi.deadline = Deadline(0.0)
    agi.set_unheard(v.STATUS, answer.status)
