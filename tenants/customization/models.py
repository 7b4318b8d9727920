"""What a tenant makes its own: fields it adds to records, and lists of choices for columns."""

from typing import Any

from tortoise import fields

from infra.kernel.custom.fields import Access, FieldType
from infra.kernel.model import Record


class CustomField(Record):
    """A field that the tenant added to a resource; its values lie with the records."""

    resource = fields.CharField(max_length=80)
    key = fields.CharField(max_length=40)
    label: dict[str, str] = fields.JSONField()
    help: dict[str, str] = fields.JSONField(default=dict)
    type = fields.CharEnumField(FieldType)
    target = fields.CharField(max_length=80, null=True)
    required = fields.BooleanField(default=False)
    default_value: Any = fields.JSONField(null=True)
    constraints: dict[str, Any] = fields.JSONField(default=dict)
    choices: list[dict[str, Any]] = fields.JSONField(default=list)
    indexed = fields.BooleanField(default=False)
    index_state = fields.CharField(max_length=20, default="none")
    searchable = fields.BooleanField(default=False)
    listed = fields.BooleanField(default=False)
    staff = fields.CharEnumField(Access, default=Access.WRITE)
    customers = fields.CharEnumField(Access, default=Access.HIDDEN)
    partners = fields.CharEnumField(Access, default=Access.HIDDEN)
    visitors = fields.CharEnumField(Access, default=Access.HIDDEN)
    position = fields.IntField(default=0)
    active = fields.BooleanField(default=True)

    class Meta:
        table = "custom_fields"


class ChoiceList(Record):
    """The choices for a column that is plain text without one."""

    resource = fields.CharField(max_length=80)
    field = fields.CharField(max_length=80)
    depends_on = fields.CharField(max_length=80, null=True)
    active = fields.BooleanField(default=True)

    class Meta:
        table = "choice_lists"


class ListedChoice(Record):
    """One choice of a list; below a choice of the list above it is offered with that one only."""

    list_id = fields.UUIDField()
    parent_id = fields.UUIDField(null=True)
    value = fields.CharField(max_length=100)
    label: dict[str, str] = fields.JSONField()
    position = fields.IntField(default=0)
    active = fields.BooleanField(default=True)

    class Meta:
        table = "choices"
