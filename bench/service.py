"""The service as a process of its own, with its log in memory.

On a host the log goes to journald. In a file on the disk that a compile just then syncs, appending a
line can wait for hundreds of milliseconds, and with it all that the process does.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.running_service import SERVICE, RunningService

_MEMORY = Path("/dev/shm")


@contextmanager
def serving(
    database_url: str, data_file: Path, *, module: str = SERVICE, **environment: str
) -> Iterator[RunningService]:
    """Serve on these last good files until the end of the block."""
    place = _MEMORY if _MEMORY.is_dir() else None
    variables = {"DIALPLANE_DATABASE_URL": database_url, "DIALPLANE_DATA_FILE": str(data_file)}
    with tempfile.TemporaryDirectory(prefix="dialplane-bench-", dir=place) as folder:
        service = RunningService({**variables, **environment}, Path(folder), module)
        service.start()
        try:
            yield service
        finally:
            if service.process.poll() is None:
                service.stop()
