"""Identifiers: UUIDv7 (RFC 9562), made in the process, so that rows sort by the time they began."""

import os
import re
import time
from uuid import UUID

_FORM = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)


class _Clock:
    """The last millisecond and counter given out, so that ids of one process never go back."""

    last: int = 0


def uuid7() -> UUID:
    """A UUIDv7 with 62 random bits; later calls in one process sort after earlier ones."""
    # 48 bits of milliseconds and 12 bits of sub-millisecond time, as RFC 9562 §6.2 method 3 has it.
    ticks = (time.time_ns() << 12) // 1_000_000
    if ticks <= _Clock.last:
        ticks = _Clock.last + 1
    _Clock.last = ticks
    random = int.from_bytes(os.urandom(8), "big") & 0x3FFF_FFFF_FFFF_FFFF
    value = (ticks >> 12) << 80 | 0x7 << 76 | (ticks & 0xFFF) << 64 | 0b10 << 62 | random
    return UUID(int=value)


def parse(text: str) -> UUID | None:
    """The UUID that the text spells in its canonical form, or None."""
    return UUID(text) if _FORM.fullmatch(text) else None
