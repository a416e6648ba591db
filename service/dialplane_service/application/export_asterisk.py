"""ExportAsterisk: the files of one Asterisk server that depend on the decision data."""

import asyncio
from dataclasses import dataclass

from dialplane_service.application.ports import DecisionDataSource
from dialplane_service.application.servers import asking_server
from dialplane_service.domain.asterisk_files.checks import RefusedRowsError, Remark
from dialplane_service.domain.asterisk_files.export import asterisk_files
from dialplane_service.domain.asterisk_files.text import AsteriskFile


@dataclass(frozen=True, slots=True)
class ExportedFiles:
    """The files; none where ``refused`` names rows that no file may be made of."""

    files: tuple[AsteriskFile, ...]
    omitted: tuple[Remark, ...]
    refused: tuple[Remark, ...]
    data_version: int


class ExportAsterisk:
    """The use case."""

    def __init__(self, data: DecisionDataSource) -> None:
        self._data = data

    async def __call__(self, server_name: str) -> ExportedFiles:
        """Write the files of a server.

        Raises:
            UnknownServerError: there is no such server.
            NoDecisionDataError: nothing has been loaded yet.
        """
        data = self._data.current()
        server = asking_server(data, server_name)
        try:
            # Looking at every row takes its time; calls must not wait for it.
            export = await asyncio.to_thread(asterisk_files, data, server)
        except RefusedRowsError as error:
            return ExportedFiles((), (), error.remarks, data.version)
        return ExportedFiles(export.files, export.omitted, (), data.version)
