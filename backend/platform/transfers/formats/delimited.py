"""CSV, whatever wrote it: the encoding and the delimiter are told or found out."""

import codecs
import csv
import io
from collections.abc import Iterator
from pathlib import Path

from backend.platform.transfers.errors import UnreadableFile
from backend.platform.transfers.formats.guarding import unguard
from backend.platform.transfers.formats.source import CELL_CHARS_MOST, SourceRow, headings_of
from backend.platform.transfers.options import Options

_PIECE = 256 * 1024
_ZERO_EACH = 16
_DELIMITERS = (",", ";", "\t", "|")

# The module's own limit, which is the process's; nothing else here reads CSV.
csv.field_size_limit(CELL_CHARS_MOST)


def encoding_of(path: Path) -> str:
    """What the marks at the beginning say, else UTF-8 where all of it is, else Windows' Latin."""
    with path.open("rb") as file:
        head = file.read(1024)
        for mark, name in (
            (codecs.BOM_UTF8, "utf-8-sig"),
            (codecs.BOM_UTF16_LE, "utf-16"),
            (codecs.BOM_UTF16_BE, "utf-16"),
        ):
            if head.startswith(mark):
                return name
        high, low = head[::2].count(0), head[1::2].count(0)
        # A zero here and there is a fault of its row; UTF-16 has many, all on one side.
        if min(high, low) == 0 and max(high, low) * _ZERO_EACH > len(head):
            return "utf-16-be" if high else "utf-16-le"
        decoder = codecs.getincrementaldecoder("utf-8")()
        file.seek(0)
        try:
            while piece := file.read(_PIECE):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return _latin(path)
    return "utf-8"


def _latin(path: Path) -> str:
    """Windows' Latin, which has the euro, unless a byte is none of its."""
    unknown = {0x81, 0x8D, 0x8F, 0x90, 0x9D}
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            if unknown.intersection(piece):
                return "latin-1"
    return "cp1252"


def delimiter_of(line: str) -> str:
    """The delimiter that parts the first line most often, outside quotes."""
    plain = "".join(line.split('"')[::2])
    return max(_DELIMITERS, key=plain.count)


class Delimited:
    """A CSV file, open for reading."""

    def __init__(self, path: Path, options: Options) -> None:
        self._size = max(1, path.stat().st_size)
        encoding = options.encoding or encoding_of(path)
        if encoding == "utf-8":
            encoding = "utf-8-sig"
        self._raw = path.open("rb")
        self._text = io.TextIOWrapper(self._raw, encoding, newline="")
        try:
            first = self._text.readline(CELL_CHARS_MOST)
            self._text.seek(0)
            delimiter = options.delimiter or delimiter_of(first)
            self._reader = csv.reader(self._text, delimiter=delimiter, strict=True)
            named, twice = headings_of(next(self._reader, []))
        except (UnicodeError, csv.Error) as error:
            self.close()
            raise _unreadable(error, 1) from None
        if not named or twice:
            self.close()
            raise UnreadableFile(f"headings come twice: {twice}" if twice else "it has no headings")
        self.headings: tuple[str, ...] | None = tuple(unguard(name) for name in named)

    def rows(self) -> Iterator[SourceRow]:
        headings = self.headings or ()
        number = 0
        try:
            for cells in self._reader:
                number += 1
                over = [cell for cell in cells[len(headings) :] if cell]
                given = dict(zip(headings, map(unguard, cells), strict=False))
                fault = "has more cells than there are headings" if over else ""
                yield SourceRow(number, given, fault)
        except (UnicodeError, csv.Error) as error:
            raise _unreadable(error, number + 1) from None

    def share(self) -> float:
        return min(1.0, self._raw.tell() / self._size)

    def close(self) -> None:
        self._text.close()


def _unreadable(error: Exception, row: int) -> UnreadableFile:
    if isinstance(error, UnicodeError):
        return UnreadableFile(f"row {row}: it is not in the encoding it is read in")
    return UnreadableFile(f"row {row}: {error}")
