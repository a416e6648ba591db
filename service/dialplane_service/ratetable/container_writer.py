"""Writes a container: into a temporary file, read back, sealed, then put in place in one step."""

import mmap
import os
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from dialplane_service.ratetable.container import (
    PAGE,
    Header,
    Section,
    encode_header,
    section_checksum,
)


class ContainerWriter:
    """Context manager: leaving it without ``finish`` leaves the old file as it was."""

    def __init__(self, path: Path, kind: str) -> None:
        self._path = path
        self._kind = kind
        self._sections: dict[str, tuple[int, int]] = {}
        self._maps: list[mmap.mmap] = []
        self._end = PAGE
        self._handle, name = tempfile.mkstemp(
            prefix=f"{path.name}.", suffix=".tmp", dir=path.parent
        )
        self._temporary = Path(name)

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Remove what was not finished."""
        os.close(self._handle)
        with suppress(FileNotFoundError):
            self._temporary.unlink()

    def add(self, name: str, length: int) -> memoryview:
        """A new section of so many bytes, zero until it is written to.

        Raises:
            OSError: there is no room. Room is taken now: a mapped page without any would kill the process.

        """
        offset = self._end
        self._sections[name] = (offset, length)
        self._end = offset + -(-length // PAGE) * PAGE
        if not length:
            return memoryview(bytearray())
        os.posix_fallocate(self._handle, offset, self._end - offset)
        mapped = mmap.mmap(self._handle, self._end - offset, offset=offset)
        self._maps.append(mapped)
        return memoryview(mapped)[:length]

    def put(self, name: str, content: bytes) -> None:
        """A new section with its content."""
        self.add(name, len(content))[:] = content

    def finish(self, about: Mapping[str, str | int]) -> None:
        """Make the file durable, verified and visible, replacing the one before. Views stay valid.

        Raises:
            OSError: it cannot be written; the old file stays.

        """
        for mapped in self._maps:
            mapped.flush()
        os.fsync(self._handle)
        # A microsecond that is past: a later write through the file system gives another instant.
        sealed_ns = time.time_ns() // 1000 * 1000
        header = Header(
            self._kind,
            dict(about),
            os.fstat(self._handle).st_ino,
            sealed_ns,
            {name: self._written(*place) for name, place in self._sections.items()},
        )
        os.pwrite(self._handle, encode_header(header, self._end), 0)
        os.ftruncate(self._handle, self._end)
        os.fsync(self._handle)
        os.utime(self._handle, ns=(sealed_ns, sealed_ns))
        os.fsync(self._handle)
        self._temporary.replace(self._path)
        folder = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)  # the new name itself must survive a power cut
        finally:
            os.close(folder)

    def _written(self, offset: int, length: int) -> Section:
        """The section as it is read back from the file."""
        if not length:
            return Section(offset, 0, section_checksum(memoryview(b"")))
        with (
            mmap.mmap(self._handle, length, offset=offset, access=mmap.ACCESS_READ) as mapped,
            memoryview(mapped) as view,
        ):
            return Section(offset, length, section_checksum(view))
