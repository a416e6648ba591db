"""The configuration: read once, from environment (``DIALPLANE_…``) and a TOML file, then frozen.

The environment wins over the file. The file's keys are the settings' names in small letters.
"""

import hashlib
import os
import re
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_core import ErrorDetails

from dialplane_service.domain.rates.exchange import DEFAULT_BASE_CURRENCY
from dialplane_service.mariadb.url import DatabaseUrlError, parse_database_url
from dialplane_service.rpc.listen_address import ListenAddress, parse

PREFIX: Final = "DIALPLANE_"
CONFIG_FILE: Final = f"{PREFIX}CONFIG"


class ConfigError(Exception):
    """The configuration cannot be used; the message names setting, fault and an example."""


class Config(BaseModel):
    """The settings. Each one's description and example are what its error message shows."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    listen: ListenAddress = Field(
        default=ListenAddress("127.0.0.1", 50051), examples=["127.0.0.1:50051"]
    )
    """Where Asterisk hosts ask: ``routing.v1``."""
    admin_listen: ListenAddress = Field(
        default=ListenAddress("127.0.0.1", 50052), examples=["127.0.0.1:50052"]
    )
    """Where people and tools ask: ``admin.v1``."""
    workers: int = Field(default=1, ge=1, le=64, examples=["2"])
    """How many processes share the two ports."""
    database_url: SecretStr = Field(examples=["mysql://dialplane_service@127.0.0.1:3306/dialplane"])
    """The database, as its least privileged user. A secret: it may hold a password."""
    database_connections: int = Field(default=8, ge=1, le=200, examples=["8"])
    """The most connections to MariaDB, per worker."""
    data_file: Path | None = Field(default=None, examples=["/var/lib/dialplane/decision-data"])
    """Where the last good decision data is kept; unset: see ``decision_data_file``."""
    base_currency: str = Field(default=DEFAULT_BASE_CURRENCY, examples=["EUR"])
    """What prices are compared in (ISO 4217); exchange rates and a plan's highest price are in it."""
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", examples=["info"]
    )
    """The least serious events that are logged. At ``debug`` numbers appear unredacted."""
    log_format: Literal["console", "json"] = Field(default="console", examples=["json"])
    """Log lines for people or for programs."""
    ringing_budget_s: int = Field(default=120, ge=1, le=600, examples=["120"])
    """How long all attempts of a call may ring together, in seconds."""
    ring_timeout_s: int = Field(default=60, ge=1, le=120, examples=["60"])
    """How long one attempt may ring where nothing else is configured, in seconds."""
    drain_seconds: float = Field(default=10, ge=0, le=300, examples=["10"])
    """How long requests in progress may take to finish after SIGTERM, in seconds."""
    poll_interval_s: float = Field(default=0.5, ge=0.05, le=1, examples=["0.5"])
    """How often the database is asked for a new data version, in seconds."""
    quality_interval_s: int = Field(default=300, ge=0, le=86_400, examples=["300"])
    """How often providers' quality is measured, in seconds; 0: never."""
    quality_window_h: int = Field(default=24, ge=1, le=744, examples=["24"])
    """The calls of how many last hours it is measured by."""
    concurrent_requests: int = Field(default=1000, ge=1, le=100_000, examples=["1000"])
    """The most requests in progress per worker and listener; more get RESOURCE_EXHAUSTED."""

    @field_validator("listen", "admin_listen", mode="before")
    @classmethod
    def _address(cls, value: object) -> object:
        return parse(value) if isinstance(value, str) else value

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: SecretStr) -> SecretStr:
        try:
            parse_database_url(value.get_secret_value(), "the value")
        except DatabaseUrlError as error:
            raise ValueError(str(error)) from error
        return value

    @field_validator("base_currency")
    @classmethod
    def _currency(cls, value: str) -> str:
        if re.fullmatch("[A-Z]{3}", value) is None:
            raise ValueError("is not three capital letters (ISO 4217)")
        return value

    @property
    def decision_data_file(self) -> Path:
        """Where the last good decision data is kept.

        By default in systemd's state folder or the user's, under a name made from the database's
        address: a service that is pointed at another database never decides on this one's data.
        """
        if self.data_file is not None:
            return self.data_file
        url = parse_database_url(self.database_url.get_secret_value())
        place = f"{url.unix_socket or url.host}:{url.port}/{url.database}"
        digest = hashlib.sha256(place.encode()).hexdigest()[:12]
        return _state_folder() / f"decision-data-{digest}"

    @property
    def rate_table_folder(self) -> Path:
        """Where the compiled rates are kept: beside the decision data, so of the same database."""
        file = self.decision_data_file
        return file.with_name(f"{file.name}.rates")

    def environment(self) -> dict[str, str]:
        """Return the same as environment variables, for a worker process. They hold secrets."""
        variables = {}
        for name in type(self).model_fields:
            value = getattr(self, name)
            if value is not None:
                text = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
                variables[_variable(name)] = text
        return variables


