"""What every kind of file is to an import: numbered rows of cells under headings."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol

CELL_CHARS_MOST = 1_000_000
LINE_BYTES_MOST = 4_000_000


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A row as it stands in the file; `fault` says why it is none."""

    number: int
    cells: Mapping[str, Any]
    fault: str = ""


class Source(Protocol):
    """An open file."""

    headings: tuple[str, ...] | None
    """None where each row names its own."""

    def rows(self) -> Iterator[SourceRow]:
        """The rows from the first; raises UnreadableFile."""
        ...

    def share(self) -> float:
        """How much of the file is read, from 0 to 1."""
        ...

    def close(self) -> None: ...


def take(rows: Iterator[SourceRow], most: int) -> list[SourceRow]:
    """The next rows."""
    return list(islice(rows, most))


def skip(rows: Iterator[SourceRow], many: int) -> None:
    """Pass over rows that were dealt with before."""
    next(islice(rows, many, many), None)


def headings_of(cells: list[str]) -> tuple[tuple[str, ...], list[str]]:
    """The headings without blanks around them and at the end, and those that come twice."""
    named = [cell.strip() for cell in cells]
    while named and not named[-1]:
        named.pop()
    twice = sorted({name for name in named if named.count(name) > 1})
    return tuple(named), twice
