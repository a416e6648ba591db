"""Labs for the scenarios: one per release and driver, for the whole session."""

import os
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import pytest_asyncio
from tools.asterisk_program import (
    REPOSITORY,
    AsteriskProgram,
    NoDebianPackagesError,
    SippProgram,
    SuiteGoneError,
    find_asterisk,
    find_sipp,
)

from tests.lab.lab import Flavour, Lab, running_lab
from tests.support.database import DatabaseServer
from tests.support.schema import MigratedDatabase, migrated_database

PJSIP_22 = Flavour(22, "PJSIP")
EVERY_FLAVOUR = (PJSIP_22, Flavour(16, "PJSIP"), Flavour(16, "SIP"))
_skipped: list[str] = []


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test of `lab` on 22 with PJSIP, and with the mark `every_flavour` on all three."""
    if "lab" in metafunc.fixturenames:
        marked = metafunc.definition.get_closest_marker("every_flavour") is not None
        flavours = EVERY_FLAVOUR if marked else (PJSIP_22,)
        metafunc.parametrize("flavour", flavours, ids=str, indirect=True, scope="session")


def pytest_configure(config: pytest.Config) -> None:
    """Name the mark."""
    config.addinivalue_line("markers", "every_flavour: run on Asterisk 16 and 22, both SIP drivers")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly what was not run."""
    for reason in _skipped:
        terminalreporter.section("NOT TESTED", sep="!", red=True)
        terminalreporter.write_line(reason)


@pytest.fixture(scope="session")
def lab_folder() -> Path:
    """Where this run's configurations, logs and SIP messages stay for people to read."""
    folder = REPOSITORY / "var/lab" / f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture(scope="session")
def sipp_program() -> SippProgram:
    """SIPp; a machine without Debian packages skips."""
    try:
        return find_sipp()
    except NoDebianPackagesError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def flavour(request: pytest.FixtureRequest) -> Flavour:
    """The release and the driver of this test."""
    chosen: Flavour = request.param
    return chosen


@pytest.fixture(scope="session")
def asterisk_program(flavour: Flavour) -> AsteriskProgram:
    """That release. 16 is skipped, loudly, when its suite is gone; 22 never."""
    try:
        return find_asterisk(flavour.release)
    except NoDebianPackagesError as error:
        pytest.skip(str(error))
    except SuiteGoneError as error:
        if flavour.release == 22:
            raise
        if str(error) not in _skipped:
            _skipped.append(str(error))
        pytest.skip(str(error))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def lab_database(
    flavour: Flavour, mariadb_server: DatabaseServer
) -> AsyncIterator[MigratedDatabase]:
    """A database with the demo rows for one lab."""
    async with migrated_database(mariadb_server, demo=True) as database:
        yield database


@pytest.fixture(scope="session")
def running(
    flavour: Flavour,
    asterisk_program: AsteriskProgram,
    sipp_program: SippProgram,
    lab_database: MigratedDatabase,
    lab_folder: Path,
) -> Iterator[Lab]:
    """The lab of this flavour."""
    with ExitStack() as stack:
        yield stack.enter_context(
            running_lab(
                flavour, asterisk_program, sipp_program, lab_database, lab_folder / str(flavour)
            )
        )


@pytest.fixture
def lab(running: Lab, request: pytest.FixtureRequest) -> Iterator[Lab]:
    """The lab, quiet before and after the scenario."""
    running.scenario = request.node.originalname
    yield running
    running.quiet()
