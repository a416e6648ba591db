"""The command `dialplane-agi`: one step of a call as a process of its own.

Asterisk runs it as AGI(dialplane-agi,NAME). Exit codes:

    0  the dialplan has its answer, or the caller hung up
    1  the step could not give an answer: Asterisk could not be spoken with
    2  wrong usage: no such script, no such option
    3  flush: events still wait
    4  flush: events were rejected as invalid
"""

import contextlib
import os
import signal
import sys
from collections.abc import Sequence

EXIT_OK, EXIT_NO_ANSWER, EXIT_USAGE, EXIT_WAITING, EXIT_REJECTED = range(5)


def main() -> None:
    """Run as a program: leave at once when done, without waiting for gRPC's threads to end."""
    code = run(sys.argv[1:])
    with contextlib.suppress(OSError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run a script, or a command for people; return the exit code."""
    # Asterisk sends SIGHUP when the caller hangs up; until a session can note it, it must not kill.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        from dialplane_shims.step import DECISIONS, EVENTS

        if arguments and arguments[0] in DECISIONS + EVENTS:
            return run_script(arguments[0], 0, 1)
        from dialplane_shims.command_line import run_command

        return run_command(arguments)
    except KeyboardInterrupt:
        return EXIT_NO_ANSWER
    except Exception as error:  # noqa: BLE001  # the edge: one line, never a traceback
        from dialplane_shims.alarm import alarm

        alarm(" ".join(arguments[:1]), f"{type(error).__name__}: {error}")
        return EXIT_NO_ANSWER


def run_script(script: str, read_fd: int, write_fd: int) -> int:
    """Run one step on a pair of file descriptors; return the exit code."""
    from dialplane_shims import step
    from dialplane_shims.agi import Agi, AgiError, AgiHangup  # pyst2 and gRPC are slow to import
    from dialplane_shims.config import load
    from dialplane_shims.deadline import Deadline, process_age
    from dialplane_shims.routing_client import RoutingClient

    agi = Agi(read_fd, write_fd, Deadline(0.0))
    signal.signal(signal.SIGHUP, lambda *_: agi.note_hangup())
    try:
        settings = load(os.environ)
        agi.deadline = deadline = Deadline(step.seconds_for(script, settings) - process_age())
        agi.read_environment()
        step.run(script, agi, settings, RoutingClient(settings.targets), deadline)
    except AgiHangup:
        return EXIT_OK
    except Exception as error:  # noqa: BLE001  # the edge: whatever it is, the dialplan is told
        with contextlib.suppress(AgiError):
            step.give_up(script, agi, f"{type(error).__name__}: {error}")
        return EXIT_NO_ANSWER
    return EXIT_OK


if __name__ == "__main__":
    main()
