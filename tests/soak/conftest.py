"""A MariaDB that loses nothing when it is killed, and how long a soak lasts."""

import os
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.support.own_mariadb import OwnMariaDB, durable_mariadb, own_mariadb


@pytest.fixture(scope="session")
def soak_seconds() -> float:
    """How long one long test lasts; `DIALPLANE_SOAK_SECONDS` sets it."""
    return float(os.environ.get("DIALPLANE_SOAK_SECONDS", "120"))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def mariadb() -> AsyncIterator[OwnMariaDB]:
    with durable_mariadb() as server:
        async with own_mariadb(server) as own:
            yield own
