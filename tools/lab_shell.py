"""What `make lab-shell` does: leaves a lab running, for a person to play with, until Ctrl-C."""

import argparse
import asyncio
import shlex
import signal
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from tests.lab.lab import PHONES, Flavour, Lab
from tests.lab.lab_start import running_lab
from tests.support.database import DatabaseServer
from tests.support.schema import migrated_database

from tools.asterisk_program import REPOSITORY, SippProgram, find_asterisk, find_sipp
from tools.debian_packages import PackagesUnavailableError
from tools.lab import new_folder
from tools.mariadb_program import find_mariadb
from tools.temporary_mariadb import temporary_mariadb

ANSWERING: Final = ("WESTCALL", "ZADARMA", "IPPORT", "VOXBEAM", "PHONE_201", "PHONE_202")
CALLING: Final = ("WESTCALL", "ZADARMA", "IPPORT", "VOICEBUY", *PHONES)
READY: Final = """\

The lab runs: {flavours}. Everybody answers and waits for the caller to hang up; all of it is
gone after Ctrl-C. In another terminal:

  {here}/call WESTCALL 74951815001      a provider calls a number of phone 201
  {here}/call PHONE_201 74957777777     phone 201 calls out, over Westcall
  {here}/call PHONE_201 112             an emergency call
                {padding}who may call: {callers}
  {here}/asterisk                       Asterisk's console{sister}
  {here}/database                       the database, in SQL

Logs:
  {here}/{macomnet}/log/messages   Asterisk; beside it the agent's
  {here}/service/service.log
  {here}/lab-shell/*.messages      the SIP of those who answer
  {here}/calls/*.messages          the SIP of those who call
"""


def main(arguments: Sequence[str]) -> int:
    """Run the lab until it is told to stop; return the exit code."""
    parser = argparse.ArgumentParser(prog="make lab-shell ARGS=…", description=__doc__)
    parser.add_argument("--release", type=int, default=22, choices=(16, 22), help="of Asterisk")
    parser.add_argument("--driver", default="PJSIP", choices=("PJSIP", "SIP"), help="SIP: chan_sip")
    parser.add_argument("--two", action="store_true", help="two servers, joined by IAX2")
    parser.add_argument("--without-agent", action="store_true", help="a process per step")
    options = parser.parse_args(arguments)
    if (options.release, options.driver) == (22, "SIP"):
        parser.error("Asterisk 22 has no chan_sip")
    flavour = Flavour(options.release, options.driver, agent=not options.without_agent)
    try:
        asyncio.run(_run((flavour,) * (2 if options.two else 1)))
    except PackagesUnavailableError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


async def _run(flavours: tuple[Flavour, ...]) -> None:
    asterisks = {flavour.release: find_asterisk(flavour.release) for flavour in flavours}
    sipp = find_sipp()
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    folder = new_folder()
    with temporary_mariadb() as mariadb, ExitStack() as stack:
        async with migrated_database(DatabaseServer(mariadb.url()), demo=True) as database:
            lab = stack.enter_context(running_lab(flavours, asterisks, sipp, database, folder))
            lab.scenario = "lab-shell"
            phones = [*ANSWERING, *(["PHONE_301"] if lab.sister is not None else [])]
            for who in phones:
                stack.enter_context(lab.far_end(who, "uas_answer", RING=1000))
            _write_commands(lab, sipp, str(mariadb.socket), database.name)
            _say_ready(lab, flavours)
            await stopped.wait()
            print("\nStopping …", flush=True)
            stack.close()


def _say_ready(lab: Lab, flavours: tuple[Flavour, ...]) -> None:
    here = lab.folder.relative_to(REPOSITORY)
    sister = f"; {here}/asterisk-msm: the other server's" if lab.sister is not None else ""
    callers = CALLING if lab.sister is not None else [who for who in CALLING if who != "PHONE_301"]
    print(
        READY.format(
            flavours=" and ".join(f"Asterisk {each}" for each in flavours),
            here=here,
            padding=" " * len(str(here)),
            callers=", ".join(callers),
            macomnet=lab.host.folder.name,
            sister=sister,
        ),
        flush=True,
    )


def _write_commands(lab: Lab, sipp: SippProgram, socket: str, database: str) -> None:
    """Write the small programs that the person is told of."""
    calls = lab.folder / "calls"
    calls.mkdir()
    cases = []
    for who in CALLING:
        if who == "PHONE_301" and lab.sister is None:
            continue
        # What SIPp's option -s says stands for the number.
        caller = lab.caller(who, "[service]", "uac_either", TALK=5000)
        caller.folder, caller.name = calls, who.lower()
        file = caller.write_scenario()
        remote = caller.remote
        cases.append(f"{who}) file={shlex.quote(str(file))} from={caller.address} to={remote} ;;")
    command = lab.network.entering(sipp.command(sipp.PROGRAM))
    text = f"""case "$1" in
{chr(10).join(cases)}
*) echo "usage: call {"|".join(CALLING)} NUMBER" >&2; exit 2 ;;
esac
cd {shlex.quote(str(calls))}
{shlex.join(command)} -sf "$file" -s "$2" -i "$from" -mi "$from" -p 5062 -m 1 -nostdin \\
    -default_behaviors all,-abortunexp -trace_msg -message_file "$1-$$.messages" "$to" >"$1-$$.console" 2>&1
code=$?
grep -h "^SIP/2.0" "$1-$$.messages" | tr -d '\\r' | uniq
exit $code
"""
    _write(lab.folder / "call", text)
    for host in lab.hosts:
        name = "asterisk" if host is lab.host else "asterisk-msm"
        _write(lab.folder / name, f'exec {shlex.join(host.cli_command("-r"))} "$@"\n')
    program = find_mariadb()
    client = [str(program.base / "bin/mariadb"), "--no-defaults", f"--socket={socket}", "-uroot"]
    if program.libraries:
        client = ["env", f"LD_LIBRARY_PATH={':'.join(map(str, program.libraries))}", *client]
    _write(lab.folder / "database", f'exec {shlex.join([*client, database])} "$@"\n')


def _write(file: Path, text: str) -> None:
    file.write_text("#!/bin/sh\n" + text)
    file.chmod(0o755)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
