"""ExportAddresses: where signalling comes from, for a firewall."""

import asyncio
from dataclasses import dataclass

from dialplane_service.application.ports import DecisionDataSource
from dialplane_service.application.servers import asking_server
from dialplane_service.domain.asterisk_files.signalling import (
    SignallingAddresses,
    signalling_addresses,
)


@dataclass(frozen=True, slots=True)
class ExportedAddresses:
    """The addresses and the version of the data that they come from."""

    found: SignallingAddresses
    data_version: int


class ExportAddresses:
    """The use case."""

    def __init__(self, data: DecisionDataSource) -> None:
        self._data = data

    async def __call__(self, server_name: str) -> ExportedAddresses:
        """List the addresses for one server; an empty name: for all of them.

        Raises:
            UnknownServerError: there is no such server.
            NoDecisionDataError: nothing has been loaded yet.
        """
        data = self._data.current()
        server = asking_server(data, server_name) if server_name else None
        found = await asyncio.to_thread(signalling_addresses, data, server)
        return ExportedAddresses(found, data.version)
