"""`usp_gettypeofcall` against ClassifyCall on many generated worlds."""

import pytest

from tests.acceptance.test_usp_gettypeofcall import assert_agreement, generated_world
from tests.support.database import DatabaseServer

pytestmark = pytest.mark.soak
WORLDS = 12


@pytest.mark.parametrize("world", range(1, WORLDS + 1))
async def test_they_agree(mariadb_server: DatabaseServer, seed: int, world: int) -> None:
    async with generated_world(mariadb_server, seed + world) as made:
        assert_agreement(made)
