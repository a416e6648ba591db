"""`dialplane ratetable status`: what it shows of a service without decks, and of any answer."""

import json

import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from dialplane.admin.v1.rates_service_pb2 import GetRateTableResponse
from dialplane_service.cli.ratetable_answer import document, duration, show, size
from dialplane_service.cli.screen import Screen
from tests.cli.conftest import Run
from tests.service.process import ServiceProcess

NOW = 1_772_366_400
TABLE = GetRateTableResponse(
    version=41,
    compiled_at=Timestamp(seconds=NOW - 11_530, nanos=250_000_000),
    answered_at=Timestamp(seconds=NOW),
    data_version=44,
    up_to_date=True,
    decks=10,
    rates=5_000_000,
    prefixes=250_000,
    file="/var/lib/dialplane/decision-data.rates/rates.table",
    file_bytes=391_000_064,
    segment_bytes=360 * 1024**2,
)


def shown(capsys: pytest.CaptureFixture[str], table: GetRateTableResponse) -> str:
    show(Screen(colour=False), table, as_json=False)
    return capsys.readouterr().out


def test_a_table_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(capsys, TABLE) == (
        "Version    41, compiled 3 h 12 min ago, 2026-03-01T08:47:50.250Z\n"
        "Data       version 44, up to date\n"
        "Decks      10\n"
        "Rates      5,000,000 under 250,000 prefixes\n"
        "Size       372.9 MiB, 78.2 bytes a rate; 360.0 MiB beside it for the next compile\n"
        "File       /var/lib/dialplane/decision-data.rates/rates.table\n"
        "Compiling  no\n"
    )


def test_a_table_that_is_behind(capsys: pytest.CaptureFixture[str]) -> None:
    behind = GetRateTableResponse()
    behind.CopyFrom(TABLE)
    behind.up_to_date = False
    behind.compiling_since.seconds = NOW - 61
    behind.failure = "DatabaseUnavailableError: away"
    behind.failed_at.seconds = NOW - 90_061
    behind.refused = "it is cut short"
    lines = shown(capsys, behind).splitlines()
    assert "Data       version 44, NOT up to date" in lines
    assert "Compiling  for 1 min 1 s" in lines
    assert lines[-2:] == [
        "The last compile failed 1 d 1 h ago: DatabaseUnavailableError: away",
        "The file cannot be used: it is cut short",
    ]
    found = document(behind)
    assert (found["failure"], found["refused"]) == (behind.failure, behind.refused)
    assert found["compiling_since"] == "2026-03-01T11:58:59Z"


def test_a_table_for_programs() -> None:
    found = json.loads(json.dumps(document(TABLE)))
    assert found["age_s"] == 11_530
    assert found["bytes_per_rate"] == 78.2
    assert found["failure"] is None
    assert set(found) == {field.name for field in TABLE.DESCRIPTOR.fields} - {"answered_at"} | {
        "age_s",
        "bytes_per_rate",
    }


def test_without_a_deck_there_is_no_table_and_none_is_missed(
    run: Run, service: ServiceProcess
) -> None:
    words = ("ratetable", "status", "--admin-target", service.admin)
    plain = run(*words)
    assert (plain.code, plain.err) == (0, "")
    assert plain.out.startswith("Version    none: nothing has a price\n")
    found = run(*words, "--json").document
    assert (found["version"], found["age_s"], found["bytes_per_rate"]) == (0, None, None)
    assert found["up_to_date"]
    assert found["data_version"] == 7


def test_without_data_it_is_not_up_to_date(run: Run, service_without_data: ServiceProcess) -> None:
    result = run("ratetable", "status", "--json", "--admin-target", service_without_data.admin)
    assert result.code == 1
    assert result.document["data_version"] == 0


def test_its_help_teaches(run: Run) -> None:
    text = run("ratetable", "status", "--help").out
    for name in (*document(TABLE), "Exit codes", "until dialplane ratetable status"):
        assert name in text, name


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (59, "59 s"), (60, "1 min"), (3605, "1 h 5 s"), (90_000, "1 d 1 h")],
)
def test_durations(seconds: int, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 bytes"), (1024, "1.0 KiB"), (1_572_864, "1.5 MiB")]
)
def test_sizes(count: int, text: str) -> None:
    assert size(count) == text
