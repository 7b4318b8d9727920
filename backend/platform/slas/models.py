"""Promises of time: what is promised, and how each running promise stands."""

from enum import StrEnum
from typing import Any

from tortoise import fields

from infra.kernel.model import Record, TextArrayField


class Tier(StrEnum):
    """Levels of support, the best first."""

    PLATINUM = "platinum"
    GOLD = "gold"
    SILVER = "silver"
    BRONZE = "bronze"
    STANDARD = "standard"


class CustomerKind(StrEnum):
    """Whose task it is, where a promise asks."""

    BUSINESS = "business"
    CONSUMER = "consumer"


class Target(StrEnum):
    """What every house promises; a definition's milestones add more."""

    RESPONSE = "response"
    NEXT_RESPONSE = "next_response"
    RESOLUTION = "resolution"


class SlaState(StrEnum):
    """How a promise stands; a breach stays one even after the late answer."""

    PENDING = "pending"
    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    BREACHED = "breached"
    CANCELLED = "cancelled"


class SlaDefinition(Record):
    """Minutes promised for a kind of task; what is named narrows it down."""

    name = fields.CharField(max_length=200)
    kind = fields.CharField(max_length=63, default="cases")
    priority = fields.IntField(null=True)
    tier = fields.CharEnumField(Tier, null=True)
    channel = fields.CharField(max_length=40, null=True)
    customer_kind = fields.CharEnumField(CustomerKind, null=True)
    account_id = fields.UUIDField(null=True)
    consumer_id = fields.UUIDField(null=True)
    response_minutes = fields.IntField(null=True)
    next_response_minutes = fields.IntField(null=True)
    resolution_minutes = fields.IntField(null=True)
    milestones: list[dict[str, Any]] = fields.JSONField(default=list)
    warning_percent = fields.IntField(default=75)
    calendar_id = fields.UUIDField(null=True)
    calendar_order = TextArrayField(default=lambda: ["own", "customer", "team", "tenant"])
    active = fields.BooleanField(default=True)

    class Meta:
        table = "sla_definitions"


class TaskSla(Record):
    """One promise on one task, its pauses and resets kept as facts."""

    kind = fields.CharField(max_length=63)
    record_id = fields.UUIDField()
    target = fields.CharField(max_length=40)
    name = fields.CharField(max_length=200, default="")
    sequence = fields.IntField(default=1)
    definition_id = fields.UUIDField(null=True)
    calendar_id = fields.UUIDField(null=True)
    terms: dict[str, Any] = fields.JSONField(default=dict)
    target_minutes = fields.IntField()
    warning_percent = fields.IntField(default=75)
    started_at = fields.DatetimeField(null=True)
    warn_at = fields.DatetimeField(null=True)
    due_at = fields.DatetimeField(null=True)
    paused_at = fields.DatetimeField(null=True)
    pauses: list[dict[str, Any]] = fields.JSONField(default=list)
    resets: list[dict[str, Any]] = fields.JSONField(default=list)
    reset_holds = fields.BooleanField(default=False)
    rule_faults: dict[str, str] = fields.JSONField(default=dict)
    warned_at = fields.DatetimeField(null=True)
    breached_at = fields.DatetimeField(null=True)
    stopped_at = fields.DatetimeField(null=True)
    withdrawn_at = fields.DatetimeField(null=True)
    state = fields.CharEnumField(SlaState, default=SlaState.PENDING)

    class Meta:
        table = "task_slas"
