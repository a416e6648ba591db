"""The SQL files: one statement each, numbered migrations and the objects of the manifest.

Three names in them stand for what differs between installations and are replaced, nothing else is:
```debug`.`` the debug database, ```definer`@`localhost``` the locked owner of the routines, and
```service`@`host``` the service's account.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_PACKAGED: Final = Path(__file__).parents[1] / "_sql"
_REPOSITORY: Final = Path(__file__).parents[3] / "sql"
_MIGRATION: Final = re.compile(r"([0-9]{4})_([a-z0-9_]+)\.sql")
KINDS: Final = {"functions": "FUNCTION", "procedures": "PROCEDURE", "triggers": "TRIGGER"}
GRANTS: Final = "grants"


class SqlFilesError(Exception):
    """The SQL files of this installation are not as they must be."""


@dataclass(frozen=True, slots=True)
class Migration:
    """A numbered step of the schema."""

    number: int
    name: str
    text: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the file."""
        return checksum(self.text)

    def __str__(self) -> str:
        return f"{self.number:04d} {self.name}"


@dataclass(frozen=True, slots=True)
class SqlObject:
    """A routine, a trigger or a grant: its folder and its file's name without suffix."""

    folder: str
    name: str
    text: str

    @property
    def path(self) -> str:
        """Folder and name, as the manifest has them."""
        return f"{self.folder}/{self.name}"

    @property
    def is_service_grant(self) -> bool:
        """Whether it gives the service's account something."""
        return "`service`@`host`" in self.text


def sql_folder() -> Path:
    """Where the SQL files are: in the installed package, else in the repository."""
    return _PACKAGED if _PACKAGED.is_dir() else _REPOSITORY


def migrations(folder: Path | None = None) -> tuple[Migration, ...]:
    """All migrations in order, numbered from 1 without a gap.

    Raises:
        SqlFilesError: a file is named wrongly, or a number is missing or taken twice.

    """
    found = []
    for file in sorted(((folder or sql_folder()) / "migrations").glob("*.sql")):
        parsed = _MIGRATION.fullmatch(file.name)
        if parsed is None:
            raise SqlFilesError(f"{file} is not named like 0001_create_currency.sql")
        found.append(Migration(int(parsed[1]), parsed[2], file.read_text("utf-8")))
    if not found or [item.number for item in found] != list(range(1, len(found) + 1)):
        raise SqlFilesError(
            f"the migrations in {folder or sql_folder()} are not numbered 1, 2, 3 …"
        )
    return tuple(found)


def objects(folder: Path | None = None) -> tuple[SqlObject, ...]:
    """What the manifest lists, in its order.

    Raises:
        SqlFilesError: a listed file is missing, or a file is not listed.

    """
    base = folder or sql_folder()
    lines = (base / "manifest.txt").read_text("utf-8").splitlines()
    listed = [line for line in lines if line and not line.startswith("#")]
    present = {
        f"{kind}/{file.stem}" for kind in (*KINDS, GRANTS) for file in (base / kind).glob("*.sql")
    }
    odd = present.symmetric_difference(listed)
    if odd or len(set(listed)) != len(listed):
        raise SqlFilesError(f"{base / 'manifest.txt'} and its files disagree: {sorted(odd)}")
    found = []
    for path in listed:
        kind, _, name = path.partition("/")
        found.append(SqlObject(kind, name, (base / f"{path}.sql").read_text("utf-8")))
    return tuple(found)


def substituted(text: str, names: Mapping[str, str]) -> str:
    """The statement with each of the three names replaced."""
    for token, replacement in names.items():
        text = text.replace(token, replacement)
    return text


def checksum(text: str) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()
