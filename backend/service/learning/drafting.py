"""An article's first draft out of an answered case: its problem, its cause and what solved it.

Only what the customer may read goes in, and nothing that points at anybody: names, addresses and
numbers that the records know, what admins have put into a class of data, and what looks like it.
Every passage says which words of the case it comes from; the citations are for whoever edits it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from backend.service.learning.rules import PERSON, REMOVED, masked, without

TITLE_CHARS_MAX = 300
BODY_CHARS_MAX = 90_000
_CAUSE = re.compile(
    r"\b(?:because|due to|caused by|the cause|the reason"
    r"|weil|wegen|verursacht|die ursache|der grund)\b",
    re.IGNORECASE,
)
_SENTENCES = re.compile(r"(?<=[.!?])\s+|\n+")


@dataclass(frozen=True)
class Passage:
    """Words of the case, and where they stand there."""

    text: str
    source: str


@dataclass(frozen=True)
class Told:
    """What a case says in public, and what of it points at somebody."""

    number: str
    subject: str
    description: str
    resolution: str
    said: Sequence[Mapping[str, Any]]
    names: Sequence[str]
    signs: Sequence[str]
    withheld: frozenset[str] = field(default_factory=frozenset)
    """Columns of the case that have a class of data: left out whole."""


def impersonal(told: Told, text: str) -> str:
    """The text without anything that points at somebody."""
    known = {name.casefold() for name in told.names}
    text = without(text, (sign for sign in told.signs if sign.casefold() not in known), REMOVED)
    text = without(text, told.names, PERSON)
    for word in {w for name in told.names for w in re.findall(r"\w{3,}", name)}:
        # By itself a name is also a word: `Mark` is somebody, to mark is not.
        text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", PERSON, text)
    return masked(text)


def title_of(told: Told) -> str:
    """The question, as the customer put it."""
    subject = "" if "subject" in told.withheld else impersonal(told, told.subject).strip()
    return (subject or told.number)[:TITLE_CHARS_MAX]


def body_of(told: Told, words: Mapping[str, str]) -> str:
    """Markdown with a heading for each part that the case has something for, then its sources."""
    parts = {"problem": problem(told), "cause": cause(told), "resolution": resolution(told)}
    sources: list[str] = []
    sections = []
    for name, passages in parts.items():
        lines = []
        for passage in passages:
            if passage.source not in sources:
                sources.append(passage.source)
            lines.append(f"{passage.text} [{sources.index(passage.source) + 1}]")
        if lines:
            sections.append(f"## {words[name]}\n\n" + "\n\n".join(lines))
    cited = "\n".join(f"{place}. {source}" for place, source in enumerate(sources, 1))
    body = "\n\n".join(sections)[:BODY_CHARS_MAX]
    return f"{body}\n\n## {words['sources']}\n\n{cited}\n" if cited else told.number


def problem(told: Told) -> list[Passage]:
    """The case's own words, and the first that its customer added."""
    own = _passage(told, "description", told.description)
    asked = [_of_entry(told, e) for e in told.said if e["author_kind"] in ("customer", "partner")]
    first = [p for p in asked if p.text and own and p.text != own[0].text][:1] or asked[:1]
    return [*own, *(p for p in first if p.text)][:2]


def cause(told: Told) -> list[Passage]:
    """The sentences by which staff told the customer why."""
    found = []
    for entry in told.said:
        if entry["author_kind"] != "staff":
            continue
        why = [s.strip() for s in _SENTENCES.split(entry["body"]) if _CAUSE.search(s)]
        if why:
            found.append(Passage(impersonal(told, " ".join(why)), _source(told, entry)))
    return found[:3]


def resolution(told: Told) -> list[Passage]:
    """What solved it; where nobody wrote that down, the last answer."""
    if own := _passage(told, "resolution", told.resolution):
        return own
    answers = [_of_entry(told, e) for e in told.said if e["author_kind"] == "staff"]
    return answers[-1:]


def _passage(told: Told, column: str, text: str) -> list[Passage]:
    if column in told.withheld or not text.strip():
        return []
    return [Passage(impersonal(told, text.strip()), f"{told.number}, {column}")]


def _of_entry(told: Told, entry: Mapping[str, Any]) -> Passage:
    return Passage(impersonal(told, entry["body"].strip()), _source(told, entry))


def _source(told: Told, entry: Mapping[str, Any]) -> str:
    return f"{told.number}, {entry['author_kind']}, {entry['at']:%Y-%m-%d %H:%M} UTC"
