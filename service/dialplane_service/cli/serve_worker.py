"""One of several worker processes; started by ``dialplane serve``, never by hand.

Its configuration comes from the environment, its ports are reserved by its parent, and the end of
standard input says that its parent is gone.
"""

import asyncio
import os
import sys

import uvloop

from dialplane_service.bootstrap import OpenDatabase, open_mariadb, serve
from dialplane_service.cli.serve import ExitCode
from dialplane_service.config import Config, load
from dialplane_service.observability.logs import configure
from dialplane_service.rpc.listen_address import AddressError
from dialplane_service.rpc.serving import Bound, StopRequests
from dialplane_service.rpc.workers import READY


async def _serve(config: Config, open_database: OpenDatabase) -> bool:
    stops = StopRequests()
    stops.install()
    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), _read, stops)
    return await serve(config, stops, _say_ready, shared=True, open_database=open_database)


def _read(stops: StopRequests) -> None:
    if not os.read(sys.stdin.fileno(), 1024):
        asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
        stops.request()


def _say_ready(_bound: Bound) -> None:
    os.write(sys.stdout.fileno(), READY)


def main(open_database: OpenDatabase = open_mariadb) -> ExitCode:
    """Serve until the parent says stop, or is gone."""
    config = load()
    configure(config.log_level, config.log_format)
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return (
                ExitCode.STOPPED if runner.run(_serve(config, open_database)) else ExitCode.CUT_OFF
            )
    except AddressError as error:
        sys.stderr.write(f"dialplane: {error}\n")
        return ExitCode.ADDRESS


if __name__ == "__main__":
    sys.exit(main())
