"""The last good decision data in a file: a restarted service decides while MariaDB is away.

The file is read whole: every byte becomes an object, so a memory map would save nothing, and would
turn a file that somebody cuts short meanwhile into a SIGBUS.
"""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import structlog

from dialplane_service.domain.decision_data import DecisionRows
from dialplane_service.ratetable.rows_format import (
    MAGIC,
    RefusedFileError,
    checked,
    decode,
    encode,
)

log: Final = structlog.get_logger("dialplane.ratetable")


class ForeignFileError(FileExistsError):
    """At the file's place lies something that this service did not write; it is left alone."""


class RowsFile:
    """Port ``DecisionRowsFile`` over one path, which all worker processes share."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> DecisionRows | None:
        """Return the rows last saved; ``None``, and a line in the log, when they cannot be used."""
        try:
            return decode(self._path.read_bytes())
        except FileNotFoundError:
            log.info("no_last_good_file", file=str(self._path))
        except (OSError, RefusedFileError) as error:
            log.warning("last_good_file_refused", file=str(self._path), why=str(error))
        return None

    def save(self, rows: DecisionRows) -> None:
        """Keep the rows, all or nothing.

        Of two workers that save at once the one that read the database later wins, whatever the
        data versions: a database restored from a backup has a lower version and is the truth.

        Raises:
            ForeignFileError: the file there is not one of ours.
            OSError: the file cannot be written.

        """
        encoded = encode(rows)
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._one_writer():
            if not self._is_newer(rows):
                self._remove_leftovers()
                self._replace(encoded)

    @contextmanager
    def _one_writer(self) -> Iterator[None]:
        lock = os.open(
            self._path.with_name(f"{self._path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600
        )
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def _is_newer(self, rows: DecisionRows) -> bool:
        """Whether the file holds what was read from the database after these rows."""
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return False
        if content and not content.startswith(MAGIC[: len(content)]):
            raise ForeignFileError(f"{self._path} is not a file of decision data; it is left alone")
        try:
            _, loaded_at = checked(content)
        except RefusedFileError as error:
            log.warning("damaged_last_good_file_replaced", file=str(self._path), why=str(error))
            return False
        # A file from the future was written before somebody set the clock back.
        return rows.loaded_at < loaded_at <= datetime.now(UTC)

    def _remove_leftovers(self) -> None:
        # Under the lock no other writer lives, so these are of writers that were killed.
        for leftover in self._path.parent.glob(f"{self._path.name}.*.tmp"):
            leftover.unlink(missing_ok=True)

    def _replace(self, encoded: bytes) -> None:
        handle, name = tempfile.mkstemp(
            prefix=f"{self._path.name}.", suffix=".tmp", dir=self._path.parent
        )
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(encoded)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(self._path)
        except BaseException:
            with suppress(FileNotFoundError):
                Path(name).unlink()
            raise
        folder = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)  # the new name itself must survive a power cut
        finally:
            os.close(folder)
