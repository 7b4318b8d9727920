"""What happens to articles."""

from dataclasses import dataclass
from uuid import UUID

from infra.kernel.events import Event


@dataclass(frozen=True)
class ArticlePublished(Event, type="articles.published"):
    """Readers have a new edition."""

    article_id: UUID
    edition: int


@dataclass(frozen=True)
class ArticleRetired(Event, type="articles.retired"):
    """Readers do not have it any more."""

    article_id: UUID


@dataclass(frozen=True)
class ArticleReviewRequested(Event, type="articles.review_requested"):
    """Somebody should look over a text before readers have it."""

    article_id: UUID
    review_id: UUID


@dataclass(frozen=True)
class ArticleReviewed(Event, type="articles.reviewed"):
    """A text was approved, or was sent back with what is to be changed."""

    article_id: UUID
    review_id: UUID
    approved: bool


@dataclass(frozen=True)
class TranslationOutdated(Event, type="articles.translation_outdated"):
    """The original has moved on; this text still says what it said before."""

    article_id: UUID
    original_id: UUID
    original_edition: int
