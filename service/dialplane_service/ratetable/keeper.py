"""Keeps what was read in the last good file, without ever delaying who reads."""

import asyncio
from typing import Final

import structlog

from dialplane_service.application.ports import DecisionRowsFile
from dialplane_service.domain.decision_data import DecisionRows

log: Final = structlog.get_logger("dialplane.ratetable")


class Keeper:
    """Saves the newest rows it was given; a slow disk makes it skip some, never wait in line."""

    def __init__(self, file: DecisionRowsFile) -> None:
        self._file = file
        self._next: DecisionRows | None = None
        self._saving: asyncio.Task[None] | None = None
        self._failing = False

    def keep(self, rows: DecisionRows) -> None:
        """Save the rows soon."""
        self._next = rows
        if self._saving is None or self._saving.done():
            self._saving = asyncio.create_task(self._save(), name="last good file")

    async def stop(self) -> None:
        """Finish the save in progress."""
        if self._saving is not None:
            await asyncio.wait([self._saving])

    async def _save(self) -> None:
        while (rows := self._next) is not None:
            self._next = None
            try:
                await asyncio.to_thread(self._file.save, rows)
            except OSError as error:
                if not self._failing:
                    log.warning("last_good_file_not_saved", why=str(error))
                self._failing = True
            else:
                self._failing = False
