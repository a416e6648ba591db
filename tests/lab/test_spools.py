"""Nothing of a lab or a bench ever writes to the spool of the machine that it runs on."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from bench.asterisk.host import QuietNetwork

from tests.lab.network import Network

SPOOL = "import os; print(os.environ['DIALPLANE_SPOOL'])"


@pytest.mark.parametrize("network", [Network, QuietNetwork])
@pytest.mark.parametrize("told", [{}, {"DIALPLANE_SPOOL": "/elsewhere"}])
def test_every_program_has_a_spool_of_its_lab(
    network: Callable[[], Network], told: dict[str, str], tmp_path: Path
) -> None:
    said = tmp_path / "said"
    with network() as lab_network, said.open("wb") as output:
        program = lab_network.start(
            [sys.executable, "-c", SPOOL], environment=told, output=output, folder=tmp_path
        )
        assert program.wait(20) == 0
    assert said.read_text().strip() == told.get("DIALPLANE_SPOOL", str(tmp_path / "spool"))
