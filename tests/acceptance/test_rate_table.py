"""The rates that decisions are made on: they follow activations, outlive MariaDB, and are never half a file."""

import json
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from google.protobuf.timestamp_pb2 import Timestamp
from tools.temporary_mariadb import temporary_mariadb

from dialplane_service.cli.main import main
from dialplane_service.ratetable.table import MappedRateTable
from tests.support.decisions import health
from tests.support.own_mariadb import OwnMariaDB, own_mariadb
from tests.support.rate_decks import price_list, priced, rate_table, rates, table_file
from tests.support.running_service import RunningService, running_service, until

DECK_SECONDS = 30.0
"""An activated deck decides within two seconds; a machine that is busy with other tests takes longer."""
VOXBEAM = ("--provider", "Voxbeam", "--tier", "CLI", "--currency", "USD")
LATER = Timestamp(seconds=4_070_908_800)  # 2099-01-01


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def mariadb() -> AsyncIterator[OwnMariaDB]:
    with temporary_mariadb() as server:
        async with own_mariadb(server) as own:
            yield own


@pytest.fixture(scope="module")
def service(mariadb: OwnMariaDB) -> Iterator[RunningService]:
    """With its default settings."""
    with running_service(mariadb.database.service_url) as running:
        yield running


def await_deck(service: RunningService, name: str) -> None:
    until(lambda: priced(service).deck == name, DECK_SECONDS)


def findings(service: RunningService, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The codes that doctor finds of the rate table."""
    capsys.readouterr()
    main(["doctor", "--json", "--admin-target", service.admin_target, "--target", service.target])
    found = json.loads(capsys.readouterr().out)["findings"]
    return [each["code"] for each in found if each["code"].startswith("rate_table")]


def test_decisions_have_prices(service: RunningService) -> None:
    await_deck(service, "Voxbeam CLI v1")
    until(lambda: rate_table(service).up_to_date, DECK_SECONDS)
    table = rate_table(service)
    assert table.up_to_date
    assert (table.decks, table.rates) == (10, 111)
    assert table.version == table.data_version == priced(service).table_version


def test_an_activated_deck_decides_within_seconds_and_so_does_the_one_before_it(
    service: RunningService, tmp_path: Path
) -> None:
    pid, file = service.process.pid, price_list(tmp_path / "a.csv", "0.0777", ["442071", "7"])
    deck = rates(service, "import", file, *VOXBEAM)["deck"]
    await_deck(service, deck["name"])
    found = priced(service)
    assert (found.price, found.row) == ("0.0777", f"rates#{deck['deck_id'] << 24 | 1}")
    until(lambda: rate_table(service).up_to_date, DECK_SECONDS)
    assert rate_table(service).rates == 113
    rates(service, "rollback", deck["name"])
    await_deck(service, "Voxbeam CLI v1")
    assert service.process.pid == pid


def test_a_deck_that_is_not_activated_changes_nothing(
    service: RunningService, tmp_path: Path
) -> None:
    file, before = price_list(tmp_path / "a.csv", "0.0777", ["44"]), rate_table(service)
    rates(service, "import", file, *VOXBEAM, "--no-activate")
    time.sleep(1.5)
    assert rate_table(service).version == before.version
    assert priced(service).deck == "Voxbeam CLI v1"


def test_next_years_deck_is_there_and_waits_for_its_instant(
    service: RunningService, tmp_path: Path
) -> None:
    file = price_list(tmp_path / "a.csv", "0.0888", ["44"])
    deck = rates(service, "import", file, *VOXBEAM, "--effective", "2098-12-31")["deck"]
    until(lambda: priced(service, at=LATER).deck == deck["name"], DECK_SECONDS)
    assert priced(service).deck == "Voxbeam CLI v1"
    rates(service, "rollback", deck["name"])
    until(lambda: priced(service, at=LATER).deck == "Voxbeam CLI v1", DECK_SECONDS)


def test_the_command_says_how_the_table_is(
    service: RunningService, capsys: pytest.CaptureFixture[str]
) -> None:
    until(lambda: rate_table(service).up_to_date, DECK_SECONDS)
    capsys.readouterr()
    assert main(["ratetable", "status", "--json", "--admin-target", service.admin_target]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["decks"], found["rates"], found["failure"]) == (10, 111, None)
    assert found["file"] == str(table_file(service))
    assert found["file_bytes"] == table_file(service).stat().st_size
    assert 0 <= found["age_s"] < 600


def test_what_does_not_concern_rates_compiles_nothing(
    service: RunningService, mariadb: OwnMariaDB
) -> None:
    before = rate_table(service)
    mariadb.execute("UPDATE currency SET name_en = 'pound' WHERE iso = 'GBP'")
    until(lambda: rate_table(service).data_version > before.data_version, DECK_SECONDS)
    until(lambda: rate_table(service).up_to_date, DECK_SECONDS)
    assert rate_table(service).version == before.version


def test_a_restart_with_mariadb_away_decides_at_once(
    service: RunningService, mariadb: OwnMariaDB, capsys: pytest.CaptureFixture[str]
) -> None:
    before = priced(service)
    with mariadb.away():
        service.kill()
        service.start()
        assert priced(service) == before, "the first question"
        until(lambda: health(service.target) == "SERVING")
        assert rate_table(service).up_to_date
        assert findings(service, capsys) == []


def test_a_table_that_was_copied_back_is_read_whole_and_used(
    service: RunningService, mariadb: OwnMariaDB
) -> None:
    before, content = priced(service), table_file(service).read_bytes()
    with mariadb.away():
        service.kill()
        table_file(service).unlink()
        table_file(service).write_bytes(content)
        service.start()
        assert priced(service) == before


@pytest.mark.parametrize("damage", ["cut", "flip"])
def test_a_damaged_file_is_refused_and_made_again(
    service: RunningService, damage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    # Made again, it is of the data version of now: the same prices, a later version.
    before, file = replace(priced(service), table_version=0), table_file(service)
    damaged(file, damage)
    broken = file.read_bytes()
    deadline = time.monotonic() + DECK_SECONDS
    # Until it is noticed the table before it counts as up to date.
    while file.read_bytes() == broken or rate_table(service).refused:
        assert replace(priced(service), table_version=0) == before
        assert time.monotonic() < deadline
    assert replace(priced(service), table_version=0) == before
    until(lambda: rate_table(service).up_to_date, DECK_SECONDS)
    assert findings(service, capsys) == []


def test_a_start_on_a_damaged_file_without_mariadb_has_no_prices_until_it_is_back(
    service: RunningService, mariadb: OwnMariaDB, capsys: pytest.CaptureFixture[str]
) -> None:
    with mariadb.away():
        service.kill()
        damaged(table_file(service), "flip")
        service.start()
        assert priced(service).deck == ""
        until(lambda: "rate_table_refused" in findings(service, capsys), DECK_SECONDS)
        assert set(findings(service, capsys)) == {"rate_table_refused", "rate_table_not_compiled"}
        assert not rate_table(service).up_to_date
    await_deck(service, "Voxbeam CLI v1")
    until(lambda: findings(service, capsys) == [], DECK_SECONDS)


def damaged(file: Path, how: str) -> None:
    """Put a damaged copy in the file's place, as a broken restore would."""
    content = bytearray(file.read_bytes())
    rates = MappedRateTable(file).file.header.sections[
        "rates"
    ]  # what is between sections, nobody reads
    content[rates.offset + rates.length // 2] ^= 1
    whole = bytes(content) if how == "flip" else bytes(content[:-4096])
    (file.parent / "restored").write_bytes(whole)
    (file.parent / "restored").replace(file)
