"""Where a MariaDB is and who asks it, as a ``mysql://`` URL says it."""

from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

DATABASE_URL: Final = "DIALPLANE_DATABASE_URL"
ADMIN_DATABASE_URL: Final = "DIALPLANE_ADMIN_DATABASE_URL"
EXAMPLE: Final = "mysql://dialplane_service:secret@127.0.0.1:3306/dialplane"
LONGEST_DATABASE: Final = 58
"""MariaDB allows 64 characters; the debug database's name is longer by a suffix."""
_LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class DatabaseUrlError(Exception):
    """The URL cannot be used. The message names the setting and never shows a password."""


@dataclass(frozen=True, slots=True)
class DatabaseUrl:
    """A parsed URL. Its text form has no password."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    database: str
    unix_socket: str | None = None

    def __str__(self) -> str:
        if self.unix_socket is not None:
            return f"mysql://{self.user}@localhost/{self.database}?unix_socket={self.unix_socket}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"mysql://{self.user}@{host}:{self.port}/{self.database}"

    @property
    def is_local(self) -> bool:
        """Whether the server is on this machine."""
        return self.unix_socket is not None or self.host in _LOCAL

    @property
    def debug_database(self) -> str:
        """The name of the debug database beside the main one: ``debug`` beside ``dialplane``."""
        return "debug" if self.database == "dialplane" else f"{self.database}_debug"

    @property
    def definer(self) -> str:
        """The locked account that owns the main database's routines."""
        return f"{self.database}_definer"

    def at(self, database: str) -> "DatabaseUrl":
        """The same server and user, another database."""
        return replace(self, database=database)


def parse_database_url(text: str, setting: str = DATABASE_URL) -> DatabaseUrl:
    """Parse ``mysql://user:password@host:port/database?unix_socket=…``; ``%xx`` as in any URL.

    Raises:
        DatabaseUrlError: it is none, or leaves out the user or the database.

    """
    try:
        parts = urlsplit(text)
        port = parts.port
        query = dict(
            parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
        )
    except ValueError:
        raise _fault(setting, "is not a URL") from None
    if parts.scheme not in ("mysql", "mariadb"):
        raise _fault(setting, "does not begin with mysql://")
    if not parts.username:
        raise _fault(setting, "names no user")
    database = unquote(parts.path.removeprefix("/"))
    if not database:
        raise _fault(setting, "names no database")
    if not _is_name(database):
        rule = f"1 to {LONGEST_DATABASE} letters, digits, '_' or '-'"
        raise _fault(setting, f"names a database that is not {rule}")
    unknown = query.keys() - {"unix_socket"}
    if unknown:
        raise _fault(setting, f"has an option that is not known: {min(unknown)}")
    return DatabaseUrl(
        host=parts.hostname or "localhost",
        port=port or 3306,
        user=unquote(parts.username),
        password=unquote(parts.password or ""),
        database=database,
        unix_socket=query.get("unix_socket") or None,
    )


def _is_name(database: str) -> bool:
    # It is written into statements, in backquotes.
    plain = database.replace("_", "").replace("-", "")
    return plain.isascii() and plain.isalnum() and len(database) <= LONGEST_DATABASE


def _fault(setting: str, problem: str) -> DatabaseUrlError:
    return DatabaseUrlError(f"{setting} {problem}; it looks like {EXAMPLE}")
