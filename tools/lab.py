"""What `make lab` does: the scenarios on real Asterisks, with logs that stay for people to read."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tools.asterisk_program import REPOSITORY

RUNS: Final = REPOSITORY / "var/lab"
FOLDER_VARIABLE: Final = "DIALPLANE_LAB_FOLDER"
KEPT: Final = 5
"""How many earlier runs stay."""

WHERE: Final = """\
Logs of this run: {folder}
  report                                     what pytest said
  RELEASE-DRIVER/SCENARIO/NNN-WHO.messages   the SIP that each far end sent and received
  RELEASE-DRIVER/SERVER/log/messages         Asterisk; beside it: agent, console, cdr-csv/
  RELEASE-DRIVER/SERVER/etc                  its configuration, exported files included
  RELEASE-DRIVER/service/service.log         the routing service
"""


def new_folder() -> Path:
    """Make the folder of a new run, and remove all but the latest earlier ones."""
    RUNS.mkdir(parents=True, exist_ok=True)
    prune(RUNS, KEPT)
    folder = RUNS / f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}"
    folder.mkdir()
    return folder


def prune(runs: Path, kept: int) -> None:
    """Remove all runs but the latest `kept`; never one whose process still lives."""
    over = [run for run in sorted(runs.iterdir()) if not _lives(run)]
    for run in over[: max(0, len(over) - kept)]:
        shutil.rmtree(run, ignore_errors=True)


def _lives(run: Path) -> bool:
    process = run.name.rpartition("-")[2]
    return process.isdigit() and Path(f"/proc/{process}").exists()


def main(arguments: Sequence[str]) -> int:
    """Run the scenarios; `arguments` are pytest's, for example `-k incoming`."""
    folder = new_folder()
    command = [sys.executable, "-m", "pytest", "tests/lab", "-v", "--durations=10", *arguments]
    environment = {**os.environ, FOLDER_VARIABLE: str(folder)}
    with (
        (folder / "report").open("w") as report,
        subprocess.Popen(
            command,
            cwd=REPOSITORY,
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ) as tests,
    ):
        try:
            for line in tests.stdout or ():
                sys.stdout.write(line)
                sys.stdout.flush()
                report.write(line)
        except KeyboardInterrupt:
            # The terminal told pytest too: it stops what it has started.
            tests.wait()
    print("\n" + WHERE.format(folder=folder.relative_to(REPOSITORY)), end="")
    return tests.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
