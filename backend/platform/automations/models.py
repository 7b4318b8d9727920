"""What follows by itself, and each time that it did."""

from enum import StrEnum
from typing import Any

from tortoise import fields

from infra.kernel.model import Record, TextArrayField


class RunState(StrEnum):
    """How a run stands; `stopped` by a guard, `dead` by a fault that no repetition mends."""

    WAITING = "waiting"
    RETRYING = "retrying"
    DONE = "done"
    SKIPPED = "skipped"
    DEAD = "dead"
    STOPPED = "stopped"


class Automation(Record):
    """When something of these types happens and the condition holds, the steps are taken."""

    key = fields.CharField(max_length=63)
    name = fields.CharField(max_length=200)
    summary = fields.CharField(max_length=2000, default="")
    event_types = TextArrayField(default=list)
    changed = TextArrayField(default=list)
    condition = fields.CharField(max_length=2000, default="")
    steps: list[dict[str, Any]] = fields.JSONField(default=list)
    position = fields.IntField(default=100)
    active = fields.BooleanField(default=False)
    runs_as_id = fields.UUIDField(null=True)
    author_id = fields.UUIDField(null=True)

    class Meta:
        table = "automations"


class AutomationRun(Record):
    """One automation's answer to one event: what was done, or why not."""

    automation_id = fields.UUIDField()
    automation_version = fields.IntField()
    event_id = fields.UUIDField()
    event_type = fields.CharField(max_length=200)
    kind = fields.CharField(max_length=63)
    record_id = fields.UUIDField()
    state = fields.CharEnumField(RunState, default=RunState.DONE)
    fault = fields.CharField(max_length=63, null=True)
    reason = fields.CharField(max_length=1000, null=True)
    outcomes: list[dict[str, Any]] = fields.JSONField(default=list)
    pinned: dict[str, Any] | None = fields.JSONField(null=True)
    next_step = fields.IntField(default=0)
    attempts = fields.IntField(default=1)
    depth = fields.IntField(default=0)
    chain = TextArrayField(default=list)
    root_event_id = fields.UUIDField()
    caused_by_id = fields.UUIDField(null=True)
    started_at = fields.DatetimeField()
    resume_at = fields.DatetimeField(null=True)
    finished_at = fields.DatetimeField(null=True)
    duration_ms = fields.IntField(default=0)

    class Meta:
        table = "automation_runs"
