"""A file of named sections that is mapped, never read: written whole or not at all, refused when damaged.

| bytes | what |
|---|---|
| 0 to 4095 | magic, format, the file's length, the header's length and checksum; then the header |
| 4096 on | the sections, each from a multiple of 4096; what is between them means nothing |

The header has each section's place, length and checksum. It also has the inode and the instant of last
change that the file was given once all of it had been written and read back. A file that still has both
was not written to since, so it is used at once, whatever its size: only header and length are looked
at. Any other (restored, copied, cut, patched) is read whole and verified before it is used. No checksum
covers the bytes between sections: nothing reads them.
"""

import hashlib
import mmap
import os
import struct
from pathlib import Path
from typing import Final

import msgspec

from dialplane_service.ratetable.rows_format import RefusedFileError

MAGIC: Final = b"DIALRATE"
FORMAT_VERSION: Final = 1
PAGE: Final = 4096
_PREAMBLE: Final = struct.Struct("<8sIIQ32s")  # magic, format, header length, file length, checksum
_CHECKSUM_BYTES: Final = 32
_STEP: Final = 1 << 20


class Section(msgspec.Struct, frozen=True, array_like=True):
    """Where a section lies and what its bytes hash to (BLAKE2b, 32 bytes)."""

    offset: int
    length: int
    checksum: bytes


class Header(msgspec.Struct, frozen=True):
    """What the file is. ``kind`` and ``about`` are its writer's; ``sealed_ns`` in ns since 1970."""

    kind: str
    about: dict[str, str | int]
    inode: int
    sealed_ns: int
    sections: dict[str, Section]


class Container:
    """A file that was found usable, mapped. It lives as long as a view of one of its sections."""

    def __init__(self, path: Path, kind: str) -> None:
        """Map the file.

        Raises:
            FileNotFoundError: there is none.
            OSError: it cannot be read.
            RefusedFileError: it is damaged, of another format or kind, or foreign.

        """
        self.path = path
        handle = os.open(path, os.O_RDONLY)
        try:
            status = os.fstat(handle)
            if status.st_size < PAGE:
                raise RefusedFileError("it is cut short")
            self._view = memoryview(mmap.mmap(handle, 0, access=mmap.ACCESS_READ))
        finally:
            os.close(handle)
        self.identity = (status.st_ino, status.st_mtime_ns, status.st_size)
        self.header = _checked_header(self._view, kind)
        self.sealed = (status.st_ino, status.st_mtime_ns) == (
            self.header.inode,
            self.header.sealed_ns,
        )
        if not self.sealed:
            self.verify()

    def section(self, name: str) -> memoryview:
        """A section's bytes.

        Raises:
            RefusedFileError: there is no such section.

        """
        section = self.header.sections.get(name)
        if section is None:
            raise RefusedFileError(f"it has no section {name}")
        return self._view[section.offset : section.offset + section.length]

    def verify(self) -> None:
        """Read every section and compare checksums: about a second for a gigabyte.

        Raises:
            RefusedFileError: one differs.

        """
        for name, section in self.header.sections.items():
            if section_checksum(self.section(name)) != section.checksum:
                raise RefusedFileError(f"the checksum of its section {name} is wrong")


def section_checksum(view: memoryview) -> bytes:
    """The checksum of a section, read in pieces so that other threads get their turn."""
    digest = hashlib.blake2b(digest_size=_CHECKSUM_BYTES)
    for start in range(0, len(view), _STEP):
        digest.update(view[start : start + _STEP])
    return digest.digest()


def encode_header(header: Header, file_length: int) -> bytes:
    """The first page of a file."""
    body = msgspec.msgpack.encode(header)
    if _PREAMBLE.size + len(body) > PAGE:
        raise ValueError("the header does not fit its page")
    fixed = (MAGIC, FORMAT_VERSION, len(body), file_length)
    checksum = _header_checksum(_PREAMBLE.pack(*fixed, b""), body)
    return (_PREAMBLE.pack(*fixed, checksum) + body).ljust(PAGE, b"\0")


def _checked_header(view: memoryview, kind: str) -> Header:
    page = bytes(view[:PAGE])
    magic, format_version, length, file_length, checksum = _PREAMBLE.unpack_from(page)
    if magic != MAGIC:
        raise RefusedFileError("it is not a file of rates")
    if format_version != FORMAT_VERSION:
        raise RefusedFileError(
            f"its format is {format_version}, this release reads {FORMAT_VERSION}"
        )
    body = page[_PREAMBLE.size : _PREAMBLE.size + length]
    if page[_PREAMBLE.size + length :].strip(b"\0") or checksum != _header_checksum(page, body):
        raise RefusedFileError("the checksum of its header is wrong")
    if len(view) != file_length:
        raise RefusedFileError(f"it has {len(view)} bytes instead of {file_length}")
    try:
        header = msgspec.msgpack.decode(body, type=Header)
    except msgspec.DecodeError as error:
        raise RefusedFileError(f"its header is that of another release: {error}") from error
    if header.kind != kind:
        raise RefusedFileError(f"it holds a {header.kind}, not a {kind}")
    return header


def _header_checksum(page: bytes, body: bytes) -> bytes:
    digest = hashlib.blake2b(page[: _PREAMBLE.size - _CHECKSUM_BYTES], digest_size=_CHECKSUM_BYTES)
    digest.update(body)
    return digest.digest()
