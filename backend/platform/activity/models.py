"""The activity stream of a record."""

from enum import StrEnum
from typing import Any

from tortoise import fields

from infra.kernel.model import Record


class EntryType(StrEnum):
    """What an entry is."""

    COMMENT = "comment"
    NOTE = "note"
    CHANGE = "change"
    SYSTEM = "system"
    EMAIL = "email"


class Visibility(StrEnum):
    """Whether customers read it."""

    PUBLIC = "public"
    INTERNAL = "internal"


class AuthorKind(StrEnum):
    """Whose words these are."""

    STAFF = "staff"
    CUSTOMER = "customer"
    PARTNER = "partner"
    SYSTEM = "system"


class ActivityEntry(Record):
    """Something said or done on a record; never changed afterwards."""

    kind = fields.CharField(max_length=60)
    record_id = fields.UUIDField()
    entry_type = fields.CharEnumField(EntryType)
    visibility = fields.CharEnumField(Visibility)
    body = fields.TextField(default="")
    details: dict[str, Any] = fields.JSONField(default=dict)
    author_profile_id = fields.UUIDField(null=True)
    author_name = fields.CharField(max_length=200, default="")
    author_kind = fields.CharEnumField(AuthorKind)
    at = fields.DatetimeField()

    class Meta:
        table = "activity_entries"
