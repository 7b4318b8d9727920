"""A text with what is said of it in front: YAML between two lines of `---`, then Markdown."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

import yaml

from backend.service.knowledge.folders.faults import Unfit
from backend.service.knowledge.folders.front import KNOWN, parted
from backend.service.knowledge.folders.html import pictures_in, to_markdown
from backend.service.knowledge.folders.links import outside_code


@dataclass(frozen=True)
class Document:
    """A text, its title, and the other things its front says; `lines` and `source` tell where
    something stands in the file."""

    title: str
    body: str
    said: Mapping[str, Any] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict, compare=False)
    source: str = field(default="", compare=False, repr=False)

    def line_of(self, words: str) -> int | None:
        """The first line of the file that holds these words."""
        at = self.source.find(words)
        return None if at < 0 else self.source.count("\n", 0, at) + 1


def read(path: str, content: bytes) -> Document:
    """The document at a path; raises Unfit for what is no such text."""
    source = _decoded(content)
    title, text = "", source
    said: dict[str, Any] = {}
    lines: Mapping[str, int] = {}
    if path.lower().endswith((".html", ".htm")):
        title, text = to_markdown(source)
    else:
        front, text = parted(source)
        said, lines = dict(front.said), front.lines
        title = str(said.pop("title", "")).strip()
        text = outside_code(text, pictures_in)
    if not title and (heading := _heading(text)):
        title, text = heading
    name = title or PurePosixPath(path).stem
    return Document(name, text.strip("\n"), said, lines, source)


def _decoded(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise Unfit("encoding", line=content.count(b"\n", 0, wrong.start) + 1) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _heading(text: str) -> tuple[str, str] | None:
    """(title, the text after it), where it begins with a heading of the first order."""
    line, _, after = text.lstrip().partition("\n")
    if not re.match(r"#\s", line):
        return None
    told = line[1:].strip()
    bare = told.rstrip("#")
    if bare != told and (not bare or bare[-1].isspace()):
        told = bare.rstrip()
    return (told, after) if told else None


def write(document: Document) -> str:
    """What `read` makes the same document of."""
    told = {"title": document.title, **{k: document.said[k] for k in KNOWN if k in document.said}}
    front = yaml.safe_dump(told, allow_unicode=True, sort_keys=False, width=10_000)
    return f"---\n{front}---\n\n{document.body}\n"
