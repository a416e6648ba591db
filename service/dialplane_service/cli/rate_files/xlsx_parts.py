"""The XML inside XLSX files, by expat's events; nothing is built that a row does not need."""

from collections.abc import Callable, Sequence
from typing import Final
from xml.parsers import expat

from dialplane_service.domain.rate_sheets.records import SheetError

MOST_COLUMNS: Final = 256
_MOST_TEXT: Final = 40_000
_RELATION: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships id"


class WorkbookParser:
    """Sheets by name, in order, where they are, and whether days count from 1904."""

    def __init__(self) -> None:
        self.sheets: dict[str, str] = {}
        self.relations: dict[str, str] = {}
        self.since_1904 = False
        self.parser = _parser(self._workbook)
        self.relations_parser = _parser(self._relation)

    def _workbook(self, name: str, attributes: dict[str, str]) -> None:
        if _local(name) == "sheet":
            self.sheets[attributes.get("name", "")] = attributes.get(_RELATION, "")
        elif _local(name) == "workbookPr":
            self.since_1904 = attributes.get("date1904", "0") in ("1", "true")

    def _relation(self, name: str, attributes: dict[str, str]) -> None:
        if _local(name) == "Relationship":
            self.relations[attributes.get("Id", "")] = attributes.get("Target", "")


class SharedStrings:
    """The texts that cells refer to by number. Phonetic hints are not part of them."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._parts: list[str] | None = None
        self._ignored = 0
        self._in_text = False
        self.parser = _parser(self._start)
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text

    def _start(self, name: str, _: dict[str, str]) -> None:
        match _local(name):
            case "si":
                self._parts = []
            case "rPh":
                self._ignored += 1
            case "t":
                self._in_text = not self._ignored

    def _end(self, name: str) -> None:
        match _local(name):
            case "si":
                self.found.append("".join(self._parts or ()))
                self._parts = None
            case "rPh":
                self._ignored -= 1
            case "t":
                self._in_text = False

    def _text(self, text: str) -> None:
        if self._in_text and self._parts is not None:
            self._parts.append(text)


class SheetParser:
    """The rows of a sheet. A formula is given as "=" and its text, whatever its last result was."""

    def __init__(self, strings: Sequence[str], number: Callable[[str], str]) -> None:
        self._strings = strings
        self._number = number
        self._rows: list[tuple[int, list[str]]] = []
        self._line = 0
        self._cells: list[str] = []
        self._column = 0
        self._kind = ""
        self._parts: list[str] = []
        self._formula: list[str] | None = None
        self._into: list[str] | None = None
        self.parser = _parser(self._start)
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text

    def taken(self) -> list[tuple[int, list[str]]]:
        """The rows that were completed since it was last asked."""
        rows, self._rows = self._rows, []
        return rows

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        match _local(name):
            case "row":
                self._line = int(attributes.get("r") or self._line + 1)
                self._cells, self._column = [], 0
            case "c":
                self._column = _column(attributes.get("r", ""), self._column)
                self._kind = attributes.get("t", "n")
                self._parts, self._formula = [], None
            case "v" | "t":
                self._into = self._parts
            case "f":
                self._into = self._formula = []

    def _end(self, name: str) -> None:
        match _local(name):
            case "row":
                self._rows.append((self._line, self._cells))
            case "c":
                self._keep(self._value())
            case "v" | "t" | "f":
                self._into = None

    def _text(self, text: str) -> None:
        if self._into is not None:
            self._into.append(text)

    def _value(self) -> str:
        if self._formula is not None:
            return "=" + "".join(self._formula)
        text = "".join(self._parts)
        if len(text) > _MOST_TEXT:
            raise SheetError(f"a cell on line {self._line} holds {len(text)} characters")
        match self._kind:
            case "s":
                number = int(text or "-1") if text.isdecimal() else -1
                if not 0 <= number < len(self._strings):
                    raise SheetError(
                        f"a cell on line {self._line} refers to a text that is not there"
                    )
                return self._strings[number]
            case "b":
                return {"1": "true", "0": "false"}.get(text, text)
            case "n":
                return self._number(text) if text else ""
            case _:
                return text

    def _keep(self, value: str) -> None:
        if self._column > MOST_COLUMNS:
            return
        missing = self._column - len(self._cells)
        if missing > 0:
            self._cells.extend([""] * missing)
        self._cells[self._column - 1] = value


def _column(reference: str, before: int) -> int:
    """The column's number of "AB12", from 1; without a reference the next one."""
    number = 0
    for letter in reference:
        if not "A" <= letter <= "Z":
            break
        number = number * 26 + ord(letter) - 64
    return number or before + 1


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def _parser(start: Callable[[str, dict[str, str]], None]) -> expat.XMLParserType:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = _refuse
    return parser


def _refuse(*_: object) -> None:
    raise SheetError("the file declares a document type, which no spreadsheet does")
