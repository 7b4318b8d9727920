"""Promises of time: what is promised, and how each running promise stands."""

from enum import StrEnum
from typing import Any

from tortoise import fields

from infra.kernel.model import Record


class Tier(StrEnum):
    """Levels of support, the best first."""

    PLATINUM = "platinum"
    GOLD = "gold"
    SILVER = "silver"
    BRONZE = "bronze"
    STANDARD = "standard"


class TaskKind(StrEnum):
    """Tasks that promises are made for."""

    CASES = "cases"
    CASE_TASKS = "case_tasks"


class Target(StrEnum):
    """What is promised."""

    RESPONSE = "response"
    RESOLUTION = "resolution"


class SlaState(StrEnum):
    """How a promise stands; a breach stays one even after the late answer."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    BREACHED = "breached"
    CANCELLED = "cancelled"


class SlaDefinition(Record):
    """Minutes promised for a kind of task, by priority and tier where these are named."""

    name = fields.CharField(max_length=200)
    kind = fields.CharEnumField(TaskKind, default=TaskKind.CASES)
    priority = fields.IntField(null=True)
    tier = fields.CharEnumField(Tier, null=True)
    response_minutes = fields.IntField(null=True)
    resolution_minutes = fields.IntField(null=True)
    warning_percent = fields.IntField(default=75)
    calendar_id = fields.UUIDField(null=True)
    active = fields.BooleanField(default=True)

    class Meta:
        table = "sla_definitions"


class TaskSla(Record):
    """One promise on one task, its pauses kept as facts."""

    kind = fields.CharEnumField(TaskKind)
    record_id = fields.UUIDField()
    target = fields.CharEnumField(Target)
    definition_id = fields.UUIDField(null=True)
    calendar_id = fields.UUIDField(null=True)
    target_minutes = fields.IntField()
    warning_percent = fields.IntField(default=75)
    started_at = fields.DatetimeField()
    warn_at = fields.DatetimeField()
    due_at = fields.DatetimeField()
    paused_at = fields.DatetimeField(null=True)
    pauses: list[dict[str, Any]] = fields.JSONField(default=list)
    warned_at = fields.DatetimeField(null=True)
    breached_at = fields.DatetimeField(null=True)
    stopped_at = fields.DatetimeField(null=True)
    state = fields.CharEnumField(SlaState, default=SlaState.RUNNING)

    class Meta:
        table = "task_slas"
