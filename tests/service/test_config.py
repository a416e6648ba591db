"""The configuration: where it comes from, what it refuses, and what it never shows."""

from pathlib import Path

import pytest

from dialplane_service.config import PREFIX, Config, ConfigError, load
from dialplane_service.rpc.listen_address import ListenAddress

URL = "mysql://dialplane:s3cret@db.example/dialplane"


def loaded(file: Path | None = None, **settings: str) -> Config:
    variables = {"DATABASE_URL": URL} | settings
    return load(file, {PREFIX + name: text for name, text in variables.items()})


def refusal(file: Path | None = None, **settings: str) -> str:
    with pytest.raises(ConfigError) as caught:
        loaded(file, **settings)
    assert "s3cret" not in str(caught.value)
    for jargon in ("pydantic", "validation", "Input should", "type=", "ListenAddress"):
        assert jargon not in str(caught.value)
    return str(caught.value)


def test_defaults() -> None:
    config = loaded()
    assert config.listen == ListenAddress("127.0.0.1", 50051)
    assert config.admin_listen == ListenAddress("127.0.0.1", 50052)
    assert (config.workers, config.ringing_budget_s, config.ring_timeout_s) == (1, 120, 60)


def test_rates_lie_beside_the_decision_data() -> None:
    config = loaded(DATA_FILE="/x/y", BASE_CURRENCY="USD")
    assert (config.rate_table_folder, config.base_currency) == (Path("/x/y.rates"), "USD")
    assert loaded().base_currency == "EUR"
    other = loaded(DATABASE_URL=URL + "2").rate_table_folder
    assert loaded().rate_table_folder not in (other, loaded().decision_data_file)


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "dialplane.toml"
    file.write_text('workers = 3\nlog_level = "debug"\nlisten = "unix:/run/x"\n')
    config = load(file, {"DIALPLANE_DATABASE_URL": URL, "DIALPLANE_LISTEN": "[::1]:1"})
    assert config.log_level == "debug"
    assert str(config.listen) == "[::1]:1"
    named = load(
        None,
        {
            "DIALPLANE_CONFIG": str(file),
            "DIALPLANE_DATABASE_URL": URL,
            "DIALPLANE_LISTEN": "[::1]:1",
        },
    )
    assert named == config


def test_it_is_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        loaded().workers = 2  # type: ignore[misc]


def test_secrets_are_never_shown() -> None:
    assert "s3cret" not in repr(loaded()) + str(loaded())
    assert "s3cret" not in refusal(WORKERS="x")


def test_a_worker_gets_the_same() -> None:
    config = loaded(WORKERS="2", DATA_FILE="/x/y", DRAIN_SECONDS="2.5")
    assert load(None, config.environment()) == config


def test_an_empty_variable_is_not_set() -> None:
    assert loaded(WORKERS="").workers == 1


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("LISTEN", "50051", "'50051' is no address and port"),
        ("LISTEN", "127.0.0.1:70000", "has a port above 65535"),
        ("LISTEN", "0.0.0.0:50051", "is not on the loopback interface"),
        ("LISTEN", "[::]:50051", "is not on the loopback interface"),
        ("ADMIN_LISTEN", "example.org:1", "has a host that is no IP address"),
        ("LISTEN", "unix:relative", "without an absolute path"),
        ("LISTEN", "unix:/" + "x" * 107, "more than 107 bytes"),
        ("WORKERS", "many", "'many' is not a whole number"),
        ("WORKERS", "0", "'0' is less than 1"),
        ("RING_TIMEOUT_S", "121", "'121' is more than 120"),
        ("POLL_INTERVAL_S", "nan", "'nan' is "),
        ("QUALITY_INTERVAL_S", "-1", "'-1' is less than 0"),
        ("QUALITY_WINDOW_H", "0", "'0' is less than 1"),
        ("BASE_CURRENCY", "eur", "'eur' is not three capital letters (ISO 4217)"),
        ("BASE_CURRENCY", "EURO", "'EURO' is not three capital letters (ISO 4217)"),
        ("LOG_LEVEL", "loud", "'loud' is not one of 'debug', 'info', 'warning', 'error'"),
    ],
)
def test_a_refusal_names_the_setting_the_fault_and_an_example(
    name: str, text: str, problem: str
) -> None:
    message = refusal(**{name: text})
    assert message.startswith(f"DIALPLANE_{name}: ")
    assert problem in message
    assert f"for example DIALPLANE_{name}=" in message
    assert "\n" not in message


@pytest.mark.parametrize(
    "url",
    ["postgres://u:s3cret@h/d", "mysql://u:s3cret@h", "mysql://h/d", "mysql://u:s3cret@h:x/d"],
)
def test_a_bad_database_url_is_told_without_the_secret(url: str) -> None:
    message = refusal(DATABASE_URL=url)
    assert message.startswith("DIALPLANE_DATABASE_URL: the value ")
    assert "mysql://" in message


def test_without_a_database_url() -> None:
    with pytest.raises(
        ConfigError,
        match=r"^DIALPLANE_DATABASE_URL is not set; for example DIALPLANE_DATABASE_URL=mysql:",
    ):
        load(None, {})


def test_every_fault_is_told_at_once() -> None:
    assert len(refusal(LISTEN="x", WORKERS="x", LOG_FORMAT="x").splitlines()) == 3


def test_settings_that_do_not_fit_together() -> None:
    assert "are both 127.0.0.1:50051" in refusal(ADMIN_LISTEN="127.0.0.1:50051")
    assert "cannot share a unix socket" in refusal(LISTEN="unix:/run/x", WORKERS="2")


def test_faults_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "dialplane.toml"
    assert "No such file" in refusal(file)
    file.write_text("workers = ")
    assert "is not a TOML file" in refusal(file)
    file.write_text('listn = "x"\nworkers = "many"\n')
    assert refusal(file).splitlines() == [
        f"workers in {file}: 'many' is not a whole number; for example DIALPLANE_WORKERS=2",
        f"listn in {file}: there is no such setting; did you mean listen?",
    ]


def test_two_databases_never_share_the_last_good_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STATE_DIRECTORY", "/var/lib/dialplane")
    one, other = loaded(), loaded(DATABASE_URL=URL + "2")
    assert one.decision_data_file.parent == Path("/var/lib/dialplane")
    assert one.decision_data_file != other.decision_data_file
    same_place = loaded(DATABASE_URL=URL.replace("s3cret", "another"))
    assert same_place.decision_data_file == one.decision_data_file
