"""Rules for duplicates, and the pairs that they found."""

from enum import StrEnum
from typing import Any

from tortoise import fields

from infra.kernel.model import Record, TextArrayField


class Handling(StrEnum):
    """What becomes of an entry that looks like another."""

    WARN = "warn"
    BLOCK = "block"


class CandidateState(StrEnum):
    """What was made of a suspected pair."""

    OPEN = "open"
    DISMISSED = "dismissed"
    MERGED = "merged"


class DuplicateRule(Record):
    """What makes two records of a kind look like one, and what follows from it."""

    name = fields.CharField(max_length=200)
    resource = fields.CharField(max_length=40)
    conditions: Any = fields.JSONField(default=list)
    threshold = fields.IntField(default=100)
    action = fields.CharEnumField(Handling, default=Handling.WARN)
    country = fields.CharField(max_length=2, null=True)
    active = fields.BooleanField(default=True)
    scanned_at = fields.DatetimeField(null=True)

    class Meta:
        table = "duplicate_rules"


class DuplicateCandidate(Record):
    """Two records that may be one."""

    resource = fields.CharField(max_length=40)
    record_id = fields.UUIDField()
    other_id = fields.UUIDField()
    rule_id = fields.UUIDField()
    score = fields.IntField()
    reasons = TextArrayField(default=list)
    state = fields.CharEnumField(CandidateState, default=CandidateState.OPEN)

    class Meta:
        table = "duplicate_candidates"
