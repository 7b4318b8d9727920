"""Markdown that people write, as HTML that is safe to show.

Two locks: the parser passes no HTML through and knows no images, and what it makes is cleaned
against a short list of elements. The second also takes HTML that did not come from the parser,
such as the body of a mail or the words of a language model.
"""

import re
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
ARTICLE = "article:"
_NUMBER = re.compile(r"article:([A-Za-z]{1,10}[0-9]{1,20})(?:#.*)?")


def _cleaner(relative: Literal["deny", "pass_through"]) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=_TAGS,
        clean_content_tags={"script", "style", "title", "textarea", "xmp", "noscript", "template"},
        attributes={"a": {"href", "title"}, "ol": {"start"}, "abbr": {"title"}},
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
_WITH_ARTICLES = _cleaner("pass_through")
LINKS_MAX = 2_000


def _parser(*without: str) -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False, "breaks": True, "maxNesting": 20})
    return made.enable(["table", "strikethrough"]).disable(["html_block", "html_inline", *without])


# An image would tell its host who reads the page; `![…](…)` therefore stays a link.
_PARSER = _parser("image")
# Looking for the end of each of many thousand brackets takes seconds, and no text means them.
_WITHOUT_LINKS = _parser("image", "link")
_SPACES = re.compile(r"\s+")


def render(text: str, articles: str = "") -> str:
    """The text's HTML, cleaned; beyond CHARS_MAX it is cut.

    A link to `article:KB0001` leads to that article below the address `articles`; without one its
    words stay alone.
    """
    bounded = _bounded(text)
    parser = _parser_for(bounded)
    if not articles or ARTICLE not in bounded:
        return clean(parser.render(bounded))
    tokens = parser.parse(bounded)
    for token in tokens:
        for child in token.children or ():
            if child.type == "link_open":
                address = _led(str(child.attrs.pop("href", "")), articles)
                child.attrs |= {"href": address} if address else {}
    return _WITH_ARTICLES.clean(parser.renderer.render(tokens, parser.options, {}))


def _led(address: str, articles: str) -> str:
    """The address of an article's page; of the rest what leads out of the house, as ever."""
    if found := _NUMBER.fullmatch(address):
        return f"{articles}{found[1]}"
    return address if address.partition(":")[0].lower() in _SCHEMES else ""


def _parser_for(text: str) -> MarkdownIt:
    return _WITHOUT_LINKS if text.count("[") > LINKS_MAX else _PARSER


def clean(html: str) -> str:
    """Foreign HTML cut down to the allowed elements; links keep http, https and mailto only."""
    return _CLEANER.clean(_bounded(html))


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
    return child.content if child.type in {"text", "code_inline"} else ""


def _bounded(text: str) -> str:
    return text[:CHARS_MAX].replace("\0", "").encode("utf-8", "replace").decode()
