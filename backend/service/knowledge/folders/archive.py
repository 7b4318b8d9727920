"""A zip of texts and pictures, measured before anything of it is opened.

Nothing is ever written under a name that came in: parts are read into memory, one at a time, and a
name that leaves the folder, is a link, or grows too much when unpacked refuses the whole archive.
"""

import lzma
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from backend.service.knowledge.folders.faults import Unfit
from infra.kernel.pictures import BYTES_MOST as PICTURE_BYTES_MOST

PARTS_MOST = 20_000
TEXT_BYTES_MOST = 400_000
ALL_BYTES_MOST = 500 * 1024 * 1024
RATIO_MOST = 200
PATH_CHARS_MOST = 180
TEXTS = (".md", ".markdown", ".html", ".htm")
_SMALL = 64 * 1024
_BROKEN = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, NotImplementedError, RuntimeError, OSError,
    EOFError, ValueError,
)  # fmt: skip
"""All that the unpackers raise for what they cannot read."""


class Archive:
    """The parts of a checked zip by their paths."""

    def __init__(self, opened: zipfile.ZipFile, parts: dict[str, zipfile.ZipInfo]) -> None:
        self._opened = opened
        self._parts = parts

    @property
    def texts(self) -> list[str]:
        """The paths of what becomes an article, in order."""
        return sorted(path for path in self._parts if path.lower().endswith(TEXTS))

    def __contains__(self, path: str) -> bool:
        return path in self._parts

    def read(self, path: str) -> bytes:
        """A part; raises Unfit where it is larger than it said, or broken."""
        most = TEXT_BYTES_MOST if path.lower().endswith(TEXTS) else PICTURE_BYTES_MOST
        try:
            with self._opened.open(self._parts[path]) as part:
                content = part.read(most + 1)
        except _BROKEN:
            raise Unfit("part_broken") from None
        if len(content) > most:
            raise Unfit("part_large", most)
        return content


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """The archive, checked; raises Unfit for what is no zip, or one made to harm."""
    try:
        archive = zipfile.ZipFile(path)
    except _BROKEN:
        raise Unfit("no_zip") from None
    with archive:
        yield Archive(archive, _checked(archive))


def _checked(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    parts = [each for each in archive.infolist() if not each.is_dir()]
    if len(parts) > PARTS_MOST:
        raise Unfit("too_many", PARTS_MOST)
    if sum(each.file_size for each in parts) > ALL_BYTES_MOST:
        raise Unfit("too_large", ALL_BYTES_MOST)
    _refuse_overlaps(parts)
    found: dict[str, zipfile.ZipInfo] = {}
    for part in parts:
        path = safe_path(part.filename)
        if path is None or path in found or stat.S_ISLNK(part.external_attr >> 16):
            raise Unfit("path", part.filename)
        if part.file_size > _SMALL and part.file_size > RATIO_MOST * max(1, part.compress_size):
            raise Unfit("grows", path)
        if part.flag_bits & 1:
            raise Unfit("encrypted")
        if not path.startswith("__MACOSX/") and not PurePosixPath(path).name.startswith("."):
            found[path] = part
    return found


def _refuse_overlaps(parts: list[zipfile.ZipInfo]) -> None:
    """Raises Unfit where the same bytes are packed as several parts, each as large as all."""
    ordered = sorted(parts, key=lambda part: part.header_offset)
    for before, part in pairwise(ordered):
        if before.header_offset + before.compress_size >= part.header_offset:
            raise Unfit("overlaps", part.filename)


def safe_path(name: str) -> str | None:
    """The path within the folder; None for one that leads out of it or could anywhere."""
    if not name or len(name) > PATH_CHARS_MOST or "\\" in name or ":" in name or "\0" in name:
        return None
    parts = name.split("/")
    if name.startswith("/") or any(part in {"", ".", ".."} for part in parts):
        return None
    return name


def resolved(path: str, link: str) -> str | None:
    """What a relative link in the text at `path` leads to within the folder, or None."""
    target = unquote(link.partition("#")[0].partition("?")[0])
    if not target or "://" in target or target.startswith(("/", "mailto:", "#")):
        return None
    steps = list(PurePosixPath(path).parent.parts)
    for part in PurePosixPath(target).parts:
        if part == "..":
            if not steps:
                return None
            steps.pop()
        elif part != ".":
            steps.append(part)
    return safe_path("/".join(steps))
