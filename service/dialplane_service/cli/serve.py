"""``dialplane serve``: run the service.

Exit codes: 0 stopped as asked, everything in progress finished; 1 stopped as asked, but requests
were cut off; 2 the configuration cannot be used; 3 an address cannot be listened on; 4 the worker
processes keep dying.
"""

import asyncio
import os
import socket
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from enum import IntEnum
from pathlib import Path
from typing import Annotated, Final

import typer
import uvloop

from dialplane_service.bootstrap import OpenDatabase, open_mariadb
from dialplane_service.bootstrap import serve as serve_process
from dialplane_service.config import CONFIG_FILE, PREFIX, Config, ConfigError, load
from dialplane_service.observability.logs import configure
from dialplane_service.rpc.listen_address import AddressError, ListenAddress, reserve
from dialplane_service.rpc.serving import Bound, StopRequests
from dialplane_service.rpc.workers import Command, Workers, WorkersDyingError

WORKER: Final = (sys.executable, "-m", "dialplane_service.cli.serve_worker")
_FAREWELL_SECONDS: Final = 10.0
_EXAMPLES: Final = ("127.0.0.1:50061", "127.0.0.1:50071")


class ExitCode(IntEnum):
    """See the module."""

    STOPPED = 0
    CUT_OFF = 1
    CONFIGURATION = 2
    ADDRESS = 3
    WORKERS_DYING = 4


def serve(
    config: Annotated[
        Path | None,
        typer.Option(help="TOML file with settings; DIALPLANE_… variables win over it."),
    ] = None,
) -> None:
    """Run the service until SIGTERM or Ctrl-C; a second one stops it at once.

    Exit codes: 0 stopped as asked, 1 stopped but requests were cut off, 2 a setting cannot be used,
    3 an address cannot be listened on, 4 the worker processes keep dying.
    """
    raise typer.Exit(run(config))


def run(
    config_file: Path | None = None,
    *,
    worker: Sequence[str] = WORKER,
    open_database: OpenDatabase = open_mariadb,
) -> ExitCode:
    """Run the service; whatever an operator can mend is told in one line on standard error.

    ``worker`` is the command of one of several worker processes.
    """
    try:
        config = load(config_file)
    except ConfigError as error:
        for line in str(error).splitlines():
            _complain(line)
        return ExitCode.CONFIGURATION
    configure(config.log_level, config.log_format)
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            if config.workers == 1:
                in_order = runner.run(_serve_alone(config, open_database))
            else:
                in_order = runner.run(_serve_together(config, worker))
    except AddressError as error:
        _complain(_address_fault(config, error))
        return ExitCode.ADDRESS
    except WorkersDyingError as error:
        _complain(f"{error}; the lines above say why")
        return ExitCode.WORKERS_DYING
    return ExitCode.STOPPED if in_order else ExitCode.CUT_OFF


async def _serve_alone(config: Config, open_database: OpenDatabase) -> bool:
    stops = StopRequests()
    stops.install()
    return await serve_process(config, stops, _say_serving, open_database=open_database)


async def _serve_together(config: Config, worker: Sequence[str]) -> bool:
    stops = StopRequests()
    stops.install()
    with ExitStack() as reserved:
        bound = Bound(
            *(
                _bound(address, reserved.enter_context(reserve(address)))
                for address in (config.listen, config.admin_listen)
            )
        )
        own = config.model_copy(update={"listen": bound.routing, "admin_listen": bound.admin})
        inherited = {name: text for name, text in os.environ.items() if name != CONFIG_FILE}
        command = Command(worker, {**inherited, **own.environment()})
        workers = Workers(config.workers, command, config.drain_seconds + _FAREWELL_SECONDS)
        saying = asyncio.create_task(_say_when_ready(workers, bound))
        try:
            return await workers.run(stops.finish, stops.at_once)
        finally:
            saying.cancel()


async def _say_when_ready(workers: Workers, bound: Bound) -> None:
    await workers.ready()
    _say_serving(bound)


def _bound(wanted: ListenAddress, holder: socket.socket) -> ListenAddress:
    return ListenAddress(wanted.host, holder.getsockname()[1])


def _say_serving(bound: Bound) -> None:
    typer.echo(f"Serving calls on {bound.routing}, administration on {bound.admin}")
    sys.stdout.flush()


def _address_fault(config: Config, error: AddressError) -> str:
    setting = "listen" if error.address == config.listen else "admin_listen"
    name = f"{PREFIX}{setting.upper()}"
    other = next(example for example in _EXAMPLES if example != str(error.address))
    return f"{name}: {error}; choose another, for example {name}={other}"


def _complain(line: str) -> None:
    typer.echo(f"dialplane: {line}", err=True)
