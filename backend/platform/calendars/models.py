"""When a desk is open."""

from typing import Any

from tortoise import fields

from infra.kernel.model import Record


class Calendar(Record):
    """The hours and holidays by which promises are counted."""

    name = fields.CharField(max_length=200)
    zone = fields.CharField(max_length=64)
    hours: list[dict[str, Any]] = fields.JSONField()
    holidays: list[str] = fields.JSONField(default=list)

    class Meta:
        table = "calendars"
