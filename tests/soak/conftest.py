"""MariaDB servers that lose nothing when they are killed, and how long a soak lasts."""

import os
import shutil
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from tools.private_mariadb import PrivateMariaDB
from tools.processes import short_temporary_folder

from tests.support.own_mariadb import OwnMariaDB, own_mariadb


@pytest.fixture(scope="session")
def soak_seconds() -> float:
    """How long one long test lasts; `DIALPLANE_SOAK_SECONDS` sets it."""
    return float(os.environ.get("DIALPLANE_SOAK_SECONDS", "120"))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def durable_mariadb() -> AsyncIterator[OwnMariaDB]:
    """Unlike the throw-away server of the short tests, it syncs each commit to its disk."""
    home = short_temporary_folder("dialplane-soak-")
    server = PrivateMariaDB(home, dies_with_starter=True)
    try:
        server.start()
        async with own_mariadb(server) as own:
            yield own
    finally:
        server.stop(at_once=True)
        shutil.rmtree(home, ignore_errors=True)
