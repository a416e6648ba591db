"""One Asterisk 22 in the lab's network, with the agent, the service and what the bench adds."""

import secrets
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING

from tests.lab.asterisk_host import AsteriskHost
from tests.lab.lab import HOSTS, Flavour, Lab
from tests.lab.lab_start import make_keys, move_in
from tests.lab.network import Network
from tests.lab.service import LabService
from tests.support.schema import MigratedDatabase
from tools.asterisk_program import find_asterisk, find_sipp

from dialplane_shims import launcher

if TYPE_CHECKING:
    import subprocess

HERE = Path(__file__).parent
ETC = HERE / "etc"
FLAVOUR = Flavour(22, "PJSIP")
# Beside the agent's 4573, as etc/bench.conf says.
NOOP_PORTS = {"streams": "4590", "bare": "4591"}

_NOOP = """\
#!{python}
import sys
environment = {{}}
for line in iter(sys.stdin.readline, "\\n"):
    if not line:
        break
    key, _, value = line.partition(": ")
    environment[key] = value.rstrip("\\n")
"""


class QuietNetwork(Network):
    """Programs log at their default level: the lab's own wish for every detail is not measured."""

    def start(
        self,
        command: Sequence[str | Path],
        *,
        environment: Mapping[str, str],
        output: IO[bytes],
        folder: Path,
    ) -> "subprocess.Popen[bytes]":
        kept = {k: v for k, v in environment.items() if k != "DIALPLANE_LOG_LEVEL"}
        return super().start(command, environment=kept, output=output, folder=folder)


@contextmanager
def running_bench(database: MigratedDatabase, folder: Path) -> Iterator[Lab]:
    """Start everything; at the end everything is stopped. The logs stay in `folder`."""
    asterisk, sipp = find_asterisk(FLAVOUR.release), find_sipp()
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        network = stack.enter_context(QuietNetwork())
        addresses = {who: network.address(host) for who, host in HOSTS.items()}
        password = secrets.token_hex(8)
        service = LabService(
            network, addresses["SERVICE"], database.service_url, folder / "service"
        )
        host = AsteriskHost(
            asterisk,
            network,
            "asterisk-macomnet",
            addresses["MACOMNET"],
            folder / "macomnet",
            ("host", FLAVOUR.folder, str(ETC)),
            partial(service.export, "asterisk-macomnet"),
            {"PASSWORD": password, "PROVIDER": addresses["WESTCALL"]},
            {"DIALPLANE_TARGETS": service.target},
            make_keys(asterisk, folder / "keys"),
        )
        lab = Lab(FLAVOUR, network, sipp, database, service, host, folder, password)
        lab.scenario = "calls"
        move_in(lab, [FLAVOUR])
        stack.enter_context(service)
        stack.enter_context(host)
        _add(host)
        for kind in NOOP_PORTS:
            stack.enter_context(_noop_server(lab, kind))
        lab.register("PHONE_201")
        yield lab


def _add(host: AsteriskHost) -> None:
    with (host.folder / "etc/extensions.conf").open("a") as file:
        file.write('\n#include "bench.conf"\n')
    host.cli("dialplan reload")
    host.cli("module load res_clioriginate.so")
    python = sys.executable
    alone = launcher.text().replace(
        "import sys\n", "import os, sys\nos.environ['DIALPLANE_AGENT_SOCKET'] = ''\n", 1
    )
    programs = {
        "noop": _NOOP.format(python=python),
        "noop-bare": _NOOP.format(python=f"{python} -IS"),
        "dialplane-agi-alone": alone,
    }
    for name, text in programs.items():
        file_ = host.run / "agi" / name
        file_.write_text(text)
        file_.chmod(0o755)


@contextmanager
def _noop_server(lab: Lab, kind: str) -> Iterator[None]:
    log = lab.folder / f"noop-{kind}.log"
    with log.open("wb") as output:
        server = lab.network.start(
            [sys.executable, HERE / "noop_server.py", kind, lab.host.address, NOOP_PORTS[kind]],
            environment={},
            output=output,
            folder=lab.folder,
        )
    try:
        lab.until(lambda: b"listening" in log.read_bytes(), "the no-op server listens")
        yield
    finally:
        server.terminate()
        server.wait()


def run_local(lab: Lab, extension: str, seconds: float = 30.0) -> list[str]:
    """Run an extension of the context `bench` to its end; return what it measured."""
    log = lab.host.folder / "log/messages"
    before = log.stat().st_size if log.exists() else 0
    lab.host.cli(f"channel originate Local/{extension}@bench/n application Wait {seconds:.0f}")
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with log.open("rb") as file:
            file.seek(before)
            told = file.read().decode(errors="replace")
        if "BENCH done" in told:
            return [line.partition("BENCH ")[2] for line in told.splitlines() if "BENCH " in line]
        time.sleep(0.02)
    raise AssertionError(f"{extension} did not end within {seconds} s; see {log}")
