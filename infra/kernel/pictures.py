"""Pictures that people bring: known by their first bytes, never by what they claim to be.

PNG, JPEG, GIF and WebP alone: none of them can act. They are served under exactly that type, in a
sandbox, and nothing may guess another.
"""

import struct
from dataclasses import dataclass

BYTES_MOST = 5 * 1024 * 1024
PIXELS_MOST = 50_000_000
"""What a browser unpacks of one picture: 200 MB."""
_PNG, _GIF = b"\x89PNG\r\n\x1a\n", (b"GIF87a", b"GIF89a")
_SIZED = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
"""Marks of a JPEG that tell its size."""
_MARKS_MOST = 2_000


@dataclass(frozen=True)
class Picture:
    """What a picture is and how large it shows."""

    media_type: str
    width: int
    height: int

    @property
    def is_too_large(self) -> bool:
        return self.width * self.height > PIXELS_MOST


def picture_of(content: bytes) -> Picture | None:
    """What the bytes are a picture of; None for what is none of the four kinds."""
    try:
        return _known(content)
    except (struct.error, IndexError):
        return None


def _known(content: bytes) -> Picture | None:
    if content.startswith(_PNG):
        is_sized = content[12:16] == b"IHDR"
        return Picture("image/png", *(struct.unpack(">II", content[16:24]) if is_sized else (0, 0)))
    if content.startswith(_GIF):
        return Picture("image/gif", *struct.unpack("<HH", content[6:10]))
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return _webp(content)
    return _jpeg(content) if content[:3] == b"\xff\xd8\xff" else None


def _webp(content: bytes) -> Picture | None:
    kind, width, height = content[12:16], 0, 0
    if kind == b"VP8 ":
        width, height = (each & 0x3FFF for each in struct.unpack("<HH", content[26:30]))
    elif kind == b"VP8L":
        (bits,) = struct.unpack("<I", content[21:25])
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif kind == b"VP8X":
        width, height = (int.from_bytes(content[at : at + 3], "little") + 1 for at in (24, 27))
    return Picture("image/webp", width, height) if width and height else None


def _jpeg(content: bytes) -> Picture | None:
    at = 2
    for _ in range(_MARKS_MOST):
        if content[at] != 0xFF:
            break
        mark = content[at + 1]
        if mark == 0xFF:
            at += 1
            continue
        (length,) = struct.unpack(">H", content[at + 2 : at + 4])
        if mark in _SIZED:
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return Picture("image/jpeg", width, height)
        at += 2 + length
    return None
