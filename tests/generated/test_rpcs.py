"""Ten thousand generated inputs for each RPC, through gRPC, at a serving process with MariaDB.

Half of them are valid and must get the decision that a small oracle of this folder reaches from the
rows alone. Half are hostile, in named classes, each with the refusal or error it must get.
`DIALPLANE_SEED` repeats a run; the table at the end says what became of each class.
"""

from typing import Any

import pytest

from dialplane.routing.v1.build_dial_string_pb2 import BuildDialStringResponse
from dialplane.routing.v1.classify_call_pb2 import ClassifyCallResponse
from dialplane.routing.v1.hangup_pb2 import HangupResponse
from dialplane.routing.v1.record_channel_pb2 import RecordChannelResponse
from tests.generated.cases import alternate
from tests.generated.classify_cases import ClassifyCases
from tests.generated.conftest import INPUTS, Site
from tests.generated.dial_cases import DialCases
from tests.generated.drive_rpc import drive
from tests.generated.event_cases import EventCases
from tests.generated.events import row_complaints
from tests.generated.requests import decision_of, dial_string_fault, facts_of


async def test_classify_call(site: Site) -> None:
    made = ClassifyCases(site.world)
    cases = alternate(site.seed, INPUTS, made.valid, made.hostile())
    site.conclude(
        await drive(
            site.service.target, "ClassifyCall", ClassifyCallResponse, cases, _classification
        )
    )


async def test_build_dial_string(site: Site) -> None:
    made = DialCases(site.world)
    cases = alternate(site.seed, INPUTS, made.valid, made.hostile())
    site.conclude(
        await drive(
            site.service.target,
            "BuildDialString",
            BuildDialStringResponse,
            cases,
            _next_step,
            dial_string_fault,
        )
    )


@pytest.mark.parametrize(
    ("rpc", "reply_type"), [("RecordChannel", RecordChannelResponse), ("Hangup", HangupResponse)]
)
async def test_events(site: Site, rpc: str, reply_type: Any) -> None:
    site.empty_event_tables()
    made = EventCases(site.world, end=rpc == "Hangup")
    cases = alternate(site.seed, INPUTS, made.valid, made.hostile())
    outcomes = await drive(site.service.target, rpc, reply_type, cases, lambda _: "recorded")
    outcomes.complaints += row_complaints(site.connection, made.rows)
    site.conclude(outcomes)


def _classification(reply: ClassifyCallResponse) -> str:
    decision = decision_of(reply)
    return decision.reason or decision.call_class


def _next_step(reply: BuildDialStringResponse) -> str:
    facts = facts_of(reply)
    return str(facts.get("reason") or ("LOCATION" if "location" in facts else "DIAL"))
