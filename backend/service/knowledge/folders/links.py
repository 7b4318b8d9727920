"""The links and pictures of a Markdown text, found and led elsewhere. What stands in code is none.

Every step is linear in the text: it comes from outside.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".bmp", ".tif", ".tiff", ".avif")
LINKS_MOST = 2_000
"""Brackets beyond which the renderer, too, takes no bracket for a link."""
_TEXT_CHARS_MOST = 1_000
_FENCE = re.compile(r" {0,3}(?:>\s?)*\s*(```+|~~~+)")
_INLINE_CODE = re.compile(r"(`[^`\n]+`)")
_TARGET = (
    r"(?:<(?P<pointed>[^<>\n]{1,500})>|(?P<bare>[^\s()<>]{0,500}(?:\([^\s()<>]{0,200}\)[^\s()<>]{0,500}){0,5}))"
    r"(?:\s{1,5}(?:\"[^\"\n]{0,300}\"|'[^'\n]{0,300}'))?"
)
_INLINE = re.compile(rf"\]\([ \t]{{0,5}}{_TARGET}[ \t]{{0,5}}\)")
_DEFINED = re.compile(
    rf"^ {{0,3}}\[[^\[\]\n]{{1,200}}(?P<end>\]):[ \t]{{1,5}}{_TARGET}[ \t]*$", re.MULTILINE
)


@dataclass(frozen=True)
class Link:
    """Where a link leads, as it is written; `is_picture` where it shows what it leads to."""

    address: str
    is_picture: bool


Lead = Callable[[Link], str | None]


def links(body: str) -> list[Link]:
    """All of a text, in order, each once."""
    found: dict[Link, None] = {}

    def note(link: Link) -> None:
        found[link] = None

    relinked(body, note)
    return list(found)


def pictures(body: str) -> list[str]:
    """The addresses of the pictures in a text."""
    return [link.address for link in links(body) if link.is_picture]


def relinked(body: str, lead: Lead) -> str:
    """The text with each link leading to what `lead` says, and as it was where that is None."""
    if body.count("[") > LINKS_MOST:
        return body
    told = (text if is_code else _relinked(text, lead) for is_code, text in _pieces(body))
    return "".join(told)


def outside_code(body: str, work: Callable[[str], str]) -> str:
    """The text with its words, but not its code, put through `work`."""
    return "".join(text if is_code else work(text) for is_code, text in _pieces(body))


def _relinked(text: str, lead: Lead) -> str:
    found = sorted(
        [*_INLINE.finditer(text), *_DEFINED.finditer(text)], key=lambda match: match.start()
    )
    out: list[str] = []
    at = 0
    for match in found:
        start, end = match.span("pointed" if match["pointed"] else "bare")
        address = text[start:end]
        if not address or start < at:
            continue
        target = lead(Link(address, _is_picture(text, match, address)))
        if target is not None:
            is_pointed = match["pointed"] is not None
            out.append(text[at : start - is_pointed])
            out.append(target)
            at = end + is_pointed
    out.append(text[at:])
    return "".join(out)


def _is_picture(text: str, match: re.Match[str], address: str) -> bool:
    """Whether an exclamation mark stands before the bracket; of a definition its name tells."""
    if match.re is _DEFINED:
        return PurePosixPath(address.partition("?")[0]).suffix.lower() in PICTURES
    depth = 0
    for place in range(match.start(), max(-1, match.start() - _TEXT_CHARS_MOST), -1):
        depth += {"]": 1, "[": -1}.get(text[place], 0)
        if depth == 0:
            return text[place - 1 : place] == "!" and text[place - 2 : place - 1] != "\\"
    return False


def _pieces(body: str) -> Iterator[tuple[bool, str]]:
    """(whether it is code, text): fenced blocks and spans of code, and what lies between."""
    fence, held = "", []
    for line in body.splitlines(keepends=True):
        mark = _FENCE.match(line)
        if fence:
            held.append(line)
            if mark and mark[1].startswith(fence) and not line[mark.end() :].strip():
                yield True, "".join(held)
                fence, held = "", []
        elif mark:
            yield from _spans("".join(held))
            fence, held = mark[1], [line]
        else:
            held.append(line)
    if fence:
        yield True, "".join(held)
    else:
        yield from _spans("".join(held))


def _spans(text: str) -> Iterator[tuple[bool, str]]:
    for place, piece in enumerate(_INLINE_CODE.split(text)):
        if piece:
            yield bool(place % 2), piece
