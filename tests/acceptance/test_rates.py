"""Rate decks through the command, the service and MariaDB."""

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pymysql
import pytest

from dialplane_service.cli.main import main
from tests.support.database import connect_arguments
from tests.support.running_service import RunningService
from tests.support.schema import MigratedDatabase

VOXBEAM = ("--provider", "Voxbeam", "--tier", "CLI", "--currency", "USD")
IPPORT = ("--provider", "IPport", "--currency", "RUB")
RETAIL = ("--tariff", "retail", "--currency", "EUR")

Command = Callable[..., Any]
Query = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture
def rates(service: RunningService, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs `dialplane rates …`; gives its document, or its error."""

    def run(*words: str, code: int = 0, group: str = "rates", plain: bool = False) -> Any:
        capsys.readouterr()
        tail = () if plain else ("--json",)
        found = main((group, *words, "--admin-target", service.admin_target, *tail))
        captured = capsys.readouterr()
        assert found == code, captured.err
        assert "Traceback" not in captured.err
        if plain:
            return captured.out
        return json.loads(captured.out) if code == 0 else json.loads(captured.err)["error"]

    return run


@pytest.fixture
def query(demo_database: MigratedDatabase) -> Query:
    """Asks the database itself."""

    def ask(statement: str) -> list[tuple[Any, ...]]:
        arguments = connect_arguments(demo_database.admin_url)
        with (
            closing(
                pymysql.connect(**arguments, database=demo_database.name, autocommit=True)
            ) as connection,
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
            return list(cursor.fetchall())

    return ask


def write(folder: Path, text: str, name: str = "list.csv") -> str:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return str(file)


def in_force(rates: Command, owner: str) -> str:
    decks = rates("list", "--provider", owner)["decks"]
    (name,) = [deck["name"] for deck in decks if deck["in_force"] and deck["tier"] in ("CLI", None)]
    return str(name)


def test_a_list_is_loaded_compared_and_in_force(
    rates: Command, query: Query, tmp_path: Path
) -> None:
    file = write(
        tmp_path, "Code,Rate,Status\n44,0.0182,\n7495,0.0097,\n49,0.01,blocked\n999,1,new\n"
    )
    ((before,),) = query("SELECT version FROM data_version")
    done = rates("import", file, *VOXBEAM, "--interval", "6/6")
    assert done["deck"]["state"] == "ACTIVE"
    assert done["deck"]["in_force"]
    assert done["compared_with"] == 5
    counts = {name: done["changes"][name] for name in ("new", "gone", "dearer", "blocked")}
    assert counts == {"new": 1, "gone": 10, "dearer": 1, "blocked": 1}
    assert done["changes"]["largest"] == [
        {
            "prefix": "44",
            "destination": "",
            "old_price_per_minute": "0.0091",
            "new_price_per_minute": "0.0182",
            "old_cost": "0.0273",
            "new_cost": "0.0546",
        }
    ]
    assert query("SELECT version FROM data_version") == [(before + 1,)], "activation, nothing else"
    back = rates("rollback", str(done["deck"]["deck_id"]))
    assert back["in_force"]["name"] == "Voxbeam CLI v1"
    assert query("SELECT version FROM data_version") == [(before + 2,)]
    assert rates("rollback", str(done["deck"]["deck_id"])) == back, "again: nothing changes"


def test_going_back_has_an_end(rates: Command) -> None:
    error = rates("rollback", "Voxbeam NON_CLI v1", code=4)
    assert (error["reason"], error["metadata"]) == ("DECK_STATE", {"problem": "NO_EARLIER_DECK"})


def test_what_was_exported_is_imported_rate_for_rate(
    rates: Command, query: Query, tmp_path: Path
) -> None:
    file = write(
        tmp_path,
        "code;name;price;connect fee;interval;minimum;status;hours;timezone;steps\n"
        "7;Россия;0,1;0,5;60/1;30;;;;\n"
        "7;Россия;0,05;0;1/1;;;sat,sun;Europe/Moscow;\n"
        '44;"United ""Kingdom""";0,00000001;;;;;;;60:0,02/6;600:0,01/1\n'.replace(
            "60:0,02/6;600:0,01/1", '"60:0.02/6;600:0.01/1"'
        )
        + "53;Cuba;;;;;blocked;;;\n",
    )
    first = rates("import", file, *IPPORT)["deck"]
    out = tmp_path / "out.csv"
    rates("export", first["name"], str(out), plain=True)
    second = rates("import", str(out), *IPPORT)
    assert second["changes"]["unchanged"] == 4
    assert second["deck"]["sha256"] == first["sha256"]
    columns = "prefix, hours_id, destination, price_per_minute, connect_fee, first_increment_s,"
    columns += "next_increment_s, minimum_s, blocked, steps_id"
    rows = [
        query(f"SELECT {columns} FROM rates WHERE deck_id = {deck['deck_id']}")
        for deck in (first, second["deck"])
    ]
    assert rows[0] == rows[1]
    assert rates("export", str(second["deck"]["deck_id"]), plain=True) == out.read_text()
    assert rates("diff", first["name"], second["deck"]["name"])["unchanged"] == 4


