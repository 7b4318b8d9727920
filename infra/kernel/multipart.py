"""Multipart bodies (RFC 7578), parsed as they arrive, into files on disk and a few short fields.

Every count and size has its limit before anything is kept, so a body of a hundred thousand parts,
or of one endless field, costs no more than its first kilobytes.
"""

import re
import unicodedata
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from infra.kernel.errors import BadRequest, Fault, Invalid, UnsupportedMedia
from infra.kernel.storage import Stored, Upload

PARTS_MAX = 16
FIELD_BYTES_MAX = 4_096
NAME_CHARS_MAX = 200
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
_RESERVED = re.compile(r'[<>:"|?*]')


@dataclass
class UploadedFile:
    """A file of the form: the name it was given, made harmless, and what is on disk."""

    name: str
    media_type: str
    stored: Stored


@dataclass
class Form:
    """What a multipart body held."""

    fields: dict[str, str] = field(default_factory=dict)
    file: UploadedFile | None = None


@dataclass
class _Part:
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    name: str = ""
    file_name: str | None = None
    media_type: str = "application/octet-stream"
    value: bytearray = field(default_factory=bytearray)
    skipped: bool = False


class _TooManyParts(Exception):
    pass


async def read_form(
    pieces: AsyncIterator[bytes],
    content_type: str,
    begin: Callable[[], Awaitable[Upload]],
    *,
    fields: Collection[str],
    file_field: str = "file",
) -> Form:
    """Read one file and these fields. Nothing stays on disk unless a Form is answered.

    Raises UnsupportedMedia, BadRequest for a broken body, Invalid with every fault of its parts,
    and whatever `begin` and the writing raise.
    """
    reader = _Reader(_boundary(content_type), begin, frozenset(fields), file_field)
    try:
        async for piece in pieces:
            await reader.feed(piece)
        return await reader.finish()
    except BaseException:
        await reader.discard()
        raise


def _boundary(content_type: str) -> bytes:
    kind, options = parse_options_header(content_type)
    boundary = options.get(b"boundary", b"")
    if kind != b"multipart/form-data":
        raise UnsupportedMedia("send multipart/form-data")
    if not 1 <= len(boundary) <= 200:
        raise BadRequest([Fault("Content-Type", "boundary", "names no boundary of 1 to 200 bytes")])
    return boundary


