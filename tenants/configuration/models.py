"""States that the configuration was in."""

from enum import StrEnum
from typing import Any

from tortoise import fields

from infra.kernel.model import BytesField, Record


class Origin(StrEnum):
    """How a state came about."""

    FOUND = "found"
    BY_HAND = "by_hand"
    APPLIED = "applied"
    ROLLED_BACK = "rolled_back"
    PACK = "pack"


class ConfigRevision(Record):
    """One state of the configuration: who made it, when, how, and its files."""

    number = fields.IntField()
    origin = fields.CharEnumField(Origin, max_length=20)
    comment = fields.CharField(max_length=1000, default="")
    checksum = fields.CharField(max_length=80)
    counts: dict[str, int] = fields.JSONField(default=dict)
    changed_by: list[str] = fields.JSONField(default=list)
    differences: list[dict[str, Any]] = fields.JSONField(default=list)
    bundle = BytesField()

    class Meta:
        table = "config_revisions"
