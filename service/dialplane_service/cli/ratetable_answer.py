"""What ``dialplane ratetable`` shows."""

from typing import Final

from dialplane.admin.v1.rates_service_pb2 import GetRateTableResponse
from dialplane_service.cli import documents
from dialplane_service.cli.documents import Document
from dialplane_service.cli.screen import STYLES, Screen

_UNITS: Final = (("d", 86_400), ("h", 3600), ("min", 60), ("s", 1))
_KIB: Final = 1024


def show(screen: Screen, table: GetRateTableResponse, *, as_json: bool) -> None:
    """Write how the rate table is."""
    found = document(table)
    if as_json:
        screen.document(found)
        return
    facts = {"Version": "none: nothing has a price"}
    if table.version:
        facts = {
            "Version": f"{table.version}, compiled {duration(found['age_s'])} ago,"
            f" {found['compiled_at']}"
        }
    facts |= {
        "Data": f"version {table.data_version}"
        + (", up to date" if table.up_to_date else ", NOT up to date"),
        "Decks": str(table.decks),
        "Rates": f"{table.rates:,} under {table.prefixes:,} prefixes",
        "Size": f"{size(table.file_bytes)}, {found['bytes_per_rate']} bytes a rate;"
        f" {size(table.segment_bytes)} beside it for the next compile",
        "File": table.file,
        "Compiling": f"for {duration(_seconds(table, 'compiling_since'))}"
        if table.HasField("compiling_since")
        else "no",
    }
    screen.facts(facts)
    if table.failure:
        ago = duration(_seconds(table, "failed_at"))
        screen.line(f"The last compile failed {ago} ago: {table.failure}", STYLES["ERROR"])
    if table.refused:
        screen.line(f"The file cannot be used: {table.refused}", STYLES["ERROR"])


def document(table: GetRateTableResponse) -> Document:
    """The rate table as ``--json`` shows it."""
    return {
        "version": table.version,
        "compiled_at": documents.instant(table, "compiled_at"),
        "age_s": _seconds(table, "compiled_at") if table.HasField("compiled_at") else None,
        "data_version": table.data_version,
        "up_to_date": table.up_to_date,
        "decks": table.decks,
        "rates": table.rates,
        "prefixes": table.prefixes,
        "file": table.file,
        "file_bytes": table.file_bytes,
        "bytes_per_rate": round(table.file_bytes / table.rates, 1) if table.rates else None,
        "segment_bytes": table.segment_bytes,
        "compiling_since": documents.instant(table, "compiling_since"),
        "failure": table.failure or None,
        "failed_at": documents.instant(table, "failed_at"),
        "refused": table.refused or None,
    }


def duration(seconds: int) -> str:
    """A time in its two largest units."""
    parts = []
    for unit, length in _UNITS:
        count, seconds = divmod(seconds, length)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts[:2]) or "0 s"


def size(count: int) -> str:
    """A number of bytes for people."""
    for unit, length in (("GiB", _KIB**3), ("MiB", _KIB**2), ("KiB", _KIB)):
        if count >= length:
            return f"{count / length:.1f} {unit}"
    return f"{count} bytes"


def _seconds(table: GetRateTableResponse, field: str) -> int:
    """How long before the answer it was; a clock that was set back makes it 0."""
    since: int = getattr(table, field).seconds
    return max(table.answered_at.seconds - since, 0)
