"""Thousands of real calls while the service, the agent, MariaDB and the far ends die and freeze.

Asterisk's own event log says which channels there were: each has one record and one hangup in
MariaDB, and at the end nothing is left open anywhere. Everything random starts from the printed
seed; `DIALPLANE_SOAK_CALLS` says how many calls (10,000).
"""

import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random

import pytest
from tools.asterisk_program import (
    REPOSITORY,
    NoDebianPackagesError,
    find_asterisk,
    find_sipp,
)

from tests.lab.lab import Flavour, Lab
from tests.lab.lab_start import running_lab
from tests.lab.sipp import Sipp
from tests.soak.channels_of_asterisk import (
    Holdings,
    assert_recorded,
    channels_of,
    watch_channels,
)
from tests.support.own_mariadb import OwnMariaDB

pytestmark = pytest.mark.soak

FLAVOUR = Flavour(22, "PJSIP")
# Calls of one kind, and how many kinds a short run has at least.
BATCH, KINDS = 100, 8
OUTSIDE, SERVED, FORWARDED = "74957777777", "74951815001", "442038070123"
# What a batch may be, and of twenty batches how many.
SHARES = {"outgoing": 11, "incoming": 7, "forwarded": 1, "transferred": 1}
PROVIDERS = ("WESTCALL", "ZADARMA", "IPPORT", "VOXBEAM", "VOICEBUY")
REFUSALS = (
    "403 Forbidden",
    "404 Not Found",
    "486 Busy Here",
    "500 Server Internal Error",
    "503 Service Unavailable",
    "603 Decline",
)
# What a far end may do to each kind of caller: nobody answers somebody who is about to give up, and
# who hangs up first is a matter of both.
TEMPERS = {
    "uac_call": ("uas_answer", "uas_answer", "uas_answer", "uas_final", "uas_ring"),
    "uac_cancel": ("uas_final", "uas_ring"),
    "uac_wait": ("uas_answer_bye",),
}
# The pools of Asterisk, gRPC and Python breathe; a leak of one in a hundred calls is far more.
SLACK = 12
# The agent's threads for steps: `sessions`, and a few that refuse.
MOST_STEPS = 264
BATCH_SECONDS = 150.0


@pytest.fixture
def soak_calls() -> int:
    """How many calls."""
    return int(os.environ.get("DIALPLANE_SOAK_CALLS", "10000"))


@pytest.fixture
def lab(mariadb: OwnMariaDB) -> Iterator[Lab]:
    """One Asterisk 22 with its agent, on a MariaDB that loses nothing."""
    try:
        asterisk, sipp = find_asterisk(FLAVOUR.release), find_sipp()
    except NoDebianPackagesError as error:
        pytest.skip(str(error))
    folder = REPOSITORY / "var/soak" / f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}"
    with running_lab(
        (FLAVOUR,), {FLAVOUR.release: asterisk}, sipp, mariadb.database, folder
    ) as lab:
        # A provider that is dead is given up after a while; a caller does not wait for minutes.
        lab.execute("UPDATE providers SET ring_timeout_s = 2")
        # A number that leads to one phone: a group's 302 is followed after all others only.
        lab.execute("UPDATE numbers_pool SET target_id = 1 WHERE number = %s", FORWARDED)
        watch_channels(lab.host)
        yield lab