def load(config_file: Path | None = None, environment: Mapping[str, str] | None = None) -> Config:
    """Read the configuration.

    Raises:
        ConfigError: a setting is missing or cannot be used, or the file cannot be read.

    """
    variables = os.environ if environment is None else environment
    if config_file is None and variables.get(CONFIG_FILE):
        config_file = Path(variables[CONFIG_FILE])
    settings: dict[str, Any] = {} if config_file is None else _from_file(config_file)
    origins = {name: f"{name} in {config_file}" for name in settings}
    for name in Config.model_fields:
        # An empty variable is how a unit file or a compose file says "not set".
        if variables.get(_variable(name)):
            settings[name] = variables[_variable(name)]
            origins[name] = _variable(name)
    try:
        config = Config.model_validate(settings)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=True)
        raise ConfigError("\n".join(_sentence(fault, origins) for fault in faults)) from None
    _require_consistent(config)
    return config


def _require_consistent(config: Config) -> None:
    listen, admin = _variable("listen"), _variable("admin_listen")
    if config.listen == config.admin_listen and (config.listen.is_unix or config.listen.port):
        raise ConfigError(
            f"{listen} and {admin} are both {config.listen}; for example {admin}=127.0.0.1:50052"
        )
    if config.workers > 1 and (config.listen.is_unix or config.admin_listen.is_unix):
        raise ConfigError(
            f"{_variable('workers')}: {config.workers} workers cannot share a unix socket;"
            f" for example {listen}=127.0.0.1:50051 and {admin}=127.0.0.1:50052"
        )


def _from_file(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{file}: {error.strerror}; {CONFIG_FILE} or --config names it") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file} is not a TOML file: {error}") from None


def _sentence(fault: ErrorDetails, origins: Mapping[str, str]) -> str:
    name = str(fault["loc"][0])
    origin = origins.get(name, _variable(name))
    field = Config.model_fields.get(name)
    if field is None:
        near = get_close_matches(name, Config.model_fields, n=1)
        return f"{origin}: there is no such setting" + (
            f"; did you mean {near[0]}?" if near else ""
        )
    example = f"for example {_variable(name)}={(field.examples or [''])[0]}"
    if fault["type"] == "missing":
        return f"{origin} is not set; {example}"
    if field.annotation is SecretStr:
        return f"{origin}: {_problem(fault)}"
    shown = repr(fault["input"])
    return f"{origin}: {shown} {_problem(fault)}; {example}"


def _problem(fault: ErrorDetails) -> str:
    context = fault.get("ctx", {})
    match fault["type"]:
        case "greater_than_equal":
            return f"is less than {context['ge']}"
        case "less_than_equal":
            return f"is more than {context['le']}"
        case "literal_error":
            return f"is not one of {context['expected']}".replace(" or ", ", ")
        case "value_error":
            return str(context["error"])
        case kind if kind.startswith("int_"):
            return "is not a whole number"
        case kind if kind.startswith("float_"):
            return "is not a number"
        case _:
            return "is not a value of the right kind"


def _variable(name: str) -> str:
    return PREFIX + name.upper()


def _state_folder() -> Path:
    systemd = os.environ.get("STATE_DIRECTORY")  # several are separated by colons
    if systemd:
        return Path(systemd.split(":")[0])
    xdg = os.environ.get("XDG_STATE_HOME")
    return (Path(xdg) if xdg else Path.home() / ".local" / "state") / "dialplane"
