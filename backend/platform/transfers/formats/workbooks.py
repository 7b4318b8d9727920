"""XLSX. A workbook is a zip of XML: it is measured before it is opened, and none of it may name
entities, so that a small file cannot become a large one or reach for others."""

import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from xml.parsers import expat

from openpyxl import load_workbook

from backend.platform.transfers.errors import UnreadableFile
from backend.platform.transfers.formats.guarding import unescape
from backend.platform.transfers.formats.source import SourceRow, headings_of
from backend.platform.transfers.options import COLUMNS_MOST, Options

PARTS_MOST = 1_000
SHEET_BYTES_MOST = 512 * 1024 * 1024
TEXTS_BYTES_MOST = 24 * 1024 * 1024
OTHER_BYTES_MOST = 8 * 1024 * 1024
RATIO_MOST = 200
"""How many times its packed size a part may have: texts and numbers pack ten to thirty times."""
ROWS_MOST = 1_048_576
EMPTY_ROWS_MOST = 10_000
"""So many in a row are no sheet that somebody wrote; each costs time though it holds nothing."""
_SMALL = 1024 * 1024
_PIECE = 64 * 1024


def inspect(path: Path) -> None:
    """Raise UnreadableFile for what is no workbook, or one made to harm."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            if len(parts) > PARTS_MOST:
                raise UnreadableFile("the workbook has too many parts")
            for part in parts:
                _measure(part)
            for part in parts:
                if part.filename.lower().endswith((".xml", ".rels", ".vml")):
                    _refuse_entities(archive, part)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError):
        raise UnreadableFile("this is no XLSX workbook") from None


def _measure(part: zipfile.ZipInfo) -> None:
    name = part.filename.lower()
    most = OTHER_BYTES_MOST
    if "/worksheets/" in name:
        most = SHEET_BYTES_MOST
    elif name.endswith("sharedstrings.xml"):
        most = TEXTS_BYTES_MOST
    if part.file_size > most:
        raise UnreadableFile(f"a part of the workbook is larger than {most} bytes")
    if part.file_size > _SMALL and part.file_size > RATIO_MOST * max(1, part.compress_size):
        raise UnreadableFile("a part of the workbook grows too much when it is unpacked")


class _Begun(Exception):
    """The first element has come: no document type can follow."""


def _refuse_entities(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Whatever the encoding, a document type is declared before the first element or not at all."""

    def refuse(*_: Any) -> None:
        raise UnreadableFile("the workbook declares a document type")

    def begun(*_: Any) -> None:
        raise _Begun

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = begun
    try:
        with archive.open(part) as file:
            while piece := file.read(_PIECE):
                parser.Parse(piece)
    except _Begun:
        return
    except expat.ExpatError:
        raise UnreadableFile("a part of the workbook is no XML") from None


class Workbook:
    """The sheet of a workbook, read a row at a time."""

    def __init__(self, path: Path, options: Options) -> None:
        inspect(path)
        # A file's name on disk tells nothing, and the library would go by it.
        self._file = path.open("rb")
        try:
            self._book = load_workbook(self._file, read_only=True, data_only=True, keep_links=False)
        except Exception as error:
            self._file.close()
            raise UnreadableFile("this is no XLSX workbook") from error
        self._sheet = self._choose(options.sheet)
        self._total = max(1, min(self._sheet.max_row or 0, ROWS_MOST))
        self._sheet.reset_dimensions()
        self._done = 0
        try:
            top = self._sheet.iter_rows(values_only=True, max_row=1, max_col=COLUMNS_MOST + 1)
            first = [_text(cell) for cell in next(top, ())]
        except Exception as error:
            self.close()
            raise UnreadableFile("the sheet cannot be read") from error
        named, twice = headings_of(first)
        if not named or twice or len(named) > COLUMNS_MOST:
            self.close()
            raise UnreadableFile(f"headings come twice: {twice}" if twice else "it has no headings")
        self.headings: tuple[str, ...] | None = named

    def _choose(self, name: str | None) -> Any:
        sheets = {sheet.title: sheet for sheet in self._book.worksheets}
        if name is None and sheets:
            return next(iter(sheets.values()))
        if name not in sheets:
            self.close()
            raise UnreadableFile(f"the workbook has no sheet {name!r}" if name else "it has none")
        return sheets[name]

    def rows(self) -> Iterator[SourceRow]:
        headings = self.headings or ()
        number = empty = 0
        cells = self._sheet.iter_rows(values_only=True, min_row=2, max_col=len(headings) + 1)
        while True:
            try:
                row = next(cells, None)
            except Exception as error:
                raise UnreadableFile(f"row {number + 1} cannot be read") from error
            if row is None or self._done > ROWS_MOST:
                return
            self._done += 1
            if row.count(None) == len(row):
                empty += 1
                if empty > EMPTY_ROWS_MOST:
                    raise UnreadableFile(f"after row {number} there are too many empty rows")
                continue
            number, empty = number + 1, 0
            over = any(cell is not None for cell in row[len(headings) :])
            given = dict(zip(headings, map(_plain, row), strict=False))
            fault = "has more cells than there are headings" if over else ""
            yield SourceRow(number, given, fault)

    def share(self) -> float:
        return min(1.0, self._done / self._total)

    def close(self) -> None:
        self._book.close()
        self._file.close()


def _text(cell: Any) -> str:
    return "" if cell is None else str(_plain(cell))


def _plain(cell: Any) -> Any:
    """A cell's value as JSON has it; texts carry what XML cannot as `_x000B_`."""
    if isinstance(cell, str):
        return unescape(cell)
    if isinstance(cell, datetime):
        midnight = cell.time() == time()
        return cell.date().isoformat() if midnight else cell.isoformat()
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    return cell
