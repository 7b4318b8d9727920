"""What the outside knows of searches: staff who look after knowledge read them, nobody else."""

from backend.service.learning.models import KnowledgeSearch
from infra.kernel.resource import Relation, Resource, View

knowledge_searches = Resource(
    name="knowledge_searches",
    singular="knowledge_search",
    model=KnowledgeSearch,
    summary="What people looked for in the knowledge, without who they were.",
    label="query",
    views={
        "staff": View(
            read=(
                "id", "at", "door", "audience", "language", "query", "terms", "results",
                "opened_article_id", "draft_article_id", "created_at", "version",
            )
        )
    },
    filters=(
        "at", "door", "audience", "language", "terms", "results", "opened_article_id",
        "draft_article_id",
    ),
    sorts=("at",),
    default_sort="-at",
    relations={
        "opened_article": Relation("opened_article_id", "articles"),
        "draft_article": Relation("draft_article_id", "articles"),
    },
    generic=(),
    emits=False,
    audited=False,
)  # fmt: skip