def test_calls_under_blows(lab: Lab, mariadb: OwnMariaDB, seed: int, soak_calls: int) -> None:
    random = Random(seed)
    before = {row["unique_id"] for row in lab.rows("SELECT unique_id FROM channels")}
    warm_up(lab, random)
    asterisk = Holdings.of(lab.host.process)
    seen: Counter[str] = Counter()
    made = batches = 0
    while made < soak_calls:
        calls = min(BATCH, max(1, soak_calls // KINDS), soak_calls - made)
        lab.scenario = f"batch-{batches % 20:02d}"
        batch(lab, random, calls, Blows(lab, mariadb, random, seen))
        made += calls
        batches += 1
    lab.settle()
    began = channels_of(lab.host)
    print(
        f"\nseed {seed}: {made} calls, {len(began)} channels,"
        f" {sum(seen.values())} blows {dict(seen)}"
    )
    assert_recorded(lab, began, before)
    assert_nothing_lost(lab)
    assert_nothing_left(lab, random, asterisk)


class Blows:
    """What may happen to a running lab; `strike` does one thing, and undoes it."""

    def __init__(self, lab: Lab, mariadb: OwnMariaDB, random: Random, seen: "Counter[str]") -> None:
        self._lab, self._mariadb, self._random, self._seen = lab, mariadb, random, seen
        self.far_ends: list[Sipp] = []
        self._all: dict[str, tuple[int, Callable[[], None]]] = {
            "kill the service": (4, self._kill_service),
            "stop the service": (2, self._stop_service),
            "freeze the service": (2, lambda: self._freeze(lab.service.process)),
            "kill the agent": (4, self._kill_agent),
            "stop the agent": (2, self._stop_agent),
            "freeze the agent": (3, self._freeze_agent),
            "kill MariaDB": (2, self._kill_mariadb),
            "freeze MariaDB": (2, self._freeze_mariadb),
            "kill a far end": (3, self._kill_far_end),
        }

    def strike(self) -> None:
        """Do one thing by chance."""
        names = list(self._all)
        name = self._random.choices(names, [self._all[each][0] for each in names])[0]
        self._seen[name] += 1
        self._all[name][1]()

    def _away(self, longest: float = 1.5) -> None:
        time.sleep(self._random.uniform(0, longest))

    def _kill_service(self) -> None:
        self._lab.service.kill()
        self._away()
        self._lab.service.start()

    def _stop_service(self) -> None:
        self._lab.service.stop()
        self._away()
        self._lab.service.start()

    def _kill_agent(self) -> None:
        self._lab.host.agent.kill()
        self._away()
        self._lab.host.agent.start()

    def _stop_agent(self) -> None:
        self._lab.host.agent.stop()
        self._away()
        self._lab.host.agent.start()

    def _freeze_agent(self) -> None:
        with self._lab.host.agent.frozen():
            self._away(3)

    def _kill_mariadb(self) -> None:
        self._mariadb.kill()
        self._away()
        self._mariadb.start()

    def _freeze_mariadb(self) -> None:
        with self._mariadb.frozen():
            self._away(3)

    def _freeze(self, process: "object") -> None:
        with stopped(process.pid):  # type: ignore[attr-defined]
            self._away(3)

    def _kill_far_end(self) -> None:
        if self.far_ends:
            self.far_ends.pop(self._random.randrange(len(self.far_ends))).stop()


def batch(
    lab: Lab, random: Random, calls: int, blows: Blows | None, shares: Mapping[str, int] = SHARES
) -> None:
    """Make some calls of one kind, blow after blow while they last."""
    kind = random.choices(tuple(shares), tuple(shares.values()))[0]
    does = random.choices(("uac_call", "uac_cancel", "uac_wait"), (5, 3, 2))[0]
    does = {"forwarded": "uac_call", "transferred": "uac_wait"}.get(kind, does)
    who, number = CALLERS[kind]
    with ExitStack() as stack:
        far_ends = [stack.enter_context(end) for end in ends(lab, random, kind, does)]
        if blows is not None:
            # Who waits for the other side to hang up would wait for a dead one for minutes.
            blows.far_ends = [] if does == "uac_wait" else far_ends
        talk, patience = random.randint(50, 900), random.randint(60, 900)
        caller = lab.caller(who, number, does, calls, TALK=talk, PATIENCE=patience)
        rate, longest = random.choice((3, 5, 8)), "8000" if does == "uac_cancel" else "25000"
        caller.options = ("-r", str(rate), "-l", "1000", "-recv_timeout", longest)
        with caller:
            wait(caller, random, blows)
    lab.quiet(120)


CALLERS = {
    "outgoing": ("PHONE_201", OUTSIDE),
    "incoming": ("WESTCALL", SERVED),
    "forwarded": ("VOICEBUY", FORWARDED),
    "transferred": ("WESTCALL", SERVED),
}


def ends(lab: Lab, random: Random, kind: str, does: str) -> list[Sipp]:
    """The far ends of a kind of call: phones that send it on, and whoever it then reaches."""
    talk = random.randint(50, 600)
    if kind == "forwarded":
        phone = lab.far_end("PHONE_201", "uas_302", FORWARD=f"sip:{OUTSIDE}@elsewhere.invalid")
        others = [who for who in PROVIDERS if who != CALLERS[kind][0]]
        return [phone, *(far_end(lab, who, random, TEMPERS[does]) for who in others)]
    if kind == "transferred":
        phone = lab.far_end("PHONE_201", "uas_transfer", FORWARD="202", TALK=talk)
        return [phone, far_end(lab, "PHONE_202", random, TEMPERS[does])]
    names = ("PHONE_201",) if kind == "incoming" else PROVIDERS
    return [far_end(lab, who, random, TEMPERS[does]) for who in names]


def far_end(lab: Lab, who: str, random: Random, tempers: tuple[str, ...]) -> Sipp:
    """A far end of some temper."""
    temper = random.choice(tempers)
    if temper == "uas_final":
        return lab.far_end(who, temper, STATUS=random.choice(REFUSALS))
    return lab.far_end(who, temper, RING=random.randint(0, 300), TALK=random.randint(50, 600))


def wait(caller: Sipp, random: Random, blows: Blows | None) -> None:
    """Wait for the calls to end, however each ended; strike while they last."""
    assert caller.process is not None
    end = time.monotonic() + BATCH_SECONDS
    while caller.process.poll() is None:
        assert time.monotonic() < end, f"calls do not end: {caller.trace}"
        time.sleep(random.uniform(0.2, 2) if blows is not None else 0.1)
        if blows is not None:
            blows.strike()


def warm_up(lab: Lab, random: Random) -> None:
    """Make a few calls without a blow, so that every pool is filled."""
    lab.scenario = "warm-up"
    for kind in SHARES:
        batch(lab, random, 6, None, {kind: 1})
    lab.settle()


@contextmanager
def stopped(pid: int) -> Iterator[None]:
    """Stop a process's time inside the block."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def assert_nothing_lost(lab: Lab) -> None:
    """No program says that it lost an event, or that it has a fault."""
    for log in (lab.host.folder / "log/agent", lab.host.folder / "log/console", lab.service.log):
        lines = log.read_text(errors="replace").splitlines()
        told = [line for line in lines if "EVENT LOST" in line or '"event":"fault"' in line]
        assert not told, f"{log}: {told[:3]}"
    # The agent sweeps what a killed writer left half-written, a minute later.
    lab.until(lambda: files(lab.host.spool) == [], "nothing is left in the spool", 90)


def assert_nothing_left(lab: Lab, random: Random, asterisk: Holdings) -> None:
    """No channel, descriptor or thread: Asterisk against its first minute, ours against fresh ones."""
    assert lab.host.channels() == 0
    # Who hung up on a far end that was killed asks it for half a minute (RFC 3261, timer F).
    lab.until(
        lambda: not Holdings.of(lab.host.process).exceeds(asterisk, SLACK),
        f"Asterisk holds no more than {asterisk}",
        60,
    )
    # A burst makes threads for its steps; they stay, idle, for the next one. None is in a step.
    figures = (lab.host.folder / "log/agent.prom").read_text().splitlines()
    assert "dialplane_agent_steps_running 0" in figures
    used = {
        "service": Holdings.of(lab.service.process),
        "agent": Holdings.of(lab.host.agent.process),
    }
    lab.service.stop()
    lab.service.start()
    lab.host.agent.stop()
    lab.host.agent.start()
    warm_up(lab, random)
    fresh = {
        "service": Holdings.of(lab.service.process),
        "agent": Holdings.of(lab.host.agent.process),
    }
    for name, held in used.items():
        idle = MOST_STEPS if name == "agent" else 0
        exceeds = held.exceeds(fresh[name], SLACK, idle)
        assert not exceeds, f"{name}: {held}, a fresh one {fresh[name]}"


def files(folder: Path) -> list[Path]:
    """Every event in a spool: waiting, rejected and half-written ones."""
    return [path for path in folder.rglob("*") if path.suffix in (".json", ".tmp")]
