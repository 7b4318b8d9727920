"""Text cut into pieces that answer one question each.

Markdown is cut at its headings first, then between paragraphs, then between sentences, and only a
sentence that is longer than a whole piece is cut inside. Each piece carries the titles above it,
so that "Reset" under "Router X2" is found by either word. The same text always gives the same
pieces at the same ordinals, and a piece's hash tells whether it must be embedded again.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

CHARACTERS_AIM = 550
CHARACTERS_MAX = 700
CHUNKS_MAX = 400
_SOURCE_CHARACTERS_MAX = 400_000

_HEADING = re.compile(r"(#{1,6})[ \t]+(?=\S)")
_FENCE = re.compile(r"^\s*(```|~~~)")
_SENTENCE_END = re.compile(r"(?<=[.!?…。])[\"'”»)]*\s+")
_MARKUP = (
    (re.compile(r"!\[([^\[\]]{0,300})\]\([^()]{0,600}\)"), r"\1"),
    (re.compile(r"\[([^\[\]]{0,300})\]\([^()]{0,600}\)"), r"\1"),
    (re.compile(r"<[^<>\n]{1,400}>"), " "),
    (re.compile(r"^#{1,6}[ \t]*$", re.MULTILINE), ""),
    (re.compile(r"(\*\*|__|~~|`+)"), ""),
    (re.compile(r"^\s{0,3}>\s?", re.MULTILINE), ""),
)
_SPACES = re.compile(r"[ \t\u00a0]+")


@dataclass(frozen=True, slots=True)
class Chunk:
    """One piece: where it stands, what stands above it, and what it says in plain text."""

    ordinal: int
    title: str
    body: str

    @property
    def text(self) -> str:
        """What is embedded: the piece under its titles."""
        return f"{self.title}\n{self.body}" if self.title else self.body

    def content_hash(self) -> str:
        return hashlib.sha256(f"{self.title}\x00{self.body}".encode()).hexdigest()


def split(text: str, *, title: str = "") -> list[Chunk]:
    """The text's pieces in reading order, at most CHUNKS_MAX; a title alone is one piece."""
    clean_title = _plain(title)[:200]
    pieces: list[tuple[str, str]] = []
    for above, section in _sections(_readable(text)):
        path = " › ".join(t for t in (clean_title, *above) if t)[:300]
        pieces.extend((path, body) for body in _pack(_paragraphs(section)))
    if not pieces and clean_title:
        pieces = [(clean_title, clean_title)]
    return [Chunk(i, path, body) for i, (path, body) in enumerate(pieces[:CHUNKS_MAX])]


def _readable(text: str) -> str:
    return text[:_SOURCE_CHARACTERS_MAX].replace("\x00", "").replace("\r\n", "\n")


def _sections(text: str) -> Iterator[tuple[tuple[str, ...], str]]:
    above: list[tuple[int, str]] = []
    lines: list[str] = []
    fenced = False
    for line in text.split("\n"):
        if _FENCE.match(line):
            fenced = not fenced
            continue
        heading = None if fenced else _HEADING.match(line)
        if heading is None:
            lines.append(line)
            continue
        if lines:
            yield tuple(name for _, name in above), "\n".join(lines)
        level, name = len(heading[1]), _plain(line[heading.end() :].rstrip("# \t"))
        above = [*(h for h in above if h[0] < level), (level, name)]
        lines = []
    yield tuple(name for _, name in above), "\n".join(lines)


def _paragraphs(section: str) -> Iterator[str]:
    for paragraph in re.split(r"\n\s*\n", section):
        plain = _plain(paragraph)
        if plain:
            yield plain


def _plain(text: str) -> str:
    for pattern, instead in _MARKUP:
        text = pattern.sub(instead, text)
    lines = (_SPACES.sub(" ", line).strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def _pack(paragraphs: Iterator[str]) -> Iterator[str]:
    held = ""
    for part in (p for paragraph in paragraphs for p in _fitting(paragraph)):
        joined = f"{held}\n{part}" if held else part
        # A piece is closed once it has its aim, or when the next part would burst it.
        if held and (len(held) >= CHARACTERS_AIM or len(joined) > CHARACTERS_MAX):
            yield held
            held = part
        else:
            held = joined
    if held:
        yield held


def _fitting(paragraph: str) -> Iterator[str]:
    if len(paragraph) <= CHARACTERS_MAX:
        yield paragraph
        return
    held = ""
    for sentence in _SENTENCE_END.split(paragraph):
        for part in _cut(sentence):
            if held and len(held) + 1 + len(part) > CHARACTERS_MAX:
                yield held
                held = part
            else:
                held = f"{held} {part}" if held else part
    if held:
        yield held


def _cut(sentence: str) -> Iterator[str]:
    while len(sentence) > CHARACTERS_MAX:
        at = sentence.rfind(" ", CHARACTERS_AIM, CHARACTERS_MAX)
        at = at if at > 0 else CHARACTERS_MAX
        yield sentence[:at].rstrip()
        sentence = sentence[at:].lstrip()
    if sentence:
        yield sentence
