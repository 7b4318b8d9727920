"""HTML as Markdown: what the cleaner lets pass, and pictures; of all else only its words."""

import re
from urllib.parse import quote

from backend.service.knowledge.folders.faults import Unfit
from infra.kernel.markup import End, NoPage, Start, parts_of

_BLOCKS = {"p", "div", "section", "article", "header", "footer", "main", "table", "dl", "figure"}
_DROPPED = {"script", "style", "template", "noscript", "textarea", "iframe", "object", "svg", "nav"}
_MARKS = {"strong": "**", "b": "**", "em": "*", "i": "*", "code": "`", "del": "~~", "s": "~~"}
_ADDRESS = re.compile(r"(?:https?://|mailto:)[^\s<>()]+|[^\s:<>()\\]+")
_SPACES = re.compile(r"[ \t\r\n]+")
_GAPS = re.compile(r"\n{3,}")
_DEPTH_MOST = 8
"""How far lists are set in; a deeper one stands there, too."""
_SPECIAL = re.compile(r"([\\`*_\[\]<>])")
_PICTURE = re.compile(r"<img\s[^<>]{1,2000}>", re.IGNORECASE)
_PLAIN = "/#?&=%+,;@~!$'*"
"""What stays as it is in an address within the folder; spaces and brackets do not."""


def to_markdown(html: str) -> tuple[str, str]:
    """(title, Markdown) of a page; raises Unfit for what is none."""
    reader = _Reader()
    reader.read(html)
    text = "\n".join(line.rstrip() for line in "".join(reader.out).splitlines())
    return _SPACES.sub(" ", "".join(reader.title)).strip(), _GAPS.sub("\n\n", text).strip("\n")


def pictures_in(text: str) -> str:
    """Markdown in which pictures that stood as HTML stand as Markdown."""
    return _PICTURE.sub(_picture_of, text) if "<img" in text.lower() else text


def _picture_of(found: re.Match[str]) -> str:
    reader = _Reader()
    reader.read(found[0])
    made = "".join(reader.out)
    return made if made.startswith("![") else found[0]


class _Reader:
    """Writes Markdown while it reads; keeps nothing but what it needs to close what is open."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.title: list[str] = []
        self._dropped: list[str] = []
        self._in_title = self._in_code_block = False
        self._lists: list[int | None] = []
        self._links: list[str] = []

    def read(self, html: str) -> None:
        try:
            for part in parts_of(html):
                if isinstance(part, Start):
                    self._started(part.name, part.attributes, is_closed=part.is_closed)
                elif isinstance(part, End):
                    self._ended(part.name)
                else:
                    self._said(part)
        except NoPage:
            raise Unfit("no_page") from None

    def _started(self, tag: str, given: dict[str, str], *, is_closed: bool) -> None:
        if self._dropped or tag in _DROPPED:
            if tag in _DROPPED and not is_closed:
                self._dropped.append(tag)
        elif tag == "title":
            self._in_title = True
        elif re.fullmatch(r"h[1-6]", tag):
            self.out.append(f"\n\n{'#' * int(tag[1])} ")
        elif tag in {"ul", "ol"}:
            self._lists.append(0 if tag == "ol" else None)
            self.out.append("" if len(self._lists) > 1 else "\n\n")
        elif tag == "li":
            self._item()
        elif tag == "a":
            self._links.append(_address(given.get("href")))
            self.out.append("[" if self._links[-1] else "")
        elif tag == "img":
            source = _address(given.get("src"))
            alt = _SPACES.sub(" ", given.get("alt") or "").strip()
            self.out.append(f"![{_escaped(alt)}]({source})" if source else _escaped(alt))
        else:
            self._open(tag)

    def _open(self, tag: str) -> None:
        if tag == "pre":
            self._in_code_block = True
            self.out.append("\n\n```\n")
        elif tag in _MARKS and not self._in_code_block:
            self.out.append(_MARKS[tag])
        elif tag == "br":
            self.out.append("\n")
        elif tag == "hr":
            self.out.append("\n\n---\n\n")
        elif tag == "blockquote":
            self.out.append("\n\n> ")
        elif tag in _BLOCKS or tag in {"tr", "dt", "dd"}:
            self.out.append("\n\n")
        elif tag in {"td", "th"}:
            self.out.append(" ")

    def _item(self) -> None:
        depth = min(max(len(self._lists) - 1, 0), _DEPTH_MOST)
        sign = "-"
        if self._lists and (count := self._lists[-1]) is not None:
            self._lists[-1] = count + 1
            sign = f"{count + 1}."
        self.out.append(f"\n{'   ' * depth}{sign} ")

    def _ended(self, tag: str) -> None:
        if self._dropped:
            if tag == self._dropped[-1]:
                self._dropped.pop()
        elif tag == "title":
            self._in_title = False
        elif tag == "pre":
            self._in_code_block = False
            self.out.append("\n```\n\n")
        elif tag in _MARKS and not self._in_code_block:
            self.out.append(_MARKS[tag])
        elif tag == "a" and self._links:
            address = self._links.pop()
            self.out.append(f"]({address})" if address else "")
        elif tag in {"ul", "ol"} and self._lists:
            self._lists.pop()
            self.out.append("" if self._lists else "\n\n")
        elif tag in _BLOCKS or tag == "blockquote" or re.fullmatch(r"h[1-6]", tag):
            self.out.append("\n\n")

    def _said(self, data: str) -> None:
        if self._dropped:
            return
        if self._in_title:
            self.title.append(data)
        elif self._in_code_block:
            self.out.append(data.replace("```", "'''"))
        else:
            self.out.append(_escaped(_SPACES.sub(" ", data)))


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def _address(given: str | None) -> str:
    """A link that may stay: the web's, a mail's, or one within the folder."""
    found = (given or "").strip()
    if ":" not in found and "\\" not in found and "<" not in found:
        found = quote(found, safe=_PLAIN)
    return found if _ADDRESS.fullmatch(found) else ""
