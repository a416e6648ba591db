"""The agent's settings: the shims' own, and those of the table [agent]."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dialplane_shims.config import ConfigError, Settings, Source, count, settings_from
from dialplane_shims.hand_over import SOCKET, SOCKET_VARIABLE
from dialplane_shims.targets import ip_address, split_port
from dialplane_shims.text import whole_number

# Asterisk's own default port for agi://host/name.
PORT = 4573
LOG_LEVELS = ("debug", "info", "warning")

# sun_path of Linux, without its last byte
_LONGEST_SOCKET_PATH = 107


@dataclass(frozen=True)
class AgentSettings:
    """What the agent needs to know about its host."""

    shims: Settings
    # where FastAGI is served: address and port; port 0 takes a free one
    listen: tuple[str, int] = ("127.0.0.1", PORT)
    # where steps are handed over by processes of `dialplane-agi`; empty: nowhere
    socket: str = SOCKET
    # how many steps run at once at most
    sessions: int = 256
    # file that the agent keeps rewriting with its clock while it lives; None: no file
    clock: Path | None = Path("/run/dialplane/agent.clock")
    # file of the agent's figures, in Prometheus' text format; None: no file
    state: Path | None = Path("/run/dialplane/agent.prom")
    log_level: str = "info"
    # the spool is alarming with so many events, or with one of this many seconds
    spool_alarm_events: int = 100
    spool_alarm_age: int = 300


def load(environment: Mapping[str, str]) -> tuple[AgentSettings, list[ConfigError]]:
    """Read the settings, and what is wrong with them: an agent does not start with wrong ones."""
    source = Source(environment)
    get, plaintext = source.get, source.plaintext
    default = AgentSettings(settings_from(source))
    settings = AgentSettings(
        shims=default.shims,
        listen=get(
            "agent.listen",
            "DIALPLANE_AGENT_LISTEN",
            lambda value: _listen(value, plaintext=plaintext),
            default.listen,
            default.listen,
        ),
        # Only from the environment: a process that hands over reads no file.
        socket=environment.get(SOCKET_VARIABLE, SOCKET),
        sessions=get("agent.sessions", "DIALPLANE_AGENT_SESSIONS", _sessions, 256, 256),
        clock=get("agent.clock", "DIALPLANE_AGENT_CLOCK", _file, default.clock, None),
        state=get("agent.state", "DIALPLANE_AGENT_STATE", _file, default.state, None),
        log_level=get("agent.log_level", "DIALPLANE_LOG_LEVEL", _log_level, "info", "info"),
        spool_alarm_events=get(
            "agent.spool_alarm_events", "DIALPLANE_SPOOL_ALARM_EVENTS", count, 100, 100
        ),
        spool_alarm_age=get("agent.spool_alarm_age", "DIALPLANE_SPOOL_ALARM_AGE", count, 300, 300),
    )
    path = settings.socket
    if path and (not path.startswith("/") or len(path.encode()) > _LONGEST_SOCKET_PATH):
        why = f"is not an absolute path of at most {_LONGEST_SOCKET_PATH} bytes"
        source.errors.append(ConfigError(SOCKET_VARIABLE, why))
    return settings, source.errors


def _listen(value: object, *, plaintext: bool) -> tuple[str, int]:
    host, port = split_port(str(value).strip())
    address = ip_address("127.0.0.1" if host == "localhost" else host)
    number = whole_number(port, 65_535) if port else PORT
    if not address or number is None:
        raise ValueError(f"{value} is not an address, with or without a port")
    if not (address.startswith("127.") or address == "::1" or plaintext):
        raise ValueError(
            f"{address} is not on the loopback interface, and AGI knows no passwords"
            " (allow_plaintext = true takes the risk, behind a firewall)"
        )
    return address, number


def _sessions(value: object) -> int:
    number = count(value)
    if number > 4096:
        raise ValueError("is more than 4096")
    return number


def _file(value: object) -> Path | None:
    if value in ("none", False):
        return None
    if not isinstance(value, str) or not value.startswith("/"):
        raise ValueError("is neither an absolute path nor none")
    return Path(value)


def _log_level(value: object) -> str:
    if value not in LOG_LEVELS:
        raise ValueError(f"is none of {', '.join(LOG_LEVELS)}")
    return str(value)
