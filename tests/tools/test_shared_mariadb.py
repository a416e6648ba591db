"""Several runs of one clone share one server: the first starts it, the last stops it."""

from contextlib import ExitStack
from pathlib import Path

import pytest
from tools.private_mariadb import PrivateMariaDB
from tools.shared_mariadb import shared


class FakeServer(PrivateMariaDB):
    """Counts instead of running anything."""

    def __init__(self, home: Path, events: list[str]) -> None:
        super().__init__(home)
        self._events = events

    def start(self) -> None:
        self._events.append("start")

    def stop(self, *, at_once: bool = False) -> None:
        self._events.append("kill" if at_once else "stop")


@pytest.fixture
def events() -> list[str]:
    return []


def test_only_the_last_user_stops_the_server(tmp_path: Path, events: list[str]) -> None:
    with ExitStack() as first, ExitStack() as second:
        first.enter_context(shared(FakeServer(tmp_path, events)))
        second.enter_context(shared(FakeServer(tmp_path, events)))
        first.close()
        assert events == ["start", "start"]
        second.close()
        assert events == ["start", "start", "stop"]


def test_a_user_that_fails_leaves_the_server_to_the_others(
    tmp_path: Path, events: list[str]
) -> None:
    with shared(FakeServer(tmp_path, events)):
        with pytest.raises(ZeroDivisionError), shared(FakeServer(tmp_path, events)):
            raise ZeroDivisionError
        assert "stop" not in events
    assert events[-1] == "stop"


def test_a_server_that_does_not_start_is_nobodys(tmp_path: Path, events: list[str]) -> None:
    class Unwilling(FakeServer):
        def start(self) -> None:
            raise RuntimeError

    with pytest.raises(RuntimeError), shared(Unwilling(tmp_path, events)):
        pass
    with shared(FakeServer(tmp_path, events)):
        pass
    assert events == ["stop", "start", "stop"]
