"""Structured logs on standard error, one event per line: for people (console) or programs."""

import logging
import sys
from contextlib import suppress
from typing import Any, Final, Literal, TextIO

import msgspec
import structlog

LogFormat = Literal["console", "json"]
LEVELS: Final = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}
_json = msgspec.json.Encoder(enc_hook=str)


class _Unbreakable:
    """A stream whose reader may go away: a call must not fail because its log line cannot be read."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with suppress(OSError):
            return self._stream.write(text)
        return 0

    def flush(self) -> None:
        with suppress(OSError):
            self._stream.flush()


def configure(level: str, log_format: LogFormat) -> None:
    """Set up structlog, and the standard library's logging with the same look, once per process."""
    stream: Any = _Unbreakable(sys.stderr)
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
    ]
    ending: list[Any] = _ending(log_format)
    structlog.configure(
        processors=[*shared, *ending],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *ending],
            foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder()],
        )
    )
    # Libraries speak only when something is wrong: asyncio's own chatter is of no use to operators.
    logging.basicConfig(handlers=[handler], level=max(LEVELS[level], logging.WARNING), force=True)


def _ending(log_format: LogFormat) -> list[Any]:
    if log_format == "json":
        transform = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
        return [structlog.processors.ExceptionRenderer(transform), _render_json]
    # Both ways would by default print local variables: whole numbers, and the database's password.
    plain = structlog.dev.plain_traceback
    console = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain)
    return [_printable, console]


def _printable(
    _logger: object, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Escape what a far end wrote: a log line must not move the cursor of the one who reads it."""
    for name, value in event.items():
        if isinstance(value, str) and name != "exception" and not value.isprintable():
            event[name] = value.encode("unicode_escape").decode()
    return event


def _render_json(_logger: object, _method: str, event: structlog.typing.EventDict) -> str:
    return _json.encode(event).decode()