def test_changes_only(rates: Command, tmp_path: Path) -> None:
    rows = "44,,removed\n44,0.05,new\n53,,removed\n351,0.02,new\n"
    file = write(tmp_path, f"code,price,status\n{rows}")
    done = rates("import", file, *RETAIL, "--merge")
    changes = {name: done["changes"][name] for name in ("new", "gone", "dearer", "unchanged")}
    assert changes == {"new": 1, "gone": 1, "dearer": 1, "unchanged": 11}
    assert done["deck"]["rate_count"] == 13
    prefixes = [row["prefix"] for row in rates("show", done["deck"]["name"], "447")["rates"]]
    assert prefixes == ["44", "447"]
    error = rates("import", file, "--provider", "Multitel", "--currency", "USD", "--merge", code=4)
    assert error["metadata"] == {"problem": "NOTHING_TO_MERGE_INTO"}


def test_a_second_merge_is_imported_again(rates: Command, tmp_path: Path) -> None:
    voicebuy = ("--provider", "Voicebuy", "--tier", "CLI", "--currency")
    first, second = (
        write(tmp_path, f"code,price\n{prefix},0.5\n", f"{prefix}.csv") for prefix in ("44", "49")
    )
    error = rates("import", first, *voicebuy, "RUB", "--merge", code=4)
    assert (error["reason"], error["metadata"]) == ("DECK_STATE", {"problem": "OTHER_CURRENCY"})
    assert "Voicebuy CLI v1 is in USD, the changes are in RUB" in error["message"]
    early, late = (
        rates("import", file, *voicebuy, "USD", "--merge", "--no-activate")["deck"]
        for file in (first, second)
    )
    assert early["base_deck_id"] == late["base_deck_id"] == 8
    rates("activate", early["name"])
    error = rates("activate", late["name"], code=4)
    assert (error["reason"], error["metadata"]) == ("DECK_STATE", {"problem": "OTHER_BASE"})
    assert "import the changes again" in error["message"]
    again = rates("import", second, *voicebuy, "USD", "--merge")["deck"]
    assert (again["in_force"], again["base_deck_id"]) == (True, early["deck_id"])


def test_a_list_in_another_currency_is_not_compared(rates: Command, tmp_path: Path) -> None:
    file = write(tmp_path, "code,price\n44,50\n")
    words = ("import", file, *VOXBEAM[:4], "--currency", "RUB", "--dry-run")
    done = rates(*words)
    assert (done["changes"]["not_compared"], done["changes"]["dearer"]) == (1, 0)
    text = rates(*words, plain=True)
    assert "The decks have different currencies: their prices are not compared." in text
    assert "Dearer" not in text


def test_a_tier_deck_that_hides_rates_says_so(rates: Command, tmp_path: Path) -> None:
    file = write(tmp_path, "code,price\n44,0.5\n")
    words = ("import", file, "--provider", "Westcall", "--tier", "CLI", "--currency", "RUB")
    text = rates(*words, "--dry-run", plain=True)
    assert "Warning: 12 rates of deck 1, which is for every tier, do not hold" in text
    done = rates(*words)
    assert (done["compared_with"], done["hidden_rates"]) == (1, 12)
    back = rates("rollback", done["deck"]["name"])
    assert back["in_force"]["name"] == "Westcall v1"


