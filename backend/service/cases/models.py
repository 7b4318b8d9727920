"""Cases: who asks, about what, and what is owed."""

from enum import StrEnum
from typing import Any

from tortoise import fields

from backend.foundation.entitlements.models import Channel
from infra.kernel.model import Record, Task, TaskState


class CaseState(StrEnum):
    """Where a case is in its life."""

    DRAFT = "draft"
    NEW = "new"
    IN_PROGRESS = "in_progress"
    WAITING_CUSTOMER = "waiting_customer"
    WAITING_INTERNAL = "waiting_internal"
    RESOLVED = "resolved"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class CustomerKind(StrEnum):
    """Whose case it is."""

    BUSINESS = "business"
    CONSUMER = "consumer"
    UNKNOWN = "unknown"


class EntitlementStatus(StrEnum):
    """What the check of entitlements found."""

    VERIFIED = "verified"
    NONE = "none"
    UNCOVERED_CHANNEL = "uncovered_channel"
    OUTSIDE_HOURS = "outside_hours"
    EXHAUSTED = "exhausted"
    EXPIRED = "expired"


class ResolutionCode(StrEnum):
    """How a case came to its end."""

    SOLVED = "solved"
    SOLVED_BY_ARTICLE = "solved_by_article"
    WORKAROUND = "workaround"
    DUPLICATE = "duplicate"
    NOT_REPRODUCIBLE = "not_reproducible"
    NO_ANSWER = "no_answer"
    MERGED = "merged"


class Case(Task):
    """A customer's question or trouble, with what they own and are owed."""

    state = fields.CharEnumField(CaseState, default=CaseState.NEW)
    impact = fields.IntField(null=True)
    urgency = fields.IntField(null=True)
    category = fields.CharField(max_length=100, null=True)
    subcategory = fields.CharField(max_length=100, null=True)
    channel = fields.CharEnumField(Channel, default=Channel.WEB)
    customer_kind = fields.CharEnumField(CustomerKind, default=CustomerKind.UNKNOWN)
    account_id = fields.UUIDField(null=True)
    account_relationship_id = fields.UUIDField(null=True)
    contact_id = fields.UUIDField(null=True)
    consumer_id = fields.UUIDField(null=True)
    product_model_id = fields.UUIDField(null=True)
    sold_product_id = fields.UUIDField(null=True)
    install_base_item_id = fields.UUIDField(null=True)
    asset_id = fields.UUIDField(null=True)
    household_id = fields.UUIDField(null=True)
    case_type_id = fields.UUIDField(null=True)
    stage: str | None = fields.CharField(max_length=60, null=True)  # type: ignore[assignment]
    follows_id = fields.UUIDField(null=True)
    duplicate_of_id = fields.UUIDField(null=True)
    merged_into_id = fields.UUIDField(null=True)
    parent_id = fields.UUIDField(null=True)
    contract_id = fields.UUIDField(null=True)
    entitlement_id = fields.UUIDField(null=True)
    entitlement_status = fields.CharEnumField(EntitlementStatus, default=EntitlementStatus.NONE)
    entitlement_explanation: list[dict[str, str]] = fields.JSONField(default=list)
    product_context: dict[str, Any] = fields.JSONField(default=dict)
    service_organization_id = fields.UUIDField(null=True)
    business_location_id = fields.UUIDField(null=True)
    employee_id = fields.UUIDField(null=True)
    intermediary_account_id = fields.UUIDField(null=True)
    escalated_at = fields.DatetimeField(null=True)
    opened_by_id = fields.UUIDField(null=True)
    first_responded_at = fields.DatetimeField(null=True)
    awaits_answer_since = fields.DatetimeField(null=True)
    held_since = fields.DatetimeField(null=True)
    resolved_at = fields.DatetimeField(null=True)
    resolution: str | None = fields.TextField(null=True)
    resolution_code: ResolutionCode | None = fields.CharEnumField(  # type: ignore[assignment]
        ResolutionCode, null=True
    )
    reopened_count = fields.IntField(default=0)
    reopened_at = fields.DatetimeField(null=True)
    rating = fields.IntField(null=True)
    rating_comment: str | None = fields.TextField(null=True)
    rated_at = fields.DatetimeField(null=True)
    custom: dict[str, Any] = fields.JSONField(default=dict)

    class Meta:
        table = "cases"


class CaseTask(Task):
    """A piece of a case's work for somebody else: the middle or the back office."""

    case_id = fields.UUIDField()
    parent_id = fields.UUIDField(null=True)
    escalated_at = fields.DatetimeField(null=True)
    state = fields.CharEnumField(TaskState, default=TaskState.NEW)
    outcome: str | None = fields.TextField(null=True)
    custom: dict[str, Any] = fields.JSONField(default=dict)

    class Meta:
        table = "case_tasks"


class CaseTaskDependency(Record):
    """A task that waits for another of its case."""

    case_id = fields.UUIDField()
    task_id = fields.UUIDField()
    depends_on_id = fields.UUIDField()

    class Meta:
        table = "case_task_dependencies"


class CaseArticle(Record):
    """An article that was used on a case, in the edition of that time."""

    case_id = fields.UUIDField()
    article_id = fields.UUIDField()
    edition = fields.IntField()
    attached_by_id = fields.UUIDField(null=True)

    class Meta:
        table = "case_articles"
