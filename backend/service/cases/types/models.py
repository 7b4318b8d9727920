"""Types of cases: what tells a complaint from a question, as data."""

from typing import Any

from tortoise import fields

from infra.kernel.model import Record, TextArrayField


class CaseType(Record):
    """A kind of case; one without a type is an ordinary case, in all that follows."""

    key = fields.CharField(max_length=60)
    name = fields.CharField(max_length=200)
    description = fields.TextField(default="")
    active = fields.BooleanField(default=True)
    portal_visible = fields.BooleanField(default=False)
    required_fields = TextArrayField(default=list)
    hidden_fields = TextArrayField(default=list)
    translations: Any = fields.JSONField(default=dict)
    stages: Any = fields.JSONField(default=list)
    tasks: Any = fields.JSONField(default=list)
    verbs: Any = fields.JSONField(default=dict)
    priorities: Any = fields.JSONField(default=dict)
    default_priority = fields.IntField(null=True)
    assignment_group_id = fields.UUIDField(null=True)
    playbook = fields.CharField(max_length=200, null=True)
    reopen_days = fields.IntField(null=True)

    class Meta:
        table = "case_types"
