"""What articles follow: which text waits, what may go out, which language a reader gets, what
changed between two texts. No query, no clock of its own."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, TypeVar

from backend.service.knowledge.models import Article, ArticleState, KnowledgeBase, Review

T = TypeVar("T")
LINES_COMPARED_MAX = 3_000
Change = Literal["same", "added", "removed"]


def has_revision(article: Article) -> bool:
    """Whether a text waits beside the one that readers have or had."""
    return article.draft_title is not None or article.draft_body is not None


def text_waits(article: Article) -> bool:
    """Whether there is anything to publish."""
    return article.state is not ArticleState.PUBLISHED or has_revision(article)


def waiting_text(article: Article) -> tuple[str, str]:
    """Title and body as the next edition would have them."""
    return article.draft_title or article.title, article.draft_body or article.body


def may_go_out(article: Article, base: KnowledgeBase) -> bool:
    """Whether the base's rule of four eyes is met."""
    return not base.needs_review or article.review is Review.APPROVED


def wrote_it(article: Article, profile_id: object) -> bool:
    """Whether somebody is the author, or was the last to change the text."""
    return profile_id in (article.author_profile_id, article.editor_profile_id)


def expiry_of(article: Article, base: KnowledgeBase, now: datetime) -> datetime | None:
    """Until when an edition that is published now is good; what was set beyond that stands."""
    kept = article.expires_at if article.expires_at and article.expires_at > now else None
    if base.expiry_days is None:
        return kept
    usual = now + timedelta(days=base.expiry_days)
    return max(kept, usual) if kept else usual


def day_passed(article: Article, base: KnowledgeBase, now: datetime) -> bool:
    """Whether a last day that was set is over before the text goes out, and nothing renews it."""
    is_over = article.expires_at is not None and article.expires_at <= now
    is_kept = article.state is not ArticleState.RETIRED and base.expiry_days is None
    return is_over and is_kept


def language_for(available: Mapping[str, T], wanted: Sequence[str]) -> T | None:
    """The text in the first wanted language there is: as asked (`de-AT`), then its family (`de`,
    `de-CH`), and only then the next one. None where there is none of them."""
    for language in wanted:
        if language in available:
            return available[language]
        family = language.partition("-")[0]
        near = [each for each in available if each.partition("-")[0] == family]
        if near:
            return available[min(near, key=lambda each: (len(each), each))]
    return None


@dataclass(frozen=True)
class Line:
    """A line of a comparison."""

    change: Change
    text: str


def compare(before: str, after: str) -> list[Line]:
    """What became of a text, line by line.

    What both begin and end with is not searched; what is left of very long texts is told as taken
    out and put in, since looking for the least difference takes the square of their lengths.
    """
    old, new = before.splitlines(), after.splitlines()
    head = _shared(old, new)
    tail = _shared(old[head:][::-1], new[head:][::-1])
    first = [Line("same", text) for text in old[:head]]
    last = [Line("same", text) for text in old[len(old) - tail :]]
    return [*first, *_between(old[head : len(old) - tail], new[head : len(new) - tail]), *last]


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count


def _between(old: Sequence[str], new: Sequence[str]) -> list[Line]:
    blocks: list[tuple[str, int, int, int, int]] = [("replace", 0, len(old), 0, len(new))]
    if max(len(old), len(new)) <= LINES_COMPARED_MAX:
        blocks = list(difflib.SequenceMatcher(None, old, new).get_opcodes())
    told: list[Line] = []
    for kind, a, b, c, d in blocks:
        if kind == "equal":
            told += [Line("same", text) for text in old[a:b]]
        else:
            told += [Line("removed", text) for text in old[a:b]]
            told += [Line("added", text) for text in new[c:d]]
    return told
