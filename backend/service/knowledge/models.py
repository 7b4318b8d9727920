"""What the house knows, written for people."""

from enum import StrEnum

from tortoise import fields

from infra.kernel.model import Record, UUIDArrayField


class ArticleState(StrEnum):
    """Where an article is in its life."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class ArticleAudience(StrEnum):
    """Who may read a published article; staff read all."""

    PUBLIC = "public"
    CUSTOMER = "customer"
    PARTNER = "partner"
    INTERNAL = "internal"


class KnowledgeBase(Record):
    """A shelf of articles."""

    name = fields.CharField(max_length=200)
    description = fields.TextField(default="")
    language = fields.CharField(max_length=35, default="en")
    active = fields.BooleanField(default=True)

    class Meta:
        table = "knowledge_bases"


class Article(Record):
    """Markdown that answers a question; a revision waits in the draft columns until published."""

    number = fields.CharField(max_length=40, null=True)
    knowledge_base_id = fields.UUIDField()
    title = fields.CharField(max_length=300)
    body = fields.TextField()
    draft_title = fields.CharField(max_length=300, null=True)
    draft_body: str | None = fields.TextField(null=True)
    state = fields.CharEnumField(ArticleState, default=ArticleState.DRAFT)
    audience = fields.CharEnumField(ArticleAudience, default=ArticleAudience.INTERNAL)
    tier = fields.IntField(default=1)
    language = fields.CharField(max_length=35, default="en")
    product_model_ids = UUIDArrayField(default=list)
    edition = fields.IntField(default=0)
    author_profile_id = fields.UUIDField(null=True)
    published_at = fields.DatetimeField(null=True)
    retired_at = fields.DatetimeField(null=True)

    class Meta:
        table = "articles"


class ArticleProduct(Record):
    """That an article is about a product model: the same as `product_model_ids` says, as rows."""

    article_id = fields.UUIDField()
    product_model_id = fields.UUIDField()

    class Meta:
        table = "article_products"


class ArticleVersion(Record):
    """One edition as it was published; never changed."""

    article_id = fields.UUIDField()
    edition = fields.IntField()
    title = fields.CharField(max_length=300)
    body = fields.TextField()
    audience = fields.CharEnumField(ArticleAudience)
    language = fields.CharField(max_length=35)
    product_model_ids = UUIDArrayField(default=list)
    published_at = fields.DatetimeField()
    publisher_profile_id = fields.UUIDField(null=True)

    class Meta:
        table = "article_versions"


class ArticleFeedback(Record):
    """Whether an edition helped somebody."""

    article_id = fields.UUIDField()
    edition = fields.IntField()
    helpful = fields.BooleanField()
    comment = fields.TextField(default="")
    profile_id = fields.UUIDField(null=True)

    class Meta:
        table = "article_feedback"
