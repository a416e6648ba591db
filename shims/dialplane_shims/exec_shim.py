"""The command `dialplane-agi`: one step of a call as a process of its own.

Asterisk runs it as AGI(dialplane-agi,NAME). Where an agent runs on this host, the step is handed
over to it; nothing slow is imported before that. Exit codes:

    0  the dialplan has its answer, or the caller hung up
    1  the step could not give an answer: Asterisk could not be spoken with
    2  wrong usage: no such script, no such option
    3  flush: events still wait
    4  flush: events were rejected as invalid
"""

import _signal  # type: ignore[import-not-found]  # signal imports enum: see hand_over.py
import os
import sys

from dialplane_shims.deadline import Deadline, process_age
from dialplane_shims.names import DECISIONS, EVENTS

EXIT_OK, EXIT_NO_ANSWER, EXIT_USAGE, EXIT_WAITING, EXIT_REJECTED = range(5)


def main() -> None:
    """Run as a program: leave at once when done, without waiting for gRPC's threads to end."""
    code = run(sys.argv[1:])
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:  # nobody reads it
            continue
    os._exit(code)


def run(arguments: list[str]) -> int:
    """Run a script, or a command for people; return the exit code."""
    # Asterisk sends SIGHUP when the caller hangs up; until a session can note it, it must not kill.
    _signal.signal(_signal.SIGHUP, _signal.SIG_IGN)
    try:
        if arguments and arguments[0] in DECISIONS + EVENTS:
            return run_script(arguments[0], 0, 1)
        _with_site()
        from dialplane_shims.command_line import run_command

        return run_command(arguments)
    except KeyboardInterrupt:
        return EXIT_NO_ANSWER
    except Exception as error:  # noqa: BLE001  # the edge: one line, never a traceback
        from dialplane_shims.alarm import alarm

        alarm(" ".join(arguments[:1]), f"{type(error).__name__}: {error}")
        return EXIT_NO_ANSWER


def run_script(script: str, read_fd: int, write_fd: int) -> int:
    """Run one step on a pair of file descriptors, by the agent or here; return the exit code."""
    from dialplane_shims.hand_over import hand_over

    age = process_age()
    started = Deadline(-age)
    environment = hand_over(script, age, read_fd, write_fd)
    if environment is None:
        return EXIT_OK
    return run_here(script, read_fd, write_fd, environment, started)


def run_here(
    script: str, read_fd: int, write_fd: int, environment: bytes, started: Deadline
) -> int:
    """Run one step in this process; `environment` has been read already."""
    _with_site()
    # gRPC imports its half for asyncio, which a step does not use: 13 ms of CPU, of 120.
    sys.modules.setdefault("grpc.aio", type(sys)("grpc.aio"))
    import contextlib

    from dialplane_shims import step
    from dialplane_shims.agi import Agi, AgiError, AgiHangup  # pyst2 and gRPC are slow to import
    from dialplane_shims.config import load
    from dialplane_shims.routing_client import RoutingClient

    agi = Agi(read_fd, write_fd, Deadline(0.0), received=environment)
    _signal.signal(_signal.SIGHUP, lambda *_: agi.note_hangup())
    try:
        settings = load(os.environ)
        deadline = started.later(step.seconds_for(script, settings))
        # What has happened was said long ago, even where this process got its turn too late.
        agi.deadline = deadline.at_least(step.EVENT_READING_S) if script in EVENTS else deadline
        agi.read_environment()
        step.run(script, agi, settings, RoutingClient(settings.targets), deadline)
    except AgiHangup:
        return EXIT_OK
    except Exception as error:  # noqa: BLE001  # the edge: whatever it is, the dialplan is told
        with contextlib.suppress(AgiError):
            step.give_up(script, agi, f"{type(error).__name__}: {error}")
        return EXIT_NO_ANSWER
    return EXIT_OK


def _with_site() -> None:
    """Find the other packages, where the interpreter was started without (see launcher.py)."""
    if "site" not in sys.modules:
        import site

        site.main()


if __name__ == "__main__":
    main()