def test_a_dry_run_leaves_nothing(rates: Command, query: Query, tmp_path: Path) -> None:
    before = query("SELECT * FROM rate_decks ORDER BY id"), query("SELECT COUNT(*) FROM rates")
    done = rates("import", write(tmp_path, "code,price\n44,0.5\n"), *VOXBEAM, "--dry-run")
    assert (done["changes"]["dearer"], done["changes"]["gone"]) == (1, 12)
    assert before == (
        query("SELECT * FROM rate_decks ORDER BY id"),
        query("SELECT COUNT(*) FROM rates"),
    )


def test_next_years_deck_waits_for_its_instant(rates: Command, tmp_path: Path) -> None:
    file = write(tmp_path, "code,price\n44,0.5\n")
    before = in_force(rates, "Zadarma")
    zadarma = ("--provider", "Zadarma", "--currency", "RUB")
    later = rates("import", file, *zadarma, "--effective", "2099-01-01")["deck"]
    assert (later["state"], later["in_force"]) == ("ACTIVE", False)
    assert in_force(rates, "Zadarma") == before
    rates("rollback", later["name"])
    assert in_force(rates, "Zadarma") == before


def test_a_deck_that_is_not_activated_changes_nothing(
    rates: Command, query: Query, tmp_path: Path
) -> None:
    version = query("SELECT version FROM data_version")
    file = write(tmp_path, "code,price\n44,0.5\n")
    ready = rates("import", file, "--provider", "Westcall", "--currency", "RUB", "--no-activate")
    assert ready["deck"]["state"] == "READY"
    assert query("SELECT version FROM data_version") == version
    assert rates("activate", ready["deck"]["name"])["in_force"]
    rates("rollback", ready["deck"]["name"])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("code,price\n44,0.1\n44x,0.1\n", "BAD_ROWS"),
        ("code,price\n44,0.1\n44,0.2\n", "BAD_ROWS"),
        ("code,price\n44,NaN\n45,0.1\n", "BAD_ROWS"),
        ("what,ever\n44,0.1\n", "BAD_FILE"),
        ("code,price\n", "BAD_FILE"),
    ],
)
def test_a_bad_list_loads_nothing(
    rates: Command, query: Query, tmp_path: Path, text: str, reason: str
) -> None:
    before = query("SELECT * FROM rate_decks ORDER BY id"), query("SELECT COUNT(*) FROM rates")
    error = rates("import", write(tmp_path, text), *VOXBEAM, code=4)
    assert error["reason"] == reason
    assert before == (
        query("SELECT * FROM rate_decks ORDER BY id"),
        query("SELECT COUNT(*) FROM rates"),
    )


def test_free_calls_are_asked_for_and_said(rates: Command, tmp_path: Path) -> None:
    file = write(tmp_path, "code,price\n44,0\n49,0.1\n")
    assert rates("import", file, *VOXBEAM, "--dry-run", code=4)["reason"] == "BAD_ROWS"
    words = ("import", file, *VOXBEAM, "--dry-run", "--allow-free")
    assert rates(*words)["free"] == 1
    assert "\n1 of the rates are free: calls there cost nothing.\n" in rates(*words, plain=True)


def test_a_price_that_ends_needs_a_deck_that_does(rates: Command, tmp_path: Path) -> None:
    file = write(tmp_path, "code,price,valid to\n44,0.1,2099-12-31\n49,0.1,2098-12-31\n")
    future = ("import", file, *VOXBEAM, "--dry-run")
    assert rates(*future, code=4)["reason"] == "BAD_ROWS"
    done = rates(*future, "--until", "2098-12-31")
    assert (done["rates"], done["deck"]["valid_to"][:10]) == (2, "2098-12-31")


