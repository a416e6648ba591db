"""Scenarios 8 and 9: something is away, under load or at the end of a call, and comes back."""

import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from tools.asterisk_program import AsteriskProgram, SippProgram

from tests.lab.lab import Flavour, Lab
from tests.lab.lab_start import running_lab
from tests.lab.sip_messages import endings, requests
from tests.support.own_mariadb import OwnMariaDB, durable_mariadb, own_mariadb

CALLER, NUMBER = "VOICEBUY", "442038070123"
CALLS, RATE, AFTER = 20, 6, 4
# What a decision may take, and the dialplan's own bound where an agent never speaks.
DEADLINE_S, STEP_BOUND_S = 2.0, 4.0
# For the machine that all of this runs on.
SLACK_S = 2.0


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def mariadb() -> AsyncIterator[OwnMariaDB]:
    """A MariaDB that may be stopped."""
    with durable_mariadb() as server:
        async with own_mariadb(server) as own:
            own.execute("UPDATE numbers_pool SET target_id = 1 WHERE number = '442038070123'")
            yield own


@pytest.fixture(scope="module")
def own_lab(
    asterisk_22: AsteriskProgram,
    sipp_program: SippProgram,
    mariadb: OwnMariaDB,
    lab_folder: Path,
) -> Iterator[Lab]:
    """A lab on that MariaDB."""
    folder = lab_folder / "outages"
    programs = {22: asterisk_22}
    with running_lab(
        [Flavour(22, "PJSIP")], programs, sipp_program, mariadb.database, folder
    ) as lab:
        yield lab


@pytest.fixture
def outage(own_lab: Lab, mariadb: OwnMariaDB, request: pytest.FixtureRequest) -> Iterator[Lab]:
    """The same; whatever a scenario took away is there again after it."""
    own_lab.scenario = request.node.originalname
    yield own_lab
    mariadb.start()
    own_lab.service.start_again()
    own_lab.host.agent.start_again()
    own_lab.settle()


@dataclass
class Load:
    """What became of many calls: final status and seconds of each, by the caller's Call-ID."""

    ended: dict[str, tuple[int, float]]
    called: set[str]
    """The Call-IDs of the calls that reached the phone."""

    @property
    def answered(self) -> set[str]:
        return {call_id for call_id, (status, _) in self.ended.items() if status == 200}

    def assert_within(self, seconds: float) -> None:
        """Each was answered, or refused as the policy says, and none waited longer for that."""
        assert {status for status, _ in self.ended.values()} <= {200, 503}
        refused = [took for status, took in self.ended.values() if status != 200]
        assert max(refused, default=0.0) < seconds


def under_load(lab: Lab, blow: Callable[[], None]) -> Load:
    """Place calls; strike the blow in the middle of them, and wait for all of it to be over."""
    with (
        lab.far_end("PHONE_201", "uas_answer", RING=100) as phone,
        lab.caller(CALLER, NUMBER, "uac_either", calls=CALLS, rate=RATE, TALK=300) as caller,
    ):
        lab.until(lambda: len(phone.invites()) >= 3, "calls are under way", 20)
        blow()
        assert caller.wait(60) == 0, f"not every call came to its end: {caller.trace}"
        caller.stop()
        lab.quiet(30)
        with lab.caller(CALLER, NUMBER, calls=AFTER, rate=RATE, TALK=300) as later:
            assert later.wait(60) == 0
        lab.quiet(30)
    lab.settle()
    called = {invite.call_id for invite in phone.invites()}
    after = endings(later.messages())
    assert {status for status, _ in after.values()} == {200}, "all is well again"
    return Load(endings(caller.messages()) | after, called)


def assert_every_event_once(lab: Lab, load: Load) -> None:
    """Each channel of each call, with its creation, its answer and its end: one, and no more."""
    calling = channels_of(lab, set(load.ended))
    called = channels_of(lab, load.called)
    assert {row["sip_call_id"] for row in calling} == set(load.ended)
    assert {row["sip_call_id"] for row in called} == load.called
    assert len(calling) == len(load.ended)
    assert len(called) == len(load.called)
    assert {row["leg"] for row in calling} == {"CALLING"}
    assert all(row["ended_at"] is not None for row in (*calling, *called))
    spoken = {row["sip_call_id"] for row in calling if row["answered_ms"] is not None}
    assert spoken == load.answered
    assert sum(row["answered_at"] is not None for row in called) == len(load.answered)
    reported = [(row["unique_id"], event) for row in called for event in ("CREATED", "HANGUP")]
    reported += [(row["unique_id"], "ANSWERED") for row in called if row["answered_at"]]
    reported += [(row["unique_id"], "HANGUP") for row in calling]
    names = [row["unique_id"] for row in (*calling, *called)]
    marks = ", ".join(["%s"] * len(names))
    rows = lab.rows(f"SELECT unique_id, event FROM events WHERE unique_id IN ({marks})", *names)
    assert sorted((row["unique_id"], row["event"]) for row in rows) == sorted(reported)


