"""What the outside knows of articles: customers read what is published for them, staff all."""

from typing import Annotated
from uuid import UUID

from annotated_types import Ge, Le, MaxLen
from pydantic import AfterValidator, StringConstraints

from backend.foundation.installed.resources import OWNED
from backend.service.knowledge.models import (
    Article,
    ArticleFeedback,
    ArticlePicture,
    ArticleProduct,
    ArticleVersion,
)
from backend.service.knowledge.shelves import Language
from infra.kernel.columns import Moment, Text, plain_text
from infra.kernel.resource import (
    Relation,
    Resource,
    View,
    everything,
    match,
    readable,
    through,
)

Title = Annotated[
    str,
    StringConstraints(min_length=1, max_length=300, strip_whitespace=True),
    AfterValidator(plain_text),
]
Body = Annotated[Text, StringConstraints(min_length=1, max_length=100_000)]
_OPEN = (
    "id", "number", "knowledge_base_id", "category_id", "title", "body", "language",
    "product_model_ids", "original_id", "outdated", "edition", "published_at", "created_at",
    "updated_at", "version",
)  # fmt: skip
_SETTINGS = (
    "knowledge_base_id", "category_id", "audience", "tier", "language", "product_model_ids",
    "owner_profile_id", "expires_at",
)  # fmt: skip

articles = Resource(
    name="articles",
    singular="article",
    model=Article,
    summary="Answers in Markdown, in editions, each for an audience.",
    label="title",
    number="KB",
    views={
        "staff": View(
            read=(
                *_OPEN, "state", "audience", "tier", "draft_title", "draft_body",
                "review", "publish_at", "expires_at", "original_edition", "author_profile_id",
                "owner_profile_id", "editor_profile_id", "approver_profile_id", "source_case_id",
                "is_open", "retired_at",
            ),
            create=("title", "body", *_SETTINGS),
            update=("title", "body", *_SETTINGS),
        ),
        "customer": View(read=_OPEN),
        "partner": View(read=_OPEN),
        "public": View(read=_OPEN),
    },
    filters=(
        "number", "title", "state", "audience", "tier", "language", "knowledge_base_id",
        "category_id", "review", "publish_at", "expires_at", "original_id", "outdated",
        "owner_profile_id", "author_profile_id", "source_case_id", "published_at",
    ),
    sorts=("title", "number"),
    default_sort="title",
    search=("number", "title", "body"),
    relations={
        "knowledge_base": Relation("knowledge_base_id", "knowledge_bases"),
        "category": Relation("category_id", "article_categories"),
        "author": Relation("author_profile_id", "profiles"),
        "owner": Relation("owner_profile_id", "profiles"),
        "original": Relation("original_id", "articles"),
    },
    paths={
        "all": everything(),
        "written": match("author_profile_id", "profile_id"),
        # About a product of which the reader may see a sold one: their own, their account's, or
        # whatever else a relationship lets them see.
        "bought": through(
            "id",
            "article_products",
            "article_id",
            through("product_model_id", "sold_products", "product_model_id", readable(), OWNED),
        ),
    },
    generic=(),
    types={
        "title": Title,
        "body": Body,
        "language": Language,
        "tier": Annotated[int, Ge(1), Le(2)],
        "expires_at": Moment | None,
        "product_model_ids": Annotated[list[UUID], MaxLen(200)],
    },
    required=("title", "body", "knowledge_base_id"),
)  # fmt: skip

article_products = Resource(
    name="article_products",
    singular="article_product",
    model=ArticleProduct,
    summary="Which product models articles are about; set by the article's product_model_ids.",
    views={
        "staff": View(
            read=(
                "id", "article_id", "product_model_id", "created_at", "updated_at", "version",
            )
        )
    },
    filters=("article_id", "product_model_id"),
    sorts=("created_at",),
    default_sort="created_at",
    relations={
        "article": Relation("article_id", "articles"),
        "product_model": Relation("product_model_id", "product_models"),
    },
    paths={
        "all": everything(),
        "of_article": through("article_id", "articles", "id", readable()),
    },
    generic=(),
    emits=False,
    audited=False,
)  # fmt: skip

article_pictures = Resource(
    name="article_pictures",
    singular="article_picture",
    model=ArticlePicture,
    summary="Pictures that articles show, by the name that their texts give them.",
    label="name",
    views={
        "staff": View(
            read=(
                "id", "article_id", "attachment_id", "name", "path", "media_type", "created_at",
                "updated_at", "version",
            )
        )
    },
    filters=("article_id", "attachment_id", "name"),
    sorts=("created_at",),
    default_sort="created_at",
    relations={
        "article": Relation("article_id", "articles"),
        "attachment": Relation("attachment_id", "attachments"),
    },
    paths={
        "all": everything(),
        "of_article": through("article_id", "articles", "id", readable()),
    },
    generic=(),
    emits=False,
)  # fmt: skip

article_versions = Resource(
    name="article_versions",
    singular="article_version",
    model=ArticleVersion,
    summary="Editions of articles, word for word as they were published.",
    label="title",
    views={
        "staff": View(
            read=(
                "id", "article_id", "edition", "title", "body", "audience", "language",
                "product_model_ids", "published_at", "publisher_profile_id",
                "approver_profile_id", "created_at", "version",
            )
        )
    },
    filters=("article_id", "edition", "published_at"),
    sorts=("published_at",),
    default_sort="-published_at",
    relations={"article": Relation("article_id", "articles")},
    generic=(),
    emits=False,
)  # fmt: skip

article_feedback = Resource(
    name="article_feedback",
    singular="article_feedback",
    model=ArticleFeedback,
    summary="Whether editions helped their readers.",
    views={
        "staff": View(
            read=(
                "id", "article_id", "edition", "helpful", "comment", "profile_id", "created_at",
                "updated_at", "version",
            )
        )
    },
    filters=("article_id", "edition", "helpful", "profile_id"),
    sorts=("created_at",),
    default_sort="-created_at",
    relations={"article": Relation("article_id", "articles")},
    generic=(),
)  # fmt: skip
