"""Markdown that people write, as HTML that is safe to show.

Two locks: the parser passes no HTML through, and what it makes is cleaned against a short list of
elements. A picture is shown where it is one of the text's own; one that lies elsewhere would tell
its host who reads the page, and is a link. Foreign HTML is never cleaned here, but read as text
(see `markup`): the cleaner's time grows with the square of how deep it is nested.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

CHARS_MAX = 200_000

_TAGS = (
    {"a", "abbr", "b", "blockquote", "br", "code", "del", "div", "em", "hr", "i", "p", "pre", "s"}
    | {"h1", "h2", "h3", "h4", "h5", "h6", "li", "ol", "ul", "span", "strong", "sub", "sup"}
    | {"table", "tbody", "td", "th", "thead", "tr"}
)
_SCHEMES = {"http", "https", "mailto"}
ARTICLE, PICTURE = "article:", "picture:"
_NUMBER = re.compile(r"article:([A-Za-z]{1,10}[0-9]{1,20})(?:#.*)?")
_OWN_PICTURE = re.compile(r"picture:([a-z0-9][a-z0-9._-]{0,99})")
Pictures = Callable[[str], str | None]
"""Name of a picture → its address."""


def _cleaner(relative: Literal["deny", "pass_through"], *, pictures: bool = False) -> nh3.Cleaner:
    attributes = {"a": {"href", "title"}, "ol": {"start"}, "abbr": {"title"}}
    if pictures:
        attributes["img"] = {"src", "alt", "loading"}
    return nh3.Cleaner(
        tags=_TAGS | {"img"} if pictures else _TAGS,
        clean_content_tags={"script", "style", "title", "textarea", "xmp", "noscript", "template"},
        attributes=attributes,
        tag_attribute_values={
            "td": {"align": {"left", "center", "right"}},
            "th": {"align": {"left", "center", "right"}, "scope": {"col", "row"}},
        },
        url_schemes=_SCHEMES,
        url_relative=relative,
        link_rel="nofollow noopener noreferrer",
        strip_comments=True,
    )


_CLEANER = _cleaner("deny")
# Only for what the parser made, with every other relative link taken out of it before.
_WITH_OURS = _cleaner("pass_through", pictures=True)
LINKS_MAX = 2_000


def _parser(*without: str) -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False, "breaks": True, "maxNesting": 20})
    return made.enable(["table", "strikethrough"]).disable(["html_block", "html_inline", *without])


_PARSER = _parser()
# Looking for the end of each of many thousand brackets takes seconds, and no text means them.
_WITHOUT_LINKS = _parser("image", "link")
_SPACES = re.compile(r"\s+")


def render(text: str, articles: str = "", pictures: Pictures | None = None) -> str:
    """The text's HTML, cleaned; beyond CHARS_MAX it is cut.

    A link to `article:KB0001` leads to that article below the address `articles`; without one its
    words stay alone. `![…](picture:a.png)` shows what `pictures` says; without it, its words.
    """
    bounded = _bounded(text)
    parser = _parser_for(bounded)
    tokens = parser.parse(bounded)
    for token in tokens:
        if token.children:
            token.children = _shown(token.children, articles, pictures)
    html = parser.renderer.render(tokens, parser.options, {})
    return (_WITH_OURS if articles or pictures else _CLEANER).clean(html)


def pictures_of(text: str) -> frozenset[str]:
    """The names of its own pictures that a text shows."""
    return frozenset(_OWN_PICTURE.findall(text)) if PICTURE in text else frozenset()


def _shown(children: list[Token], articles: str, pictures: Pictures | None) -> list[Token]:
    """The pieces of a line, their links and pictures leading where they may."""
    shown: list[Token] = []
    depth = 0
    for child in children:
        if child.type == "image":
            shown += _picture(child, pictures, is_linked=depth > 0)
            continue
        depth += child.nesting if child.type in {"link_open", "link_close"} else 0
        if child.type == "link_open" and (articles or pictures):
            address = _led(str(child.attrs.pop("href", "")), articles)
            child.attrs |= {"href": address} if address else {}
        shown.append(child)
    return shown


def _picture(token: Token, pictures: Pictures | None, *, is_linked: bool) -> list[Token]:
    """A picture of the text's own as one; any other as a link to it, or as its words."""
    source = str(token.attrs.get("src", ""))
    own = _OWN_PICTURE.fullmatch(source)
    if own and pictures and (address := pictures(own[1])):
        token.attrs |= {"src": address, "loading": "lazy"}
        return [token]
    words = Token("text", "", 0, content=token.content or ("" if own else source))
    if is_linked or source.partition(":")[0].lower() not in {"http", "https"}:
        return [words]
    opened = Token("link_open", "a", 1, attrs={"href": source})
    return [opened, words, Token("link_close", "a", -1)]


def _led(address: str, articles: str) -> str:
    """The address of an article's page; of the rest what leads out of the house, as ever."""
    if found := _NUMBER.fullmatch(address):
        return f"{articles}{found[1]}" if articles else ""
    return address if address.partition(":")[0].lower() in _SCHEMES else ""


def _parser_for(text: str) -> MarkdownIt:
    return _WITHOUT_LINKS if text.count("[") > LINKS_MAX else _PARSER


def plain(text: str) -> str:
    """The words of a Markdown text, without its marks, one line a block."""
    bounded = _bounded(text)
    lines = [_words(token) for token in _parser_for(bounded).parse(bounded)]
    return "\n".join(line for line in lines if line)


@dataclass(frozen=True)
class Piece:
    """A part of a snippet; `hit` where it is a word that was looked for."""

    text: str
    hit: bool = False


def snippet(text: str, query: str = "", chars_max: int = 180) -> list[Piece]:
    """A stretch of the plain text around the first word of the query, its words told apart.

    Pieces are text, not HTML: whoever shows them escapes them.
    """
    line = _SPACES.sub(" ", plain(text)).strip()
    words = sorted(set(re.findall(r"\w{2,}", query[:200])), key=lambda word: (-len(word), word))
    pattern = re.compile("|".join(re.escape(word) for word in words) or r"(?!)", re.IGNORECASE)
    first = pattern.search(line)
    start = max(0, first.start() - chars_max // 3) if first else 0
    if start:
        start = line.find(" ", start) + 1 or start
    cut = line[start : start + chars_max]
    if start + chars_max < len(line):
        cut = (cut.rpartition(" ")[0] or cut) + "…"
    if start:
        cut = "…" + cut
    return _pieces(cut, pattern)


def _pieces(cut: str, pattern: re.Pattern[str]) -> list[Piece]:
    pieces, at = [], 0
    for found in pattern.finditer(cut):
        if found.start() > at:
            pieces.append(Piece(cut[at : found.start()]))
        pieces.append(Piece(found.group(), hit=True))
        at = found.end()
    return [*pieces, Piece(cut[at:])] if at < len(cut) else pieces


def _words(token: Token) -> str:
    if token.type in {"fence", "code_block"}:
        return token.content.rstrip("\n")
    return "".join(_inline(child) for child in token.children or ())


def _inline(child: Token) -> str:
    if child.type in {"softbreak", "hardbreak"}:
        return "\n"
    return child.content if child.type in {"text", "code_inline", "image"} else ""


def _bounded(text: str) -> str:
    return text[:CHARS_MAX].replace("\0", "").encode("utf-8", "replace").decode()