def test_bad_rows_may_be_skipped(rates: Command, tmp_path: Path) -> None:
    file = write(tmp_path, "code,price\n44,0.1\n44x,0.1\n49,-1\n")
    done = rates("import", file, *VOXBEAM, "--skip-bad", "--dry-run")
    assert done["rates"] == 1
    assert [item["row"] for item in done["skipped"]] == ["line 3, code", "line 4, price"]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("--provider", "Nobody", "--currency", "USD"), "UNKNOWN_PROVIDER"),
        (("--tariff", "Nöbody", "--currency", "USD"), "UNKNOWN_TARIFF"),
        (("--provider", "Voxbeam", "--currency", "XXX"), "UNKNOWN_CURRENCY"),
    ],
)
def test_names_that_nobody_knows(
    rates: Command, tmp_path: Path, words: tuple[str, ...], reason: str
) -> None:
    file = write(tmp_path, "code,price\n44,0.1\n")
    assert rates("import", file, *words, code=5)["reason"] == reason
    assert rates("show", "4711", code=5)["reason"] == "UNKNOWN_DECK"


def test_a_deck_of_many_messages(rates: Command, query: Query, tmp_path: Path) -> None:
    lines = [
        f"{prefix},{'Ö' * (prefix % 90)},0.{prefix % 997 + 1:04d}"
        for prefix in range(100_000, 120_000)
    ]
    file = write(tmp_path, "code,name,price\n" + "\n".join(reversed(lines)))
    deck = rates("import", file, *VOXBEAM, "--effective", "2099-01-01", "--allow-free")["deck"]
    assert query(
        "SELECT COUNT(*), COUNT(DISTINCT id), MIN(prefix), SUM(price_per_minute * 10000)"
        f" FROM rates WHERE deck_id = {deck['deck_id']}"
    ) == [(20_000, 20_000, "100000", sum(prefix % 997 + 1 for prefix in range(100_000, 120_000)))]
    exported = rates("export", deck["name"], plain=True).splitlines()
    assert len(exported) == 20_001


def test_exchange_rates(rates: Command, tmp_path: Path) -> None:
    rates("set", "USD", "0.91", "--effective", "2026-02-01", group="fx")
    file = write(tmp_path, "currency,rate,effective\nGBP,1.15,2026-02-01\nusd,0.92,2026-03-01\n")
    assert len(rates("import", file, group="fx")["rates"]) == 2
    listed = rates("list", "--all", group="fx")["rates"]
    found = [
        (rate["valid_from"][:10], rate["rate"]) for rate in listed if rate["currency_code"] == "USD"
    ]
    assert found == [("2026-03-01", "0.92"), ("2026-02-01", "0.91"), ("2026-01-01", "0.862")]
    assert rates("set", "XXX", "1", group="fx", code=5)["metadata"] == {"currency": "XXX"}
    assert rates("set", "USD", "0", group="fx", code=4)["reason"] == "INVALID_REQUEST"
    assert rates("set", "EUR", "1", group="fx", code=4)["reason"] == "INVALID_REQUEST"


@pytest.mark.parametrize(
    ("text", "reason", "says"),
    [
        ("currency,rate\nUSD,NaN\n", "BAD_ROWS", "line 2"),
        ("currency,rate\nUSD,1,15\n", "BAD_ROWS", "more cells"),
        ("currency,rate\nUSD,0.9\n\nusd,0.91\n", "BAD_ROWS", "line 4"),
        (
            "currency,rate,effective\nUSD,1,2026-02-01\nUSD,2,2026-02-01T00:00:00Z\n",
            "BAD_ROWS",
            "USD has a rate of this instant",
        ),
        ("currency,rate\nEUR,1\n", "INVALID_REQUEST", "base currency"),
        ("currency,rate\n", "BAD_FILE", "holds no exchange rates"),
        ("", "BAD_FILE", "no column currency and rate"),
        ('currency,rate\nUSD,"0.9\nGBP,1.1\n', "BAD_FILE", "cannot be read"),
    ],
)
def test_bad_exchange_rates(
    rates: Command, query: Query, tmp_path: Path, text: str, reason: str, says: str
) -> None:
    before = query("SELECT * FROM exchange_rates ORDER BY currency_id, valid_from")
    error = rates("import", write(tmp_path, text), group="fx", code=4)
    assert error["reason"] == reason
    assert says in json.dumps(error)
    assert query("SELECT * FROM exchange_rates ORDER BY currency_id, valid_from") == before
