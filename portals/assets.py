"""The static files of the portals: read once, known by a print of their content, kept compressed.

An address from `asset` carries that print, so a browser may keep the file for ever and a changed
file is a new address. Modules import each other by plain names; those answers are revalidated.
"""

import gzip
import hashlib
import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

STATIC = Path(__file__).parent / "static"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


class Asset(NamedTuple):
    """A file as it is served; `zipped` is its gzip form."""

    content: bytes
    zipped: bytes
    content_type: str
    print: str


def slimmed(text: str, suffix: str) -> str:
    """The file without what only its authors read: whole-line comments and indentation.

    No code is rewritten. It holds as long as our scripts keep template literals on one line, and
    no text in a style has a space after a comma or a colon.
    """
    if suffix == ".css":
        text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
        text = re.sub(r"\s*\n\s*", "\n", text)
        text = re.sub(r" ?([{};]) ?", r"\1", text).replace(";}", "}")
        return re.sub(r"([:,]) +", r"\1", text).strip()
    if suffix == ".js":
        text = re.sub(r"^\s*//.*\n", "", text, flags=re.MULTILINE)
        return re.sub(r"\n\s+", "\n", text)
    return text


@lru_cache
def read_asset(name: str) -> Asset | None:
    """A static file by its path below `static`, or None for anything that is not one of ours."""
    path = STATIC / name
    if path.suffix not in TYPES or not path.resolve().is_relative_to(STATIC.resolve()):
        return None
    if not path.is_file():
        return None
    content = slimmed(path.read_text(), path.suffix).encode()
    digest = hashlib.sha256(content).hexdigest()[:10]
    return Asset(content, gzip.compress(content, 9, mtime=0), TYPES[path.suffix], digest)


def asset(name: str) -> str:
    """The address of a static file."""
    found = read_asset(name)
    if found is None:
        raise LookupError(f"there is no static file {name}")
    return f"/static/{name}?v={found.print}"
