"""The smallest XLSX files: cells of text, numbers as they stand in the XML, formulas."""

import zipfile
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

TYPES = '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORKBOOK = (
    f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>'
    '<sheet name="Cover" sheetId="1" r:id="rId1"/><sheet name="Rates" sheetId="2" r:id="rId2"/>'
    "</sheets></workbook>"
)
LINKS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Target="worksheets/sheet1.xml"/>'
    '<Relationship Id="rId2" Target="/xl/worksheets/sheet2.xml"/></Relationships>'
)


class Number(str):
    """A cell's number, as the XML has it."""


def write_xlsx(
    file: Path,
    rows: Sequence[Sequence[str]],
    *,
    second: Sequence[Sequence[str]] = (),
    prolog: str = "",
    shared: bool = True,
    padding: int = 0,
    since_1904: bool = False,
) -> Path:
    """Write a workbook with the sheets Cover (`rows`) and Rates (`second`).

    `padding`: so many bytes of spaces inside the first sheet, which shrink to nothing. `since_1904`: days
    count from then.
    """
    strings: list[str] = []
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        properties = '<workbookPr date1904="1"/>' if since_1904 else "<workbookPr/>"
        archive.writestr("xl/workbook.xml", WORKBOOK.replace("<sheets>", f"{properties}<sheets>"))
        archive.writestr("xl/_rels/workbook.xml.rels", LINKS)
        first = prolog + _sheet(rows, strings if shared else None, " " * padding)
        archive.writestr("xl/worksheets/sheet1.xml", first)
        archive.writestr(
            "xl/worksheets/sheet2.xml", _sheet(second, strings if shared else None, "")
        )
        items = "".join(f"<si><t>{escape(text)}</t></si>" for text in strings)
        archive.writestr("xl/sharedStrings.xml", f'<sst xmlns="{MAIN}">{items}</sst>')
    return file


def _sheet(rows: Sequence[Sequence[str]], strings: list[str] | None, padding: str) -> str:
    lines = []
    for number, row in enumerate(rows, start=1):
        cells = "".join(
            _cell(f"{chr(65 + place)}{number}", text, strings)
            for place, text in enumerate(row)
            if text
        )
        lines.append(f'<row r="{number}">{cells}</row>')
    return f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(lines)}{padding}</sheetData></worksheet>'


def _cell(reference: str, text: str, strings: list[str] | None) -> str:
    if isinstance(text, Number):
        return f'<c r="{reference}"><v>{text}</v></c>'
    if text.startswith("="):
        return f'<c r="{reference}"><f>{escape(text[1:])}</f><v>0.5</v></c>'
    if strings is None:
        return f'<c r="{reference}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'
    strings.append(text)
    return f'<c r="{reference}" t="s"><v>{len(strings) - 1}</v></c>'
