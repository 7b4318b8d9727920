"""Escalations: who must look at a case now, until when, and the rules that raise them."""

from enum import StrEnum

from tortoise import fields

from infra.kernel.model import Record


class Moment(StrEnum):
    """When a clock raises an escalation."""

    WARNED = "warned"
    BREACHED = "breached"


class EscalationState(StrEnum):
    """How far an escalation has come."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    ENDED = "ended"


class Cause(StrEnum):
    """Who or what raised it."""

    PERSON = "person"
    TASK = "task"
    RULE = "rule"


class EscalationRule(Record):
    """What follows when a promise on a case is nearly broken, or is."""

    name = fields.CharField(max_length=200)
    moment = fields.CharEnumField(Moment)
    target = fields.CharField(max_length=40, null=True)
    priority_most = fields.IntField(null=True)
    level = fields.IntField(default=1)
    assignment_group_id = fields.UUIDField(null=True)
    due_minutes = fields.IntField(null=True)
    hands_over = fields.BooleanField(default=False)
    active = fields.BooleanField(default=True)

    class Meta:
        table = "escalation_rules"


class CaseEscalation(Record):
    """That somebody must look at a case now; one that runs for each level."""

    case_id = fields.UUIDField()
    level = fields.IntField(default=1)
    state = fields.CharEnumField(EscalationState, default=EscalationState.OPEN)
    cause = fields.CharEnumField(Cause)
    reason = fields.TextField()
    raised_by_id = fields.UUIDField(null=True)
    assignment_group_id = fields.UUIDField(null=True)
    assigned_to_id = fields.UUIDField(null=True)
    due_at = fields.DatetimeField(null=True)
    acknowledged_at = fields.DatetimeField(null=True)
    acknowledged_by_id = fields.UUIDField(null=True)
    ended_at = fields.DatetimeField(null=True)
    ended_by_id = fields.UUIDField(null=True)

    class Meta:
        table = "case_escalations"
