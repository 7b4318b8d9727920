"""Files of records, written a page at a time."""

import csv
import io
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from backend.platform.transfers.cells import text_of
from backend.platform.transfers.errors import UnreadableFile
from backend.platform.transfers.formats.guarding import escape, guard
from backend.platform.transfers.formats.workbooks import ROWS_MOST
from backend.platform.transfers.models import Format
from infra.kernel.representation import to_json

CELL_CHARS_MOST = 32_767
"""What a workbook's cell holds; longer texts would be cut without a word."""
_SAFE_WHOLE = 10**15


class Writer(Protocol):
    """Turns pages of records into pieces of a file."""

    def page(self, records: Sequence[Mapping[str, Any]]) -> bytes:
        """What the page adds."""
        ...

    def rest(self) -> Path | bytes:
        """What comes last: bytes, or a file that holds all of it."""
        ...


def writer_of(kind: Format, columns: Sequence[str]) -> Writer:
    """The writer of a format."""
    match kind:
        case Format.CSV:
            return Separated(columns)
        case Format.XLSX:
            return Sheets(columns)
    return Objects(columns)


class Separated:
    """CSV with a mark that tells spreadsheets of UTF-8; cells that would be run are guarded."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._columns = columns
        self._begun = False

    def page(self, records: Sequence[Mapping[str, Any]]) -> bytes:
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\r\n")
        if not self._begun:
            text.write("\ufeff")
            writer.writerow(self._columns)
            self._begun = True
        for record in records:
            writer.writerow([guard(text_of(record[name])) for name in self._columns])
        return text.getvalue().encode(errors="replace")

    def rest(self) -> bytes:
        return b"" if self._begun else self.page([])


class Objects:
    """NDJSON: what the API answers, a record a line."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._columns = columns

    def page(self, records: Sequence[Mapping[str, Any]]) -> bytes:
        lines = (to_json({name: record[name] for name in self._columns}) for record in records)
        return b"".join(line + b"\n" for line in lines)

    def rest(self) -> bytes:
        return b""


class Sheets:
    """XLSX: texts are texts, whatever they begin with."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._columns = columns
        self._book = Workbook(write_only=True)
        self._sheet = self._book.create_sheet("records")
        self._sheet.append([self._cell(name) for name in columns])
        self._rows = 1

    def page(self, records: Sequence[Mapping[str, Any]]) -> bytes:
        self._rows += len(records)
        if self._rows > ROWS_MOST:
            raise UnreadableFile("a workbook has no room for so many rows; take CSV or NDJSON")
        for record in records:
            self._sheet.append([self._cell(record[name]) for name in self._columns])
        return b""

    def _cell(self, value: Any) -> Any:
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, int) and abs(value) < _SAFE_WHOLE:
            return value
        text = escape(text_of(value))
        if len(text) > CELL_CHARS_MOST:
            raise UnreadableFile("a text is too long for a workbook's cell; take CSV or NDJSON")
        cell = WriteOnlyCell(self._sheet, text)
        cell.data_type = "s"
        return cell

    def rest(self) -> Path:
        with tempfile.NamedTemporaryFile(suffix=".xlsx", delete=False) as file:
            path = Path(file.name)
        self._book.save(path)
        return path
