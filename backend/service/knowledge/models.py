"""What the house knows, written for people."""

from enum import StrEnum

from tortoise import fields

from infra.kernel.model import Record, TextArrayField, UUIDArrayField


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


class Review(StrEnum):
    """Where the text that waits stands with those who look over it."""

    NONE = "none"
    REQUESTED = "requested"
    APPROVED = "approved"
    CHANGES_REQUESTED = "changes_requested"


class ReviewState(StrEnum):
    """What became of a request to look over a text."""

    REQUESTED = "requested"
    APPROVED = "approved"
    CHANGES_REQUESTED = "changes_requested"
    WITHDRAWN = "withdrawn"


class KnowledgeBase(Record):
    """A shelf of articles, and what holds for all of them."""

    name = fields.CharField(max_length=200)
    description = fields.TextField(default="")
    language = fields.CharField(max_length=35, default="en")
    fallback_languages = TextArrayField(default=list)
    needs_review = fields.BooleanField(default=False)
    expiry_days = fields.IntField(null=True)
    reminder_days = fields.IntField(default=14)
    active = fields.BooleanField(default=True)

    class Meta:
        table = "knowledge_bases"


class ArticleCategory(Record):
    """A heading of a base, below another or at the top; `names` are its other languages'."""

    knowledge_base_id = fields.UUIDField()
    parent_id = fields.UUIDField(null=True)
    key = fields.CharField(max_length=63)
    name = fields.CharField(max_length=200)
    names: dict[str, str] = fields.JSONField(default=dict)
    description = fields.TextField(default="")
    position = fields.IntField(default=0)

    class Meta:
        table = "article_categories"


class Article(Record):
    """Markdown that answers a question; a revision waits in the draft columns until published.

    `review`, `approver_profile_id` and `publish_at` are about the text that waits. A translation
    names its original, and which edition of it it follows.
    """

    number = fields.CharField(max_length=40, null=True)
    knowledge_base_id = fields.UUIDField()
    category_id = fields.UUIDField(null=True)
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
    owner_profile_id = fields.UUIDField(null=True)
    editor_profile_id = fields.UUIDField(null=True)
    approver_profile_id = fields.UUIDField(null=True)
    review = fields.CharEnumField(Review, default=Review.NONE)
    publish_at = fields.DatetimeField(null=True)
    expires_at = fields.DatetimeField(null=True)
    reminded_at = fields.DatetimeField(null=True)
    original_id = fields.UUIDField(null=True)
    original_edition = fields.IntField(default=0)
    outdated = fields.BooleanField(default=False)
    is_open = fields.BooleanField(default=True)
    source_case_id = fields.UUIDField(null=True)
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


class ArticlePicture(Record):
    """A picture that the article's texts show by this name, and where it lay in its folder."""

    article_id = fields.UUIDField()
    attachment_id = fields.UUIDField()
    name = fields.CharField(max_length=100)
    path = fields.TextField(default="")
    media_type = fields.CharField(max_length=20)

    class Meta:
        table = "article_pictures"


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
    approver_profile_id = fields.UUIDField(null=True)

    class Meta:
        table = "article_versions"


class ArticleReview(Record):
    """A request to look over the text that waits, and what was decided."""

    article_id = fields.UUIDField()
    state = fields.CharEnumField(ReviewState, default=ReviewState.REQUESTED)
    requested_by_id = fields.UUIDField(null=True)
    reviewer_id = fields.UUIDField(null=True)
    message = fields.TextField(default="")
    decided_by_id = fields.UUIDField(null=True)
    decided_at = fields.DatetimeField(null=True)
    decision = fields.TextField(default="")

    class Meta:
        table = "article_reviews"


class ArticleComment(Record):
    """A word between those who write and review, about the coming edition or a passage of it."""

    article_id = fields.UUIDField()
    edition = fields.IntField()
    passage = fields.TextField(default="")
    body = fields.TextField()
    author_id = fields.UUIDField(null=True)

    class Meta:
        table = "article_comments"


class ArticleFeedback(Record):
    """Whether an edition helped somebody."""

    article_id = fields.UUIDField()
    edition = fields.IntField()
    helpful = fields.BooleanField()
    comment = fields.TextField(default="")
    profile_id = fields.UUIDField(null=True)

    class Meta:
        table = "article_feedback"
