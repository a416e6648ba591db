from abc import ABC, abstractmethod
from dataclasses import replace
from datetime import timedelta

import pytest

from dialplane_service.application.ports import DecisionRowsFile
from tests.domain.world import article_world


class DecisionRowsFileSuite(ABC):
    """What every `DecisionRowsFile` does. `file` gives an empty one."""

    @pytest.fixture
    @abstractmethod
    def file(self) -> DecisionRowsFile: ...

    def test_nothing_was_saved(self, file: DecisionRowsFile) -> None:
        assert file.load() is None

    def test_what_was_saved_comes_back(self, file: DecisionRowsFile) -> None:
        rows = article_world().data().rows
        file.save(rows)
        assert file.load() == rows

    def test_later_rows_replace_earlier_ones_even_with_a_lower_version(
        self, file: DecisionRowsFile
    ) -> None:
        rows = article_world().data().rows
        file.save(rows)
        restored = replace(
            rows, version=rows.version - 1, loaded_at=rows.loaded_at + timedelta(seconds=1)
        )
        file.save(restored)
        assert file.load() == restored

    def test_rows_read_earlier_do_not_replace_later_ones(self, file: DecisionRowsFile) -> None:
        rows = article_world().data().rows
        file.save(rows)
        stale = replace(
            rows, version=rows.version + 1, loaded_at=rows.loaded_at - timedelta(microseconds=1)
        )
        file.save(stale)
        assert file.load() == rows
