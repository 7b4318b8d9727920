"""HTML as Markdown: what the cleaner lets pass, and pictures; of all else only its words."""

import re
from html.parser import HTMLParser

_BLOCKS = {"p", "div", "section", "article", "header", "footer", "main", "table", "dl", "figure"}
_DROPPED = {"script", "style", "template", "noscript", "textarea", "iframe", "object", "svg", "nav"}
_MARKS = {"strong": "**", "b": "**", "em": "*", "i": "*", "code": "`", "del": "~~", "s": "~~"}
_ADDRESS = re.compile(r"(?:https?://|mailto:)[^\s<>()]+|[^\s:<>()\\]+")
_SPACES = re.compile(r"[ \t\r\n]+")
_GAPS = re.compile(r"\n{3,}")
_SPECIAL = re.compile(r"([\\`*_\[\]<>])")


def to_markdown(html: str) -> tuple[str, str]:
    """(title, Markdown) of a page."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    text = "\n".join(line.rstrip() for line in "".join(reader.out).splitlines())
    return _SPACES.sub(" ", "".join(reader.title)).strip(), _GAPS.sub("\n\n", text).strip("\n")


class _Reader(HTMLParser):
    """Writes Markdown while it reads; keeps nothing but what it needs to close what is open."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self.title: list[str] = []
        self._dropped: list[str] = []
        self._in_title = self._in_code_block = False
        self._lists: list[int | None] = []
        self._links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if self._dropped or tag in _DROPPED:
            if tag in _DROPPED:
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
        depth = max(len(self._lists) - 1, 0)
        sign = "-"
        if self._lists and (count := self._lists[-1]) is not None:
            self._lists[-1] = count + 1
            sign = f"{count + 1}."
        self.out.append(f"\n{'   ' * depth}{sign} ")

    def handle_endtag(self, tag: str) -> None:
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

    def handle_data(self, data: str) -> None:
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
    return found if _ADDRESS.fullmatch(found) else ""
