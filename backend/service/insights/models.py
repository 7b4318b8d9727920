"""Views of the figures that somebody keeps, and when they are mailed to whom."""

from enum import StrEnum
from typing import Any

from tortoise import fields

from infra.kernel.model import Record, UUIDArrayField


class Cadence(StrEnum):
    """How often a view is mailed."""

    NEVER = "never"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


class LetterFormat(StrEnum):
    """What a recipient gets: a letter, with the table as a file or without."""

    CSV = "csv"
    LETTER = "letter"


class Insight(Record):
    """A question about cases that is kept: for oneself, or for everybody who reads figures."""

    name = fields.CharField(max_length=200)
    owner_id = fields.UUIDField()
    shared = fields.BooleanField(default=False)
    question: dict[str, Any] = fields.JSONField(default=dict)
    cadence = fields.CharEnumField(Cadence, default=Cadence.NEVER)
    send_hour = fields.IntField(default=7)
    send_day = fields.IntField(default=1)
    format = fields.CharEnumField(LetterFormat, default=LetterFormat.CSV)
    recipient_ids = UUIDArrayField(default=list)
    next_at = fields.DatetimeField(null=True)
    sent_at = fields.DatetimeField(null=True)

    class Meta:
        table = "insights"
