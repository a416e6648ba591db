"""Labs for the scenarios: one per release and driver, for the whole session."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from tools.asterisk_program import (
    AsteriskProgram,
    NoDebianPackagesError,
    SippProgram,
    find_asterisk,
    find_sipp,
)
from tools.debian_packages import SuiteGoneError
from tools.lab import FOLDER_VARIABLE, new_folder

from tests.lab.lab import Flavour, Lab
from tests.lab.lab_start import running_lab
from tests.support.database import DatabaseServer
from tests.support.schema import MigratedDatabase, migrated_database

PJSIP_22 = Flavour(22, "PJSIP")
SIP_16 = Flavour(16, "SIP")
PJSIP_16 = Flavour(16, "PJSIP")
EVERY_FLAVOUR = (PJSIP_22, PJSIP_16, SIP_16)
PJSIP_22_JOINED = Flavour(22, "PJSIP", link="SIP")
SIP_16_JOINED = Flavour(16, "SIP", link="SIP")
JOINED_BY_SIP = (
    (PJSIP_22_JOINED, PJSIP_22_JOINED),
    (SIP_16_JOINED, SIP_16_JOINED),
    (SIP_16_JOINED, PJSIP_22_JOINED),
)
_skipped: list[str] = []


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test of `lab` on 22 with PJSIP, and with the mark `every_flavour` on all three.

    A test of `pair` has two servers: both on 22, and with the mark on 16 too, or one of each, either
    way round. With `joined_by_sip` they call each other over SIP and not over IAX2.
    """
    flavours: tuple[tuple[Flavour, ...], ...] = ()
    marked = metafunc.definition.get_closest_marker("every_flavour") is not None
    if "lab" in metafunc.fixturenames:
        chosen = EVERY_FLAVOUR if marked else (PJSIP_22,)
        if metafunc.definition.get_closest_marker("without_agent_too") is not None:
            chosen = (*chosen, Flavour(22, "PJSIP", agent=False))
        flavours = tuple((one,) for one in chosen)
    elif "pair" in metafunc.fixturenames:
        others = ((SIP_16, PJSIP_22), (PJSIP_22, SIP_16), (PJSIP_16, PJSIP_16))
        flavours = ((PJSIP_22, PJSIP_22), *(others if marked else ()))
        if metafunc.definition.get_closest_marker("joined_by_sip") is not None:
            flavours = JOINED_BY_SIP
    if flavours:
        ids = ["+".join(map(str, each)) for each in flavours]
        metafunc.parametrize("flavours", flavours, ids=ids, indirect=True, scope="session")


def pytest_configure(config: pytest.Config) -> None:
    """Name the marks."""
    config.addinivalue_line("markers", "every_flavour: run on Asterisk 16 and 22, both SIP drivers")
    config.addinivalue_line("markers", "without_agent_too: run with a process per step as well")
    config.addinivalue_line("markers", "joined_by_sip: run on two servers that are joined by SIP")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly what was not run."""
    for reason in _skipped:
        terminalreporter.section("NOT TESTED", sep="!", red=True)
        terminalreporter.write_line(reason)


@pytest.fixture(scope="session")
def lab_folder() -> Path:
    """Where this run's configurations, logs and SIP messages stay for people to read."""
    given = os.environ.get(FOLDER_VARIABLE)
    return Path(given) if given else new_folder()


@pytest.fixture(scope="session")
def sipp_program() -> SippProgram:
    """SIPp; a machine without Debian packages skips."""
    try:
        return find_sipp()
    except NoDebianPackagesError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def flavours(request: pytest.FixtureRequest) -> tuple[Flavour, ...]:
    """The release and the driver of each server of this test."""
    chosen: tuple[Flavour, ...] = request.param
    return chosen


@pytest.fixture(scope="session")
def asterisks(flavours: tuple[Flavour, ...]) -> dict[int, AsteriskProgram]:
    """Those releases. 16 is skipped, loudly, when its suite is gone; 22 never."""
    return {flavour.release: _asterisk(flavour.release) for flavour in flavours}


@pytest.fixture(scope="session")
def asterisk_22() -> AsteriskProgram:
    """Asterisk 22, which is never skipped where there are Debian packages."""
    return _asterisk(22)


def _asterisk(release: int) -> AsteriskProgram:
    try:
        return find_asterisk(release)
    except NoDebianPackagesError as error:
        pytest.skip(str(error))
    except SuiteGoneError as error:
        if release == 22:
            raise
        if str(error) not in _skipped:
            _skipped.append(str(error))
        pytest.skip(str(error))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def lab_database(
    flavours: tuple[Flavour, ...], mariadb_server: DatabaseServer
) -> AsyncIterator[MigratedDatabase]:
    """A database with the demo rows for one lab."""
    async with migrated_database(mariadb_server, demo=True) as database:
        yield database


@pytest.fixture(scope="session")
def running(
    flavours: tuple[Flavour, ...],
    asterisks: dict[int, AsteriskProgram],
    sipp_program: SippProgram,
    lab_database: MigratedDatabase,
    lab_folder: Path,
) -> Iterator[Lab]:
    """The lab of these flavours; at its end no Asterisk has complained of anything."""
    folder = lab_folder / "+".join(map(str, flavours))
    with running_lab(flavours, asterisks, sipp_program, lab_database, folder) as lab:
        yield lab
        complaints = {host.name: host.complaints() for host in lab.hosts}
        assert not any(complaints.values()), complaints


@pytest.fixture
def lab(running: Lab, request: pytest.FixtureRequest) -> Iterator[Lab]:
    """The lab with one server, quiet before and after the scenario."""
    running.scenario = request.node.originalname
    yield running
    running.quiet()


@pytest.fixture
def pair(running: Lab, request: pytest.FixtureRequest) -> Iterator[Lab]:
    """The lab with two servers, quiet before and after the scenario."""
    running.scenario = request.node.originalname
    yield running
    running.quiet()