def channels_of(lab: Lab, call_ids: set[str]) -> list[dict[str, Any]]:
    """The channels with these SIP Call-IDs."""
    marks = ", ".join(["%s"] * len(call_ids))
    return lab.rows(f"SELECT * FROM channels WHERE sip_call_id IN ({marks})", *sorted(call_ids))


def test_the_service_stops_and_comes_back(outage: Lab) -> None:
    def blow() -> None:
        outage.service.stop()
        time.sleep(1)
        outage.service.start()

    load = under_load(outage, blow)
    load.assert_within(DEADLINE_S + SLACK_S)
    assert len(load.answered) < len(load.ended), "calls fell into the gap"
    assert_every_event_once(outage, load)


def test_the_agent_is_killed(outage: Lab) -> None:
    def blow() -> None:
        outage.host.agent.kill()
        time.sleep(1.5)
        outage.host.agent.start()

    load = under_load(outage, blow)
    load.assert_within(DEADLINE_S + SLACK_S)
    assert_every_event_once(outage, load)


def test_the_agent_is_frozen(outage: Lab) -> None:
    def blow() -> None:
        with outage.host.agent.frozen():
            time.sleep(STEP_BOUND_S)

    load = under_load(outage, blow)
    load.assert_within(STEP_BOUND_S + DEADLINE_S + SLACK_S)
    assert_every_event_once(outage, load)


def test_the_agent_is_frozen_until_the_watchdog_kills_it(outage: Lab) -> None:
    def blow() -> None:
        with outage.host.agent.frozen():
            time.sleep(2)
            outage.host.agent.kill()
        outage.host.agent.start()

    load = under_load(outage, blow)
    load.assert_within(STEP_BOUND_S + DEADLINE_S + SLACK_S)
    assert_every_event_once(outage, load)


def test_mariadb_stops(outage: Lab, mariadb: OwnMariaDB) -> None:
    waiting = 0

    def blow() -> None:
        nonlocal waiting
        with mariadb.away():
            time.sleep(2)
            waiting = outage.host.undelivered()

    load = under_load(outage, blow)
    assert waiting, "events wait on the host"
    assert len(load.answered) == len(load.ended), "decisions need no database"
    assert_every_event_once(outage, load)


def test_112_with_everything_down(outage: Lab, mariadb: OwnMariaDB) -> None:
    outage.service.kill()
    outage.host.agent.kill()
    with ExitStack() as stack:
        stack.enter_context(mariadb.away())
        westcall = stack.enter_context(outage.far_end("WESTCALL", "uas_answer"))
        caller = stack.enter_context(outage.caller("PHONE_202", "112", TALK=300))
        assert caller.wait() == 0
        outage.quiet()
        assert outage.host.undelivered() == 2
    outage.service.start()
    outage.host.agent.start()
    outage.settle()
    assert caller.statuses()[-1] == 200
    [invite] = westcall.invites()
    assert invite.user == "112"
    assert endings(caller.messages())[invite_id(caller.messages())][1] < 1.5, "it waited for nobody"
    calling, called = outage.channels()
    assert (calling["leg"], called["leg"]) == ("CALLING", "CALLED")
    assert called["sip_call_id"] == invite.call_id


def test_a_hangup_that_finds_no_service(outage: Lab) -> None:
    with (
        outage.far_end("PHONE_201", "uas_answer", RING=100) as phone,
        outage.caller(CALLER, NUMBER, TALK=2000) as caller,
    ):
        outage.until(lambda: bool(requests(phone.messages(), "ACK")), "they talk")
        outage.until(lambda: answered(outage), "the answer is recorded")
        outage.service.stop()
        assert caller.wait() == 0
        outage.quiet()
    assert outage.host.undelivered() == 2
    assert all(row["ended_at"] is None for row in outage.channels(over=False))
    time.sleep(1)
    outage.service.start()
    outage.settle()

    bye = next(message for message in caller.messages() if message.method == "BYE")
    calling, called = outage.channels()
    for leg in (calling, called):
        assert leg["q850_cause"] == 16
        assert since_1970(leg["ended_at"]) == pytest.approx(bye.instant, abs=0.7)
    [event, other] = outage.rows(
        "SELECT * FROM events WHERE call_id = %s AND event = 'HANGUP'", called["call_id"]
    )
    for one in (event, other):
        assert one["occurred_at"] in (calling["ended_at"], called["ended_at"])
        assert (one["recorded_at"] - one["occurred_at"]).total_seconds() > 1


def answered(lab: Lab) -> bool:
    return bool(
        lab.rows("SELECT 1 FROM channels WHERE answered_at IS NOT NULL AND ended_at IS NULL")
    )


def since_1970(instant: datetime) -> float:
    return instant.replace(tzinfo=UTC).timestamp()


def invite_id(messages: list[Any]) -> str:
    return str(next(message.call_id for message in messages if message.method == "INVITE"))
