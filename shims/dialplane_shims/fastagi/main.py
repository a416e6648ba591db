"""The command `dialplane-fastagi`: the agent of an Asterisk host.

Exit codes:

0   stopped when told to, every step with its answer
1   nothing can be listened on, or steps were cut off
2   wrong usage
78  wrong settings (EX_CONFIG): standard error names each
"""

import argparse
import os
import sys
from collections.abc import Sequence

from dialplane_shims.fastagi.agent import Agent
from dialplane_shims.fastagi.listeners import ListenError
from dialplane_shims.fastagi.log import Log
from dialplane_shims.fastagi.settings import AgentSettings, load
from dialplane_shims.fastagi.systemd import Systemd

EXIT_OK, EXIT_FAILED, EXIT_USAGE, EXIT_CONFIG = 0, 1, 2, 78

DESCRIPTION = """\
Serves the scripts of dialplane-agi to the Asterisk of this host, with warm connections:

    same => n,Set(DIALPLANE_STATUS=)
    same => n,AGI(agi://127.0.0.1:4573/incoming)
    same => n,GotoIf($["${DIALPLANE_STATUS}" = "TARGETS"]?...)

Processes of dialplane-agi on this host hand their steps over to it, and it delivers the events of
the spool. SIGTERM: steps in progress get their answer, then it ends. SIGHUP: settings are read
again (replicas, deadlines, fallbacks, the spool's folder, the log's level).
"""
EPILOG = """\
settings beside those of dialplane-agi, from the environment or the table [agent] of
/etc/dialplane/shims.toml:
  DIALPLANE_AGENT_LISTEN        listen: address:port (default 127.0.0.1:4573)
  DIALPLANE_AGENT_SOCKET        unix socket for dialplane-agi (default /run/dialplane/agent.sock);
                                only from the environment; empty: none
  DIALPLANE_AGENT_SESSIONS      sessions: how many steps run at once at most (default 256)
  DIALPLANE_AGENT_CLOCK         clock: file that it rewrites with its clock four times a second, or
                                none (default /run/dialplane/agent.clock)
  DIALPLANE_AGENT_STATE         state: file of its figures, or none (default
                                /run/dialplane/agent.prom)
  DIALPLANE_SPOOL_ALARM_EVENTS  spool_alarm_events: alarm when so many wait (default 100)
  DIALPLANE_SPOOL_ALARM_AGE     spool_alarm_age: alarm when one waits so many seconds (default 300)
  DIALPLANE_LOG_LEVEL           log_level: debug, info or warning (default info)

exit codes:
  0   stopped when told to, every step with its answer
  1   nothing can be listened on, or steps were cut off
  2   wrong usage
  78  wrong settings
"""


def main() -> None:
    """Run as a program; threads of gRPC are not waited for."""
    code = run(sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run the agent until it is told to stop; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="dialplane-fastagi",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    try:
        parser.parse_args(list(arguments))
    except SystemExit as done:  # argparse has said why
        return int(done.code or 0)
    log = Log("info", journal="JOURNAL_STREAM" in os.environ)
    settings = _settings(log)
    if settings is None:
        return EXIT_CONFIG
    log.level = Log(settings.log_level).level
    try:
        agent = Agent(settings, log, Systemd(os.environ), lambda: _settings(log))
    except ListenError as error:
        log.warning("cannot listen", detail=error)
        return EXIT_FAILED
    return EXIT_OK if agent.run() else EXIT_FAILED


def _settings(log: Log) -> AgentSettings | None:
    """Read the settings; None, and a line for each, if some are wrong."""
    settings, errors = load(os.environ)
    for error in errors:
        log.warning("wrong setting", detail=error)
    return None if errors else settings


if __name__ == "__main__":
    main()
