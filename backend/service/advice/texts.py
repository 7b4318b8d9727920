"""What records say, as searches read it: which text of which record, and for whom."""

import hashlib
from collections.abc import Mapping, Sequence

from ai.indexing import Part, Source
from backend.service.cases.models import Case
from backend.service.cases.resources import cases
from backend.service.cases.rules import FINISHED
from backend.service.knowledge.models import Article, ArticleAudience, ArticleState
from backend.service.knowledge.resources import articles

QUESTION_CHARACTERS_MAX = 4_000
_READERS: Mapping[ArticleAudience, tuple[str, ...]] = {
    ArticleAudience.PUBLIC: ("staff", "customer", "partner", "public"),
    ArticleAudience.CUSTOMER: ("staff", "customer", "partner"),
    ArticleAudience.PARTNER: ("staff", "partner"),
    ArticleAudience.INTERNAL: ("staff",),
}
_CASE_READERS = ("staff", "customer", "partner")


def article_source(article: Article) -> Source | None:
    """The text that readers have; None for what nobody reads yet, or any more."""
    if article.state is not ArticleState.PUBLISHED:
        return None
    part = Part(article.body, _READERS[article.audience], article.title)
    return Source(articles.name, article.id, article.version, (part,), article.language)


def case_source(case: Case) -> Source | None:
    """A case that was answered: its trouble and its answer; None while there is no answer.

    Comments and notes are records with readers of their own and are no part of it.
    """
    if case.state not in FINISHED or not case.resolution:
        return None
    trouble = Part(question_of(case), _CASE_READERS, case.subject)
    answer = Part(case.resolution, _CASE_READERS, case.subject)
    return Source(cases.name, case.id, case.version, (trouble, answer))


def question_of(case: Case, said: Sequence[str] = ()) -> str:
    """What is asked of the house: the case's words, and what its customer has said since."""
    parts = (part.strip() for part in (case.subject, case.description, *said))
    return "\n".join(part for part in parts if part)[:QUESTION_CHARACTERS_MAX]


def digest(text: str) -> str:
    """What tells whether a text must be embedded again."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
