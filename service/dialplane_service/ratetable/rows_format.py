"""The bytes of a file of decision data.

A fixed header (magic, format version, payload length, the instant the rows were read, checksum over
the rest of the header and the payload), then the payload: chunks of MessagePack, each led by its
length. The first chunk is the data version, the instant, the base currency and each table's number
of chunks; the others are rows.
"""

import hashlib
import struct
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any, Final, get_type_hints

import msgspec

from dialplane_service.domain.decision_data import DecisionRows
from dialplane_service.ratetable.kept_records import FORMS

MAGIC: Final = b"DIALROWS"
FORMAT_VERSION: Final = 2  # 1 had no prices and no plans: calls would go out without their margins
_HEADER: Final = struct.Struct("<8sHxxxxxxQq32s")  # …, payload length, loaded_at in µs, checksum
_LENGTH: Final = struct.Struct("<I")
_CHECKSUM_BYTES: Final = 32
# Encoding holds the interpreter: in one piece a large table would stall the requests beside it.
_ROWS_PER_CHUNK: Final = 2000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class RefusedFileError(Exception):
    """The bytes cannot be used: damaged, of another format, or not decision data at all."""


class _Contents(msgspec.Struct, frozen=True):
    version: int
    loaded_at: datetime
    base_currency: str
    chunks: dict[str, int]


_TABLES: Final[dict[str, Any]] = {
    name: kind
    for name, kind in get_type_hints(DecisionRows).items()
    if name not in ("version", "loaded_at", "base_currency")
}
_encoder: Final = msgspec.msgpack.Encoder()
_contents_decoder: Final = msgspec.msgpack.Decoder(_Contents)
_decoders: Final[dict[str, Any]] = {
    name: msgspec.msgpack.Decoder(FORMS[name].kept if name in FORMS else kind)
    for name, kind in _TABLES.items()
}


def encode(rows: DecisionRows) -> bytes:
    """Make the file's bytes."""
    chunks: list[bytes] = []
    counts: dict[str, int] = {}
    for field in fields(rows):
        if field.name not in _TABLES:
            continue
        table = getattr(rows, field.name)
        if field.name in FORMS:
            table = tuple(map(FORMS[field.name].there, table))
        pieces = [
            _encoder.encode(table[start : start + _ROWS_PER_CHUNK])
            for start in range(0, len(table), _ROWS_PER_CHUNK)
        ]
        counts[field.name] = len(pieces)
        chunks += pieces
    about = _Contents(rows.version, rows.loaded_at, rows.base_currency, counts)
    contents = _encoder.encode(about)
    payload = b"".join(_LENGTH.pack(len(chunk)) + chunk for chunk in (contents, *chunks))
    micros = (rows.loaded_at - _EPOCH) // timedelta.resolution
    header = _HEADER.pack(MAGIC, FORMAT_VERSION, len(payload), micros, b"")
    return header[:-_CHECKSUM_BYTES] + _checksum(header, payload) + payload


def decode(content: bytes) -> DecisionRows:
    """Read the rows.

    Raises:
        RefusedFileError: the bytes cannot be used.

    """
    payload, _ = checked(content)
    try:
        chunks = _chunks(payload)
        contents: _Contents = _contents_decoder.decode(next(chunks))
        tables = {
            name: tuple(
                row
                for _ in range(contents.chunks.get(name, 0))
                for row in decoder.decode(next(chunks))
            )
            for name, decoder in _decoders.items()
        }
        for name, form in FORMS.items():
            tables[name] = tuple(map(form.back, tables[name]))
    except (ValueError, struct.error, RuntimeError, StopIteration) as error:
        raise RefusedFileError(f"its rows are those of another release: {error}") from error
    return DecisionRows(
        version=contents.version,
        loaded_at=contents.loaded_at,
        base_currency=contents.base_currency,
        **tables,
    )


def checked(content: bytes) -> tuple[memoryview, datetime]:
    """Return the payload, proven unchanged, and the instant its rows were read from MariaDB.

    Raises:
        RefusedFileError: the bytes cannot be used.

    """
    if len(content) < _HEADER.size:
        raise RefusedFileError("it is cut short")
    magic, format_version, length, micros, checksum = _HEADER.unpack_from(content)
    if magic != MAGIC:
        raise RefusedFileError("it is not a file of decision data")
    if format_version != FORMAT_VERSION:
        raise RefusedFileError(
            f"its format is {format_version}, this release reads {FORMAT_VERSION}"
        )
    payload = memoryview(content)[_HEADER.size :]
    if len(payload) != length:
        raise RefusedFileError(f"it has {len(payload)} bytes of data instead of {length}")
    if _checksum(content[: _HEADER.size], payload) != checksum:
        raise RefusedFileError("its checksum is wrong")
    return payload, _EPOCH + timedelta(microseconds=micros)


def _checksum(header: bytes, payload: bytes | memoryview) -> bytes:
    digest = hashlib.blake2b(header[:-_CHECKSUM_BYTES], digest_size=_CHECKSUM_BYTES)
    digest.update(payload)
    return digest.digest()


def _chunks(payload: memoryview) -> Iterator[memoryview]:
    at = 0
    while at < len(payload):
        (length,) = _LENGTH.unpack_from(payload, at)
        at += _LENGTH.size
        yield payload[at : at + length]
        at += length
