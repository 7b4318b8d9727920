"""Queues, who is there, and the work that waits."""

from enum import StrEnum
from uuid import UUID

from tortoise import fields
from tortoise.fields.base import Field

from infra.kernel.model import Record, TextArrayField, UUIDArrayField


class IntegerArrayField(Field[list[int]], list):  # type: ignore[type-arg,misc]
    """An `integer[]` column."""

    SQL_TYPE = "integer[]"


class QueueChannel(StrEnum):
    """Where work comes from; a case's channel, and so a queue's."""

    WEB = "web"
    PORTAL = "portal"
    WIDGET = "widget"
    EMAIL = "email"
    CHAT = "chat"
    PHONE = "phone"
    API = "api"


class PresenceState(StrEnum):
    """Whether an agent gets work."""

    AVAILABLE = "available"
    AWAY = "away"
    OFFLINE = "offline"


class WorkState(StrEnum):
    """Where a piece of work stands."""

    QUEUED = "queued"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class WaitingReason(StrEnum):
    """What a queued item waits for; each has something that wakes it."""

    ROUTING = "routing"
    NO_AGENT = "no_agent"
    DECLINED_BY_ALL = "declined_by_all"


class WorkKind(StrEnum):
    """What is worked on: the resource's name."""

    CASES = "cases"
    INTERACTIONS = "interactions"


class CustomerKind(StrEnum):
    """Whose desk it is for."""

    BUSINESS = "business"
    CONSUMER = "consumer"
    UNKNOWN = "unknown"


class Queue(Record):
    """Work of one channel and how it is offered; the smaller priority is served first."""

    name = fields.CharField(max_length=200)
    channel = fields.CharEnumField(QueueChannel)
    priority = fields.IntField(default=5)
    offer_seconds = fields.IntField(default=30)
    retry_seconds = fields.IntField(default=60)
    item_size = fields.IntField(default=1)
    presence_after_timeout = fields.CharEnumField(PresenceState, default=PresenceState.AVAILABLE)

    class Meta:
        table = "queues"


class SkillRule(Record):
    """A skill that work of a category, of a queue, or of both together needs."""

    queue_id = fields.UUIDField(null=True)
    category = fields.CharField(max_length=100, null=True)
    skill_id = fields.UUIDField()
    level = fields.IntField(default=1)

    class Meta:
        table = "skill_rules"


class AgentPresence(Record):
    """Whether an agent gets work, and how much room is left."""

    profile_id = fields.UUIDField()
    state = fields.CharEnumField(PresenceState, default=PresenceState.OFFLINE)
    capacity = fields.IntField(default=5)
    used = fields.IntField(default=0)
    customer_kinds = TextArrayField(default=list)
    last_assigned_at = fields.DatetimeField(null=True)
    state_since = fields.DatetimeField()

    class Meta:
        table = "agent_presence"


class WorkItem(Record):
    """A case or a conversation on its way to the agent who works on it."""

    kind = fields.CharEnumField(WorkKind)
    record_id = fields.UUIDField()
    queue_id = fields.UUIDField()
    channel = fields.CharEnumField(QueueChannel)
    title = fields.CharField(max_length=300)
    customer_name = fields.CharField(max_length=200, default="")
    customer_kind = fields.CharEnumField(CustomerKind)
    priority = fields.IntField(default=3)
    rank = fields.IntField()
    required_skills: list[UUID] = UUIDArrayField(default=list)
    required_levels: list[int] = IntegerArrayField(default=list)
    size = fields.IntField(default=1)
    state = fields.CharEnumField(WorkState, default=WorkState.QUEUED)
    queued_at = fields.DatetimeField()
    waiting_reason = fields.CharEnumField(WaitingReason, null=True)
    retry_at = fields.DatetimeField(null=True)
    offered_to_id = fields.UUIDField(null=True)
    offered_at = fields.DatetimeField(null=True)
    offer_expires_at = fields.DatetimeField(null=True)
    offer_reason = fields.TextField(null=True)
    accepted_by_id = fields.UUIDField(null=True)
    accepted_at = fields.DatetimeField(null=True)
    finished_at = fields.DatetimeField(null=True)
    assignment_group_id = fields.UUIDField(null=True)
    declined_by_ids: list[UUID] = UUIDArrayField(default=list)
    pass_id = fields.UUIDField(null=True)
    pass_place = fields.IntField(null=True)

    class Meta:
        table = "work_items"