class _Reader:
    def __init__(
        self,
        boundary: bytes,
        begin: Callable[[], Awaitable[Upload]],
        fields: frozenset[str],
        file_field: str,
    ) -> None:
        self._begin = begin
        self._fields = fields
        self._file_field = file_field
        self._events: list[tuple[str, bytes]] = []
        self._parts = 0
        self._part = _Part()
        self._header = bytearray(), bytearray()
        self._upload: Upload | None = None
        self._form = Form()
        self._faults: list[Fault] = []
        self._ended = False
        self._saw_file = False
        self._parser = MultipartParser(boundary, self._callbacks())

    def _callbacks(self) -> Any:
        def piece(name: str) -> Callable[[bytes, int, int], None]:
            return lambda data, start, end: self._events.append((name, data[start:end]))

        def mark(name: str) -> Callable[[], None]:
            return lambda: self._events.append((name, b""))

        return {
            "on_part_begin": self._count_part,
            "on_part_data": piece("data"),
            "on_part_end": mark("end"),
            "on_header_field": piece("field"),
            "on_header_value": piece("value"),
            "on_header_end": mark("header"),
            "on_headers_finished": mark("headers"),
            "on_end": mark("last"),
        }

    def _count_part(self) -> None:
        self._parts += 1
        if self._parts > PARTS_MAX:
            raise _TooManyParts
        self._events.append(("begin", b""))

    async def feed(self, piece: bytes) -> None:
        """Parse a piece of the body and act on what it completed."""
        try:
            self._parser.write(piece)
        except FormParserError as failure:
            raise BadRequest(
                [Fault("", "multipart", "is no well-formed multipart body")]
            ) from failure
        except _TooManyParts as failure:
            raise BadRequest([Fault("", "parts", f"has more than {PARTS_MAX} parts")]) from failure
        events, self._events = self._events, []
        for name, data in events:
            await self._act(name, data)

    async def _act(self, name: str, data: bytes) -> None:
        match name:
            case "begin":
                self._part, self._header = _Part(), (bytearray(), bytearray())
            case "field":
                self._header[0].extend(data)
            case "value":
                self._header[1].extend(data)
            case "header":
                self._part.headers.append((bytes(self._header[0]).lower(), bytes(self._header[1])))
                self._header = bytearray(), bytearray()
            case "headers":
                await self._open()
            case "data":
                await self._take(data)
            case "end":
                await self._close()
            case "last":
                self._ended = True

    async def _open(self) -> None:
        part = self._part
        for name, value in part.headers:
            if name == b"content-disposition":
                _, options = parse_options_header(value)
                part.name = _text(options.get(b"name", b""))[:80]
                if b"filename" in options:
                    part.file_name = harmless_name(_text(options[b"filename"]))
            elif name == b"content-type":
                part.media_type = media_type(value)
        pointer = f"/{part.name}"
        is_file = part.name == self._file_field
        self._saw_file = self._saw_file or is_file
        if not is_file and part.name not in self._fields:
            self._faults.append(Fault(pointer, "unknown", "is not a part of this form"))
            part.skipped = True
        elif (is_file and self._upload) or part.name in self._form.fields:
            self._faults.append(Fault(pointer, "twice", "is there more than once"))
            part.skipped = True
        elif is_file and part.file_name is None:
            self._faults.append(Fault(pointer, "type", "must be a file"))
            part.skipped = True
        elif is_file and not self._faults:
            self._upload = await self._begin()

    async def _take(self, data: bytes) -> None:
        part = self._part
        if part.skipped:
            return
        if part.name == self._file_field:
            if self._upload is not None:
                await self._upload.write(data)
            return
        if len(part.value) + len(data) > FIELD_BYTES_MAX:
            text = f"has more than {FIELD_BYTES_MAX} bytes"
            raise Invalid([*self._faults, Fault(f"/{part.name}", "too_long", text)])
        part.value += data

    async def _close(self) -> None:
        part = self._part
        if part.skipped:
            return
        if part.name == self._file_field:
            if self._upload is not None:
                stored = await self._upload.finish()
                name = part.file_name or "file"
                self._form.file = UploadedFile(name, part.media_type, stored)
            return
        try:
            self._form.fields[part.name] = part.value.decode("utf-8")
        except UnicodeDecodeError:
            self._faults.append(Fault(f"/{part.name}", "encoding", "is not UTF-8"))

    async def finish(self) -> Form:
        """The form, once the last boundary was seen."""
        if not self._ended:
            raise BadRequest([Fault("", "multipart", "ends before its last boundary")])
        if self._form.file is None and not self._saw_file:
            self._faults.append(Fault(f"/{self._file_field}", "missing", "is required"))
        if self._faults:
            raise Invalid(self._faults)
        return self._form

    async def discard(self) -> None:
        if self._upload is not None:
            await self._upload.discard()


def harmless_name(name: str) -> str:
    """A file name to show and to offer for download; it is never used to store anything."""
    base = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    base = _RESERVED.sub("_", _UNSAFE.sub("", base)).strip(" .")
    if len(base) > NAME_CHARS_MAX:
        stem, dot, ending = base.rpartition(".")
        short = bool(dot) and len(ending) <= 10
        keep = NAME_CHARS_MAX - len(ending) - 1
        base = f"{stem[:keep]}.{ending}" if short else base[:NAME_CHARS_MAX]
    return base or "file"


def media_type(value: bytes) -> str:
    """What the sender says the file is: kept as a hint, never believed when it is served."""
    kind = value.partition(b";")[0].strip().lower().decode("latin-1")
    known = re.fullmatch(r"[a-z0-9!#$&^_.+-]{1,60}/[a-z0-9!#$&^_.+-]{1,60}", kind)
    return kind if known else "application/octet-stream"


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")
