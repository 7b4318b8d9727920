"""Where articles stand: bases, and their categories below each other. Both are configuration."""

from typing import Annotated

from annotated_types import Ge, Le, MaxLen
from pydantic import StringConstraints

from backend.platform.calendars.resources import Name
from backend.service.knowledge.models import ArticleCategory, KnowledgeBase
from infra.kernel.configured import Configured
from infra.kernel.resource import Relation, Resource, View, everything, readable, through

Language = Annotated[
    str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=35)
]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,62}$")]

_BASE_SHOWN = ("name", "description", "language", "fallback_languages")
_BASE = (*_BASE_SHOWN, "needs_review", "expiry_days", "reminder_days", "active")
_BASE_OUTSIDE = View(
    read=("id", *_BASE_SHOWN, "active", "created_at", "updated_at", "version")
)  # fmt: skip

knowledge_bases = Resource(
    name="knowledge_bases",
    singular="knowledge_base",
    model=KnowledgeBase,
    summary="Shelves of articles, and what holds for all articles on them.",
    label="name",
    views={
        "staff": View(
            read=("id", *_BASE, "created_at", "updated_at", "version"), create=_BASE, update=_BASE
        ),
        "customer": _BASE_OUTSIDE,
        "partner": _BASE_OUTSIDE,
        "public": View(read=("id", *_BASE_SHOWN, "created_at")),
    },
    filters=("name", "language", "active"),
    sorts=("name",),
    default_sort="name",
    generic=("create", "delete"),
    types={
        "name": Name,
        "language": Language,
        "fallback_languages": Annotated[list[Language], MaxLen(20)],
        "expiry_days": Annotated[int, Ge(1), Le(3650)] | None,
        "reminder_days": Annotated[int, Ge(0), Le(365)],
    },
    required=("name",),
    configured=Configured(),
)

_HEADING = ("parent_id", "name", "names", "description", "position")
_HEADING_SHOWN = ("id", "knowledge_base_id", "key", *_HEADING, "created_at", "updated_at")
_HEADING_OUTSIDE = View(read=_HEADING_SHOWN)

article_categories = Resource(
    name="article_categories",
    singular="article_category",
    model=ArticleCategory,
    summary="Headings of knowledge bases, below each other.",
    label="name",
    views={
        "staff": View(
            read=(*_HEADING_SHOWN, "version"),
            create=("knowledge_base_id", "key", *_HEADING),
            update=_HEADING,
        ),
        "customer": _HEADING_OUTSIDE,
        "partner": _HEADING_OUTSIDE,
        "public": _HEADING_OUTSIDE,
    },
    filters=("knowledge_base_id", "parent_id", "key", "name"),
    sorts=("position", "name"),
    default_sort="position",
    relations={
        "knowledge_base": Relation("knowledge_base_id", "knowledge_bases"),
        "parent": Relation("parent_id", "article_categories"),
    },
    paths={
        "all": everything(),
        "shown": through("knowledge_base_id", "knowledge_bases", "id", readable()),
    },
    generic=("create", "delete"),
    types={
        "key": Key,
        "name": Name,
        "names": Annotated[dict[Language, Name], MaxLen(40)],
        "position": Annotated[int, Ge(0), Le(1_000_000)],
    },
    required=("knowledge_base_id", "key", "name"),
    configured=Configured(key=("knowledge_base_id", "key")),
)
