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
