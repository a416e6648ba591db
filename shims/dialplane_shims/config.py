"""The shims' settings, read once from the environment and a TOML file.

The environment wins over the file. A setting that is wrong never stops a step: it takes its safest
value (no replica, no fallback) and its error is told.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from dialplane_shims.policy import ENTRY_POINTS, Policy, parse_policy
from dialplane_shims.targets import grpc_target
from dialplane_shims.text import is_id

CONFIG_FILE = "/etc/dialplane/shims.toml"
SPOOL_FOLDER = "/var/spool/dialplane"
SPOOL_LIMIT = 50_000
# The agent's own settings, in the table [agent]: see fastagi/settings.py.
AGENT_KEYS = (
    "listen",
    "sessions",
    "clock",
    "state",
    "log_level",
    "spool_alarm_events",
    "spool_alarm_age",
)

T = TypeVar("T")


class ConfigError(Exception):
    """A setting that is wrong: `setting` names it as the reader wrote it."""

    def __init__(self, setting: str, why: str) -> None:
        super().__init__(f"setting {setting}: {why}")
        self.setting = setting


@dataclass(frozen=True)
class Settings:
    """What a shim needs to know about its host."""

    # gRPC names of the replicas, in the order in which they are tried
    targets: tuple[str, ...] = ("ipv4:127.0.0.1:50051",)
    # this host's name in the service; empty: Asterisk's systemname
    server: str = ""
    spool: str = SPOOL_FOLDER
    # how many events the spool keeps at most
    spool_limit: int = SPOOL_LIMIT
    # seconds that a whole step may take, its process's start included
    decision_deadline: float = 2.0
    event_deadline: float = 1.0
    # what each entry point answers when no replica does
    policies: Mapping[str, Policy] = field(default_factory=lambda: ENTRY_POINTS)
    errors: tuple[ConfigError, ...] = ()


class Source:
    """Where settings come from. `errors` grows with what is wrong."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.errors: list[ConfigError] = []
        self._environment = environment
        self._file = _read_file(environment, self.errors)

    def get(
        self, key: str, variable: str, parse: Callable[[object], T], default: T, broken: T
    ) -> T:
        """Return one setting: from the environment, else the file, else its default.

        `key` is its name in the file; `broken` is what it is worth when `parse` raises ValueError.
        """
        value = self._environment.get(variable) or self._file.get(key)
        if value is None:
            return default
        try:
            return parse(value)
        except ValueError as error:
            setting = variable if self._environment.get(variable) else key
            self.errors.append(ConfigError(setting, str(error)))
            return broken

    @property
    def plaintext(self) -> bool:
        """Whether unencrypted connections may leave this host."""
        return self.get("allow_plaintext", "DIALPLANE_ALLOW_PLAINTEXT", yes_or_no, False, False)


def load(environment: Mapping[str, str]) -> Settings:
    """Read the settings; whatever is wrong is in `errors` and has its safest value."""
    source = Source(environment)
    return replace(settings_from(source), errors=tuple(source.errors))


def settings_from(source: Source) -> Settings:
    """Read the settings; whatever is wrong is in the source's `errors`."""
    get = source.get
    plaintext = source.plaintext
    return Settings(
        targets=get(
            "targets",
            "DIALPLANE_TARGETS",
            lambda value: _targets(value, plaintext=plaintext),
            Settings.targets,
            (),
        ),
        server=get("server", "DIALPLANE_SERVER", _server, "", ""),
        spool=get("spool", "DIALPLANE_SPOOL", _folder, SPOOL_FOLDER, SPOOL_FOLDER),
        spool_limit=get("spool_limit", "DIALPLANE_SPOOL_LIMIT", count, SPOOL_LIMIT, SPOOL_LIMIT),
        decision_deadline=get(
            "decision_deadline", "DIALPLANE_DECISION_DEADLINE", _seconds, 2.0, 2.0
        ),
        event_deadline=get("event_deadline", "DIALPLANE_EVENT_DEADLINE", _seconds, 1.0, 1.0),
        policies={
            name: get(
                f"fallback.{name}",
                f"DIALPLANE_FALLBACK_{name.upper()}",
                parse_policy,
                default,
                Policy(),
            )
            for name, default in ENTRY_POINTS.items()
        },
    )


def _read_file(environment: Mapping[str, str], errors: list[ConfigError]) -> dict[str, object]:
    """Return the file's settings, those of tables as "table.key"; none if there is no file."""
    named = environment.get("DIALPLANE_SHIMS_CONFIG")
    path = named or CONFIG_FILE
    try:
        text = _text_of(path)
    except FileNotFoundError:
        if named:
            errors.append(ConfigError("DIALPLANE_SHIMS_CONFIG", f"no file {path}"))
        return {}
    except (OSError, ValueError) as error:
        errors.append(ConfigError(path, f"cannot be read: {error}"))
        return {}
    import tomllib  # a host without the file need not pay for it

    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        errors.append(ConfigError(path, f"is not TOML: {error}"))
        return {}
    flat: dict[str, object] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            flat.update({f"{key}.{inner}": innermost for inner, innermost in value.items()})
        else:
            flat[key] = value
    known = {"targets", "server", "spool", "spool_limit", "allow_plaintext"}
    known |= {"decision_deadline", "event_deadline"} | {f"fallback.{name}" for name in ENTRY_POINTS}
    known |= {f"agent.{name}" for name in AGENT_KEYS}
    errors += [ConfigError(key, f"is not known in {path}") for key in flat if key not in known]
    return flat


def _text_of(path: str) -> str:
    """Read a file without pathlib, which costs 4 ms to import. Raises OSError, ValueError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    with os.fdopen(descriptor, encoding="utf-8") as file:
        return file.read()


def _targets(value: object, *, plaintext: bool) -> tuple[str, ...]:
    texts = value.split(",") if isinstance(value, str) else value
    if not isinstance(texts, list) or not texts:
        raise ValueError("is not a list of host:port")
    targets = []
    for text in texts:
        target, local = grpc_target(str(text))
        if not (local or plaintext):
            raise ValueError(
                f"{text} is not on this host, and plaintext is for loopback only"
                " (allow_plaintext = true takes the risk, for a tunnel)"
            )
        targets.append(target)
    return tuple(targets)


def _server(value: object) -> str:
    if not isinstance(value, str) or not is_id(value, 50):
        raise ValueError("is not 1 to 50 characters of [A-Za-z0-9._-]")
    return value


def _folder(value: object) -> str:
    if not isinstance(value, str) or not value.startswith("/") or "\0" in value:
        raise ValueError("is not an absolute path")
    return value


def count(value: object) -> int:
    """Read a whole number from 1 to ten million. Raises ValueError."""
    text = str(value)
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text) <= 10_000_000:
        raise ValueError("is not a whole number from 1 to 10000000")
    return int(text)


def _seconds(value: object) -> float:
    try:
        seconds = float(str(value))
    except ValueError:
        seconds = 0.0
    if not 0.2 <= seconds <= 10.0:
        raise ValueError("is not a number of seconds from 0.2 to 10")
    return seconds


def yes_or_no(value: object) -> bool:
    """Read true or false. Raises ValueError."""
    words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    if str(value).lower() not in words:
        raise ValueError("is neither true nor false")
    return words[str(value).lower()]
