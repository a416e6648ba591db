"""The commands of `dialplane-agi` for people: help, version, flush and the spool's listing."""

import argparse
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from dialplane_shims.config import Settings, load
from dialplane_shims.exec_shim import (
    EXIT_NO_ANSWER,
    EXIT_OK,
    EXIT_REJECTED,
    EXIT_USAGE,
    EXIT_WAITING,
)
from dialplane_shims.step import DECISIONS, EVENTS

if TYPE_CHECKING:
    from dialplane_shims.spool import Spool

DESCRIPTION = """\
Carries the decisions of the Dialplane routing service out on this Asterisk host.

Asterisk runs the scripts, one step of a call each:

    same => n,Set(DIALPLANE_STATUS=)
    same => n,AGI(dialplane-agi,incoming)
    same => n,GotoIf($["${DIALPLANE_STATUS}" = "TARGETS"]?...)

  incoming               a call from a provider or a sister server: what kind of call is it?
  make_a_route           a call from a user's device: what kind of call is it?
  incoming_dialer        what to dial next, once per attempt
  create_channel_record  record that a channel was created
  predial                record that a channel was answered
  hangup                 record that a channel ended

Run by hand, a script waits for Asterisk's side of the conversation on standard input.

People run:

  flush                  deliver the events that could not be delivered when they happened
  spool list             show them, and those that were rejected as invalid
  launcher               print the quickest dialplane-agi for this host's agi-bin
"""
EPILOG = """\
settings, from the environment or /etc/dialplane/shims.toml (DIALPLANE_SHIMS_CONFIG names another);
flush and spool list read the same, and so a root shell's, never the agent's /etc/dialplane/agent.env:
  DIALPLANE_TARGETS            replicas, host:port,... (default 127.0.0.1:50051)
  DIALPLANE_SERVER             this server's name (default Asterisk's systemname)
  DIALPLANE_SPOOL              folder of undelivered events (default /var/spool/dialplane)
  DIALPLANE_SPOOL_LIMIT        how many it keeps at most (default 50000)
  DIALPLANE_FALLBACK_INCOMING, DIALPLANE_FALLBACK_MAKE_A_ROUTE, DIALPLANE_FALLBACK_INCOMING_DIALER
                               if no replica answers: refuse, refuse:CAUSE or
                               location:CONTEXT,EXTENSION,PRIORITY (default refuse:42)
  DIALPLANE_DECISION_DEADLINE  seconds for a decision's whole step (default 2.0)
  DIALPLANE_EVENT_DEADLINE     seconds for an event's whole step (default 1.0)
  DIALPLANE_ALLOW_PLAINTEXT    true: speak to replicas on other hosts, through a tunnel of yours
  DIALPLANE_AGENT_SOCKET       the agent that steps are handed over to; only from the environment
                               (default /run/dialplane/agent.sock; empty: none)

exit codes:
  0  the dialplan has its answer, or the caller hung up; flush: nothing waits
  1  the step could not give an answer
  2  wrong usage; flush, spool list: there is no such folder
  3  flush: events still wait
  4  flush: events were rejected as invalid
"""


def run_command(arguments: Sequence[str]) -> int:
    """Run a command for people; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="dialplane-agi",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="store_true", help="show the version and exit")
    parser.add_argument(
        "name", nargs="?", help="a script, flush, spool, or launcher", metavar="NAME"
    )
    parser.add_argument("action", nargs="?", help="for spool: list", metavar="ACTION")
    try:
        options = parser.parse_args(list(arguments))
    except SystemExit as done:  # argparse has said why
        return int(done.code or 0)
    if options.version:
        return _version()
    settings = load(os.environ)
    for error in settings.errors:
        _say_error(str(error))
    if (options.name, options.action) == ("flush", None):
        return _flush(settings)
    if (options.name, options.action) == ("spool", "list"):
        return _list(settings)
    if (options.name, options.action) == ("launcher", None):
        return _launcher()
    known = ", ".join((*DECISIONS, *EVENTS, "flush", "spool list", "launcher"))
    _say_error(f"no script {options.name!r}; there are {known}; --help explains them")
    return EXIT_USAGE


def _version() -> int:
    from importlib.metadata import version

    _say(f"dialplane-agi {version('dialplane')}")
    return EXIT_OK


def _launcher() -> int:
    from dialplane_shims.launcher import LauncherError, text

    try:
        _say(text().removesuffix("\n"))
    except LauncherError as error:
        _say_error(str(error))
        return EXIT_NO_ANSWER
    return EXIT_OK


def _flush(settings: Settings) -> int:
    from dialplane_shims.flush import flush
    from dialplane_shims.routing_client import RoutingClient
    from dialplane_shims.spool import Spool, SpoolError

    spool = Spool(settings.spool, settings.spool_limit)
    if _is_missing(spool):
        return EXIT_USAGE
    try:
        report = flush(spool, RoutingClient(settings.targets), settings.decision_deadline, _say)
    except (SpoolError, OSError) as error:
        _say_error(f"the spool cannot be flushed: {error}")
        return EXIT_WAITING
    _say(f"{report.delivered} delivered, {report.rejected} rejected, {report.kept} still waiting")
    if report.stopped:
        _say_error(f"stopped: {report.stopped}")
    if report.kept or report.stopped:
        return EXIT_WAITING
    return EXIT_REJECTED if report.rejected else EXIT_OK


def _list(settings: Settings) -> int:
    from dialplane_shims.spool import (
        BlockedEntryError,
        Spool,
        SpooledEvent,
        UnreadableEventError,
    )

    spool = Spool(settings.spool, settings.spool_limit)
    if _is_missing(spool):
        return EXIT_USAGE
    waiting, rejected = spool.waiting(), spool.rejected()
    for state, paths in (("waiting", waiting), ("rejected", rejected)):
        for path in paths:
            try:
                event: SpooledEvent = spool.read(path)
            except FileNotFoundError:
                continue
            except (UnreadableEventError, BlockedEntryError) as error:
                _say(f"{state:8}  {path.name}  unreadable: {error}")
                continue
            channel = event.request.channel.unique_id
            _say(f"{state:8}  {event.spooled_at}  {event.script:21}  {channel}  {path}")
            _say(f"          {event.why}")
    _say(f"{len(waiting)} waiting, {len(rejected)} rejected in {settings.spool}")
    return EXIT_OK


def _is_missing(spool: "Spool") -> bool:
    """Whether there is no such folder; says so: an empty answer would say that nothing waits."""
    if spool.folder.exists():
        return False
    _say_error(
        f"there is no folder {spool.folder}: is it the agent's? DIALPLANE_SPOOL names another, and"
        " this command does not read /etc/dialplane/agent.env"
    )
    return True


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


def _say_error(line: str) -> None:
    sys.stderr.write(f"dialplane-agi: {line}\n")
