"""When a desk is open, and for whom."""

from typing import Any

from tortoise import fields

from infra.kernel.model import Record


class Calendar(Record):
    """The hours, holidays and special days by which promises are counted."""

    name = fields.CharField(max_length=200)
    zone = fields.CharField(max_length=64)
    hours: list[dict[str, Any]] = fields.JSONField()
    holidays: list[str] = fields.JSONField(default=list)
    country = fields.CharField(max_length=2, null=True)
    region = fields.CharField(max_length=40, null=True)
    exceptions: list[dict[str, Any]] = fields.JSONField(default=list)
    is_default = fields.BooleanField(default=False)

    class Meta:
        table = "calendars"


class CalendarAssignment(Record):
    """The calendar of one customer or one team."""

    calendar_id = fields.UUIDField()
    account_id = fields.UUIDField(null=True)
    consumer_id = fields.UUIDField(null=True)
    group_id = fields.UUIDField(null=True)

    class Meta:
        table = "calendar_assignments"
