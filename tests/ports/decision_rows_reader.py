from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable

import pytest

from dialplane_service.application.ports import DecisionRowsReader

Change = Callable[[], Awaitable[None]]


class DecisionRowsReaderSuite(ABC):
    """What every `DecisionRowsReader` does. `change` commits a change of some row."""

    @pytest.fixture
    @abstractmethod
    def reader(self) -> DecisionRowsReader: ...

    @pytest.fixture
    @abstractmethod
    def change(self) -> Change: ...

    async def test_the_rows_are_those_of_the_version(self, reader: DecisionRowsReader) -> None:
        rows = await reader.read()
        assert rows.version == await reader.version()
        assert rows.servers
        assert rows.loaded_at.tzinfo is not None

    async def test_a_change_moves_the_version(
        self, reader: DecisionRowsReader, change: Change
    ) -> None:
        before = await reader.version()
        assert await reader.version() == before
        await change()
        after = await reader.version()
        assert after != before
        assert (await reader.read()).version == after
