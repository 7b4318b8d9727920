"""A text with what is said of it in front: YAML between two lines of `---`, then Markdown."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

import yaml

from backend.platform.transfers.errors import UnreadableFile
from backend.service.knowledge.folders.html import to_markdown

KNOWN = ("title", "category", "audience", "tier", "language")
_FRONT = re.compile(r"\A---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)
_FRONT_CHARS_MOST = 10_000
_HEADING = re.compile(r"\A\s*#\s+(.+?)\s*#*\s*(?:\n|\Z)")
_CODE = re.compile(r"(^```.*?^```[ \t]*$|`[^`\n]+`)", re.DOTALL | re.MULTILINE)
_LINKS = re.compile(r"(!?)\[[^\]\n]{0,500}\]\(\s*<?([^)\s>]{1,500})>?(?:\s+\"[^\"\n]*\")?\s*\)")


@dataclass(frozen=True)
class Document:
    """A text, its title, and the other things its front says."""

    title: str
    body: str
    said: Mapping[str, Any] = field(default_factory=dict)


def read(path: str, content: bytes) -> Document:
    """The document at a path; raises UnreadableFile for what is no such text."""
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise UnreadableFile("the text is not UTF-8") from None
    front: dict[str, Any] = {}
    if path.lower().endswith((".html", ".htm")):
        title, text = to_markdown(text)
        front = {"title": title} if title else {}
    elif found := _FRONT.match(text):
        front, text = _front(found[1]), text[found.end() :]
    title = str(front.pop("title", "") or "").strip()
    if not title and (heading := _HEADING.match(text)):
        title, text = heading[1], text[heading.end() :]
    return Document(title or PurePosixPath(path).stem, text.strip("\n"), front)


def _front(text: str) -> dict[str, Any]:
    if len(text) > _FRONT_CHARS_MOST or ("&" in text.replace("&amp;", "") and "*" in text):
        raise UnreadableFile("the front matter is too long, or names anchors")
    try:
        told = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError):
        raise UnreadableFile("the front matter is no YAML") from None
    if told is None:
        return {}
    if not isinstance(told, dict) or not all(isinstance(name, str) for name in told):
        raise UnreadableFile("the front matter is no list of names and values")
    unknown = sorted(set(told) - set(KNOWN))
    if unknown:
        raise UnreadableFile(f"the front matter says what is not known: {', '.join(unknown)[:200]}")
    return told


def write(document: Document) -> str:
    """What `read` makes the same document of."""
    told = {"title": document.title, **{k: document.said[k] for k in KNOWN if k in document.said}}
    front = yaml.safe_dump(told, allow_unicode=True, sort_keys=False, width=10_000)
    return f"---\n{front}---\n\n{document.body}\n"


def pictures(body: str) -> list[str]:
    """The addresses of the pictures in a text."""
    return [address for sign, address in _LINKS.findall(body) if sign]


def relinked(body: str, lead: Callable[[str], str | None]) -> str:
    """The text with each link leading to what `lead` says, and as it was where that is None; what
    stands in a block of code is no link."""

    def led(found: re.Match[str]) -> str:
        target = None if found[1] else lead(found[2])
        if target is None:
            return found[0]
        start, end = (place - found.start() for place in found.span(2))
        return f"{found[0][:start]}{target}{found[0][end:]}"

    pieces = enumerate(_CODE.split(body))
    return "".join(piece if place % 2 else _LINKS.sub(led, piece) for place, piece in pieces)
