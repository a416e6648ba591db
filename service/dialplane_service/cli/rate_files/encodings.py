"""Which encoding a text file has."""

import codecs
from pathlib import Path
from typing import Final

from dialplane_service.domain.rate_sheets.records import SheetError

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE: Final = 256 * 1024
_ONE_BYTE: Final = ["cp1251", "cp1252", "latin_1", "koi8_r", "cp1250", "cp866"]


def detected(file: Path) -> str:
    """The encoding: what its mark says, UTF-8 where it is, else what its text looks like.

    Raises:
        SheetError: it is no text, or nobody could say which.

    """
    with file.open("rb") as stream:
        sample = stream.read(_SAMPLE)
    for mark, encoding in _BOMS:
        if sample.startswith(mark):
            return encoding
    if b"\0" in sample:
        return _without_mark(sample, file.name)
    if _is_utf8(file):
        return "utf-8"
    return _guessed(sample, file.name)


def _without_mark(sample: bytes, name: str) -> str:
    """UTF-16 without its mark has a zero in half of its bytes, always the same half."""
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if odd > len(sample) // 4 > even:
        return "utf-16-le"
    if even > len(sample) // 4 > odd:
        return "utf-16-be"
    raise SheetError(f"{name} holds zero bytes: it is no text file")


def _is_utf8(file: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with file.open("rb") as stream:
            while block := stream.read(1024 * 1024):
                decoder.decode(block)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _guessed(sample: bytes, name: str) -> str:
    # Only where it is needed: it takes 50 ms to import.
    from charset_normalizer import from_bytes

    # Names of places are all that tells: lines without any only confuse it.
    telling = b"\n".join(line for line in sample.splitlines() if not line.isascii())
    best = from_bytes(telling or sample, cp_isolation=_ONE_BYTE).best()
    if best is None:
        raise SheetError(f"{name}: nobody can say what encoding this is; name it with --encoding")
    return str(best.encoding)
