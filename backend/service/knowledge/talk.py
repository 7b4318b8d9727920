"""What those who write and review say to each other, seen by them alone."""

from backend.service.knowledge.models import ArticleComment, ArticleReview
from infra.kernel.resource import Path, Relation, Resource, View, everything, match, through

_WRITTEN = through("article_id", "articles", "id", match("author_profile_id", "profile_id"))
_PATHS: dict[str, Path] = {"all": everything(), "written": _WRITTEN}

article_reviews = Resource(
    name="article_reviews",
    singular="article_review",
    model=ArticleReview,
    summary="Requests to look over an article before readers have it, and what was decided.",
    views={
        "staff": View(
            read=(
                "id", "article_id", "state", "requested_by_id", "reviewer_id", "message",
                "decided_by_id", "decided_at", "decision", "created_at", "updated_at", "version",
            )
        )
    },
    filters=("article_id", "state", "reviewer_id", "requested_by_id", "decided_at"),
    sorts=("created_at",),
    default_sort="-created_at",
    relations={
        "article": Relation("article_id", "articles"),
        "reviewer": Relation("reviewer_id", "profiles"),
        "requested_by": Relation("requested_by_id", "profiles"),
        "decided_by": Relation("decided_by_id", "profiles"),
    },
    paths=_PATHS,
    generic=(),
)  # fmt: skip

article_comments = Resource(
    name="article_comments",
    singular="article_comment",
    model=ArticleComment,
    summary="Words between writers and reviewers about the coming edition of an article.",
    views={
        "staff": View(
            read=(
                "id", "article_id", "edition", "passage", "body", "author_id", "created_at",
                "updated_at", "version",
            )
        )
    },
    filters=("article_id", "edition", "author_id"),
    sorts=("created_at",),
    default_sort="created_at",
    relations={
        "article": Relation("article_id", "articles"),
        "author": Relation("author_id", "profiles"),
    },
    paths=_PATHS,
    generic=(),
    emits=False,
)  # fmt: skip
