"""NDJSON: an object a line, its values exactly as the API takes them."""

from collections.abc import Iterator
from pathlib import Path

import orjson

from backend.platform.transfers.errors import UnreadableFile
from backend.platform.transfers.formats.source import LINE_BYTES_MOST, SourceRow


class Lines:
    """A file of JSON objects, open for reading."""

    headings: tuple[str, ...] | None = None

    def __init__(self, path: Path) -> None:
        self._size = max(1, path.stat().st_size)
        self._file = path.open("rb")

    def rows(self) -> Iterator[SourceRow]:
        number = 0
        while line := self._file.readline(LINE_BYTES_MOST):
            if len(line) >= LINE_BYTES_MOST:
                raise UnreadableFile(
                    f"row {number + 1}: a line has at most {LINE_BYTES_MOST} bytes"
                )
            if not line.strip():
                continue
            number += 1
            yield _row(number, line)

    def share(self) -> float:
        return min(1.0, self._file.tell() / self._size)

    def close(self) -> None:
        self._file.close()


def _row(number: int, line: bytes) -> SourceRow:
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        shown = line[:2000].decode(errors="replace").replace("\0", "")
        return SourceRow(number, {"": shown}, f"is no JSON: {error}"[:300])
    if not isinstance(value, dict):
        return SourceRow(number, {"": value}, "is no JSON object")
    return SourceRow(number, value)
