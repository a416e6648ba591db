"""What `make run` does: a database, its schema, the demo rows, and the service until Ctrl-C."""

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from types import FrameType

from tools.debian_packages import PackagesUnavailableError
from tools.listening import Address, ListenError, addresses, reserved
from tools.locks import exclusive
from tools.mariadb_data import MariaDBStartError
from tools.mariadb_program import REPOSITORY
from tools.private_mariadb import PrivateMariaDB
from tools.processes import die_with_parent
from tools.ready_message import ready_message
from tools.shared_mariadb import shared

HOME = REPOSITORY / "var" / "mariadb"
PYTHON = REPOSITORY / ".venv" / "bin" / "python"
DATABASE = "dialplane"
SERVICE_USER = "dialplane_service"
DATABASE_URL = "DIALPLANE_DATABASE_URL"
ADMIN_DATABASE_URL = "DIALPLANE_ADMIN_DATABASE_URL"
READY_SECONDS = 60.0
DRAIN_SECONDS = 60.0
"""How long the service may take to finish its calls before it is killed."""


class StopRequestedError(BaseException):
    """Somebody asked this run to stop; not an `Exception`, so that nothing swallows it."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class RunError(Exception):
    """The service cannot run; the message says why, for a person."""


def main(arguments: list[str] | None = None) -> int:
    """Run the service; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parent", type=int, help="stop when this parent process dies")
    options = parser.parse_args(arguments)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _request_stop)
    try:
        if options.parent is not None:
            die_with_parent(options.parent)
        calls, admin = addresses(os.environ)
        with reserved(calls, admin), _database(os.environ) as settings:
            settings |= {calls.setting: str(calls), admin.setting: str(admin)}
            _prepare(settings)
            return _serve(settings, calls, admin)
    except StopRequestedError as stop:
        return 128 + stop.number
    except (ListenError, MariaDBStartError, PackagesUnavailableError, RunError) as error:
        print(f"\ndialplane: {error}", file=sys.stderr)
        return 1
    except PermissionError as error:
        print(
            f"\ndialplane: {error}\nThis folder was used by another user (root?): give it back"
            f" with `chown -R`, or remove {error.filename}.",
            file=sys.stderr,
        )
        return 1


def _request_stop(number: int, _frame: FrameType | None) -> None:
    # Once is enough: a second Ctrl-C must not interrupt an orderly end.
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    raise StopRequestedError(number)


@contextmanager
def _database(environment: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Provide the environment that names the database, starting a private server if none is set."""
    settings = dict(environment)
    if environment.get(DATABASE_URL):
        yield settings
        return
    server = PrivateMariaDB(HOME)
    _say(f"Starting a private MariaDB in {HOME.relative_to(REPOSITORY)} (no network, own socket)")
    with shared(server):
        settings[DATABASE_URL] = server.url(DATABASE, user=SERVICE_USER)
        settings[ADMIN_DATABASE_URL] = server.url(DATABASE)
        # Kept with the database that it was made from; the default is in the user's home.
        settings.setdefault("DIALPLANE_DATA_FILE", str(HOME / "decision-data"))
        try:
            yield settings
        finally:
            _say("Stopping MariaDB unless another run uses it")


def _prepare(settings: Mapping[str, str]) -> None:
    """Bring schema and demo rows up to date; one run of this clone at a time."""
    with exclusive(REPOSITORY / "var" / "prepare.lock") as lock:
        for step in ("migrate", "demo"):
            _say(f"Database: {step}")
            child = subprocess.Popen(
                _command("db", step),
                cwd=REPOSITORY,
                env=settings,
                stdin=subprocess.DEVNULL,
                # A Ctrl-C, or our death, must not end a step half way; the next run waits for it.
                start_new_session=True,
                pass_fds=[lock],
            )
            try:
                child.wait()
            except StopRequestedError:
                child.wait()
                raise
            if child.returncode:
                raise RunError(f"`dialplane db {step}` failed with exit code {child.returncode}")


def _serve(settings: Mapping[str, str], calls: Address, admin: Address) -> int:
    # The service itself never needs the privileged address.
    environment = {name: text for name, text in settings.items() if name != ADMIN_DATABASE_URL}
    service = subprocess.Popen(
        _command("serve"),
        cwd=REPOSITORY,
        env=environment,
        stdin=subprocess.DEVNULL,
        # Its own session: it is told to stop by us, once, and not by the terminal as well.
        start_new_session=True,
        preexec_fn=partial(die_with_parent, os.getpid()),
    )
    try:
        _await_ready(service, calls)
        print(ready_message(calls, admin), flush=True)
        code = service.wait()
        raise RunError(f"the service ended by itself with exit code {code}")
    except StopRequestedError:
        _say("Stopping: calls in flight finish first")
        return _stopped(service)
    finally:
        _stopped(service)


def _await_ready(service: "subprocess.Popen[bytes]", calls: Address) -> None:
    waiter = subprocess.Popen(
        [
            *(PYTHON, "-m", "tools.wait_until_serving"),
            *(calls.reachable.host, str(calls.port), str(READY_SECONDS)),
        ],
        cwd=REPOSITORY,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=partial(die_with_parent, os.getpid()),
    )
    try:
        while waiter.poll() is None:
            if service.poll() is not None:
                raise RunError(f"the service ended with exit code {service.returncode}; see above")
            time.sleep(0.05)
        if waiter.returncode:
            raise RunError(f"the service does not answer on {calls} after {READY_SECONDS:.0f} s")
    finally:
        with suppress(ProcessLookupError):
            waiter.kill()
        waiter.wait()


def _stopped(service: "subprocess.Popen[bytes]") -> int:
    """Stop the service if it still runs; returns its exit code."""
    if service.poll() is None:
        service.terminate()
        try:
            service.wait(DRAIN_SECONDS)
        except subprocess.TimeoutExpired:
            service.kill()
    return service.wait()


def _command(*arguments: str) -> list[str | Path]:
    return [PYTHON, "-m", "dialplane_service.cli.main", *arguments]


def _say(text: str) -> None:
    print(f"==> {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
