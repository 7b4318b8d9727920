"""Files on disk: `files/<tenant>/<two hex digits>/<generated name>`, never a name that came in.

A file is written beside its place under a temporary name, forced to disk, and renamed; only then
may a row point to it. Whatever fails on the way leaves nothing. A crash between rename and commit
leaves a file without a row, which `orphans` finds once it is old enough.
"""

import asyncio
import contextlib
import errno
import hashlib
import os
import re
import shutil
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from uuid import UUID, uuid4

from infra.kernel.errors import InsufficientStorage, NotFound, TooLarge, Unavailable

CHUNK_BYTES = 256 * 1024
ORPHAN_SECONDS_MIN = 3_600
_KEY = re.compile(r"[0-9a-f]{2}/[0-9a-f]{32}")
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@dataclass(frozen=True)
class Stored:
    """A file that is safely on disk."""

    key: str
    size_bytes: int
    sha256: bytes


class Storage:
    """The files of all tenants below one directory."""

    def __init__(self, root: Path, *, bytes_max: int = 25 * 1024 * 1024) -> None:
        self.root = root
        self.bytes_max = bytes_max

    async def begin(self, tenant_id: UUID, *, bytes_max: int | None = None) -> "Upload":
        """Start a file, one of ours with a limit of its own; raises InsufficientStorage or
        Unavailable."""
        key = _new_key()
        path = self._place(tenant_id, key)
        part = path.with_name(f"{path.name}.part")
        file = await asyncio.to_thread(_open_new, part)
        return Upload(key, path, part, file, bytes_max or self.bytes_max)

    async def keep(self, tenant_id: UUID, content: bytes) -> Stored:
        """Store content at hand."""
        upload = await self.begin(tenant_id)
        try:
            await upload.write(content)
            return await upload.finish()
        except BaseException:
            await upload.discard()
            raise

    def path(self, tenant_id: UUID, key: str) -> Path:
        """Where the file of a row lies; raises NotFound for what is no key of ours."""
        if not _KEY.fullmatch(key):
            raise NotFound("no such file")
        return self._place(tenant_id, key)

    def _place(self, tenant_id: UUID, key: str) -> Path:
        return self.root / UUID(str(tenant_id)).hex / key

    async def read(
        self, tenant_id: UUID, key: str, start: int = 0, length: int | None = None
    ) -> AsyncIterator[bytes]:
        """The file in pieces; raises Unavailable where it cannot be read."""
        path = self.path(tenant_id, key)
        with translated():
            file = await asyncio.to_thread(_open_at, path, start)
        try:
            left = length
            while left is None or left > 0:
                wanted = CHUNK_BYTES if left is None else min(CHUNK_BYTES, left)
                with translated():
                    piece = await asyncio.to_thread(file.read, wanted)
                if not piece:
                    break
                left = None if left is None else left - len(piece)
                yield piece
        finally:
            file.close()

    async def delete(self, tenant_id: UUID, key: str) -> None:
        """Remove the file, if it is there."""
        await asyncio.to_thread(self.path(tenant_id, key).unlink, missing_ok=True)

    async def erase_tenant(self, tenant_id: UUID) -> None:
        """Remove every file of the tenant."""
        await asyncio.to_thread(shutil.rmtree, self.root / UUID(str(tenant_id)).hex, True)

    async def aged_keys(self, tenant_id: UUID) -> list[str]:
        """Keys of files old enough that a row would have to be there by now."""
        return await asyncio.to_thread(lambda: list(self._aged(tenant_id)))

    def _aged(self, tenant_id: UUID) -> Iterator[str]:
        before = time.time() - ORPHAN_SECONDS_MIN
        for path in (self.root / UUID(str(tenant_id)).hex).glob("??/*"):
            try:
                if path.stat().st_mtime > before:
                    continue
                if path.suffix == ".part":
                    path.unlink(missing_ok=True)
                else:
                    yield f"{path.parent.name}/{path.name}"
            except FileNotFoundError:
                continue


class Upload:
    """A file that is being written. Call `finish` or `discard`, whatever happens."""

    def __init__(self, key: str, path: Path, part: Path, file: BinaryIO, bytes_max: int) -> None:
        self.key = key
        self._path = path
        self._part = part
        self._file = file
        self._bytes_max = bytes_max
        self._digest = hashlib.sha256()
        self._waiting = bytearray()
        self.size_bytes = 0

    async def write(self, piece: bytes) -> None:
        """Add a piece; raises TooLarge, InsufficientStorage, Unavailable."""
        self.size_bytes += len(piece)
        if self.size_bytes > self._bytes_max:
            raise TooLarge(f"a file has at most {self._bytes_max} bytes")
        self._waiting += piece
        if len(self._waiting) >= CHUNK_BYTES:
            await self._drain()

    async def _drain(self) -> None:
        piece, self._waiting = bytes(self._waiting), bytearray()
        await asyncio.to_thread(self._write, piece)

    def _write(self, piece: bytes) -> None:
        self._digest.update(piece)
        rest = memoryview(piece)
        with translated():
            while rest:  # a disk that is almost full takes a part and says so only the next time
                rest = rest[self._file.write(rest) :]

    async def finish(self) -> Stored:
        """Make it durable under its name; raises InsufficientStorage, Unavailable."""
        await self._drain()
        await asyncio.to_thread(self._settle)
        return Stored(self.key, self.size_bytes, self._digest.digest())

    def _settle(self) -> None:
        with translated():
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self._part.rename(self._path)
            directory = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(directory)
            finally:
                os.close(directory)

    async def discard(self) -> None:
        """Leave nothing behind, finished or not."""
        await asyncio.to_thread(self._remove)

    def _remove(self) -> None:
        with contextlib.suppress(OSError):
            self._file.close()
        for path in (self._part, self._path):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)


@contextmanager
def translated() -> Iterator[None]:
    """Turns what the file system refuses into the problem that a caller may see."""
    try:
        yield
    except OSError as failure:
        if failure.errno in _FULL:
            raise InsufficientStorage("there is no room for files now") from failure
        raise Unavailable("files are out of reach", retry_after=10) from failure


def _new_key() -> str:
    name = uuid4().hex
    return f"{name[:2]}/{name}"


def _open_new(path: Path) -> BinaryIO:
    with translated():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        return os.fdopen(descriptor, "wb", buffering=0)


def _open_at(path: Path, start: int) -> BinaryIO:
    file = path.open("rb")
    file.seek(start)
    return file
