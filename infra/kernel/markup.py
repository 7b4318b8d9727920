"""HTML taken apart in one pass whose time grows with its length alone, however it is broken.

It finds what a browser would: tags with their attributes, words, and nothing in comments or in what
is no text. What is no whole tag is a word.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

TAG_CHARS_MOST = 5_000
BROKEN_MOST = 2_000
"""Signs of a tag that is none, beyond which this is no page."""
_TAG = re.compile(
    r"<(?P<end>/?)(?P<name>[a-zA-Z][a-zA-Z0-9-]{0,40})"
    r"(?P<rest>(?:[\s/](?:[^<>\"']|\"[^\"]*\"|'[^']*')*)?)>"
)
_ATTRIBUTE = re.compile(r"([^\s=<>\"'/]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>=`]+)))?")
_OPAQUE = frozenset(
    {"script", "style", "textarea", "title", "iframe", "noscript", "xmp", "noembed"}
)
"""What holds no tags, whatever stands in it."""


class NoPage(ValueError):
    """The text has so many signs of tags that are none that nobody meant it as HTML."""


@dataclass(frozen=True)
class Start:
    """A tag that opens."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    is_closed: bool = False


@dataclass(frozen=True)
class End:
    """A tag that closes."""

    name: str


Part = Start | End | str


def parts_of(text: str) -> Iterator[Part]:
    """The parts of a page in their order; raises NoPage."""
    at = broken = 0
    while (found := text.find("<", at)) >= 0:
        if found > at:
            yield html.unescape(text[at:found])
        at = _after_remark(text, found)
        if at != found:
            continue
        tag = _TAG.match(text, found, min(len(text), found + TAG_CHARS_MOST))
        if tag is None:
            broken += 1
            if broken > BROKEN_MOST:
                raise NoPage
            yield "<"
            at = found + 1
            continue
        at = tag.end()
        name = tag["name"].lower()
        if tag["end"]:
            yield End(name)
            continue
        yield Start(name, _attributes(tag["rest"]), tag["rest"].endswith("/"))
        if name in _OPAQUE:
            ending = re.compile(f"</{name}", re.IGNORECASE).search(text, at)
            inside, at = text[at : ending.start() if ending else None], len(text)
            yield html.unescape(inside)
            if ending:
                at = ending.start()
    if at < len(text):
        yield html.unescape(text[at:])


def _after_remark(text: str, at: int) -> int:
    """Where a comment or a declaration that begins here is over; here, where none does."""
    for sign, over in (("<!--", "-->"), ("<!", ">"), ("<?", ">")):
        if text.startswith(sign, at):
            end = text.find(over, at + 2)
            return len(text) if end < 0 else end + len(over)
    return at


def _attributes(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, *values in _ATTRIBUTE.findall(text):
        found.setdefault(name.lower(), html.unescape("".join(values)))
    return found
