"""What a responsibility is, what it gives, and who holds it on what."""

from enum import StrEnum
from typing import Any

from tortoise import fields

from infra.kernel.model import Record, TextArrayField


class ResponsibilityKind(StrEnum):
    """Who can have it: our own people, or the customers' and partners'."""

    EMPLOYEE = "employee"
    CONTACT = "contact"


class Responsibility(Record):
    """A named level of access that people get on single records."""

    key = fields.CharField(max_length=63)
    name = fields.CharField(max_length=200)
    description = fields.TextField(default="")
    kind = fields.CharEnumField(ResponsibilityKind)
    active = fields.BooleanField(default=True)

    class Meta:
        table = "responsibilities"


class AccessConfiguration(Record):
    """What a responsibility gives on one resource, and how access flows there from the anchor."""

    key = fields.CharField(max_length=100)
    responsibility_id = fields.UUIDField()
    resource = fields.CharField(max_length=63)
    via = fields.CharField(max_length=200, default="")
    beneath = fields.BooleanField(default=False)
    verbs = TextArrayField(default=list)
    columns = TextArrayField(null=True)
    conditions: Any = fields.JSONField(default=dict)
    roles = TextArrayField(default=list)
    active = fields.BooleanField(default=True)

    class Meta:
        table = "access_configurations"


class HeldResponsibility(Record):
    """Somebody's responsibility on a record, as long as the record that causes it stands."""

    responsibility_id = fields.UUIDField()
    holder_id = fields.UUIDField()
    anchor_kind = fields.CharField(max_length=63)
    anchor_id = fields.UUIDField()
    source_kind = fields.CharField(max_length=63)
    source_id = fields.UUIDField()

    class Meta:
        table = "held_responsibilities"
