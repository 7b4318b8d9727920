"""What a record's story comes to, each sentence with the passage that says so.

A summary is made only of passages that the caller was given to read. The built-in way picks
sentences as they stand. An endpoint's model may write its own, and is trusted with nothing: it has
no tools, its answer is checked against a schema, a sentence that cites none of the passages is
dropped, and what is left is plain text that nobody but a person acts on.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

SENTENCES_MAX = 6
SENTENCE_CHARACTERS_MAX = 400


@dataclass(frozen=True, slots=True)
class Passage:
    """Something somebody wrote, in the order of time; `role` is who: customer, agent, system …"""

    kind: str
    id: UUID
    text: str
    role: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Citation:
    """The record that a sentence rests on."""

    kind: str
    id: UUID


@dataclass(frozen=True, slots=True)
class SummarySentence:
    """One sentence and what it rests on."""

    text: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """A record's story in a few sentences; `fallback_reason` says why no model wrote it."""

    sentences: tuple[SummarySentence, ...]
    model: str
    made_at: datetime
    source_version: int
    fallback_reason: str | None = None


class SummaryFailed(Exception):
    """The provider gave no usable summary; the reason is for people and names no secret."""


class Summarizer(Protocol):
    """Writes a summary of passages; raises SummaryFailed."""

    @property
    def model(self) -> str: ...

    async def sentences(
        self, passages: Sequence[Passage], *, subject: str, locale: str
    ) -> tuple[SummarySentence, ...]: ...


async def summarize(
    summarizer: Summarizer | None,
    fallback: Summarizer,
    passages: Sequence[Passage],
    *,
    subject: str,
    locale: str,
    now: datetime,
    source_version: int,
) -> Summary:
    """The configured summarizer's account, or the fallback's with the reason. It never fails.

    May call the network: hold no transaction open.
    """
    reason: str | None = None
    if summarizer is not None and passages:
        try:
            written = await summarizer.sentences(passages, subject=subject, locale=locale)
            return Summary(written, summarizer.model, now, source_version)
        except SummaryFailed as failure:
            reason = str(failure)
    picked = await fallback.sentences(passages, subject=subject, locale=locale)
    return Summary(picked, fallback.model, now, source_version, reason)


_IMAGE_OR_LINK = re.compile(
    r"!?\[([^\[\]]{0,300})\]\s?[(\[](?:[^()\[\]]|\([^()\[\]]{0,200}\)){0,2000}[)\]]"
)
_ADDRESS = re.compile(
    r"\b(?:[a-z][a-z0-9+.-]{1,20}://|www\.|(?:javascript|data|vbscript|mailto|file):"
    r"|(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24}(?::\d{1,5})?[/?#])\S*",
    re.IGNORECASE,
)
_TAG = re.compile(r"</?[a-zA-Z!][^<>]{0,2000}>|<!--|-->")
_MARKS = re.compile(r"(\*\*|__|~~|`+|^\s{0,3}(?:#{1,6}|>|[-*+]|\d{1,3}[.)])\s+)", re.MULTILINE)
_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)


_BRACKETS = str.maketrans("<>[]`", "     ")


def plain(text: str, *, characters_max: int = SENTENCE_CHARACTERS_MAX) -> str:
    """The words alone: no markup, image, link, address, control or invisible character."""
    text = _INVISIBLE.sub("", text[:20_000])
    for pattern, instead in ((_IMAGE_OR_LINK, r"\1"), (_TAG, " "), (_ADDRESS, " "), (_MARKS, "")):
        text = pattern.sub(instead, text)
    # What the patterns left, or made by falling together, must not read as markup again.
    text = " ".join(text.translate(_BRACKETS).split())
    if len(text) <= characters_max:
        return text
    at = text.rfind(" ", 0, characters_max - 1)
    return f"{text[: at if at > 0 else characters_max - 1]}…"
