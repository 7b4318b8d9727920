"""Merges: several records that became one."""

from enum import StrEnum
from typing import Any

from tortoise import fields

from infra.kernel.model import Record, UUIDArrayField


class MergeState(StrEnum):
    """Whether a merge stands; a final one has forgotten what was before."""

    APPLIED = "applied"
    UNDONE = "undone"
    FINAL = "final"


class Merge(Record):
    """What was merged into which record, and which values it took over."""

    resource = fields.CharField(max_length=80)
    record_id = fields.UUIDField()
    merged_ids = UUIDArrayField(default=list)
    taken: Any = fields.JSONField(default=dict)
    rows_changed = fields.IntField(default=0)
    state = fields.CharEnumField(MergeState, default=MergeState.APPLIED)
    undone_at = fields.DatetimeField(null=True)

    class Meta:
        table = "merges"
