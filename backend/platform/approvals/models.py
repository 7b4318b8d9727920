"""Who must consent to what, who was asked, and what they said."""

from enum import StrEnum
from typing import Any

from tortoise import fields

from infra.kernel.model import BytesField, Record, TextArrayField


class RequestState(StrEnum):
    """How a question stands; `stale` where the record changed under it."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    RECALLED = "recalled"
    STALE = "stale"


class StepState(StrEnum):
    """How what one rule asks for on one level stands."""

    WAITING = "waiting"
    OPEN = "open"
    APPROVED = "approved"
    REJECTED = "rejected"
    CLOSED = "closed"


class SeatState(StrEnum):
    """What became of asking one person; `told` for whom it is only for information."""

    OPEN = "open"
    APPROVED = "approved"
    REJECTED = "rejected"
    MOVED = "moved"
    CLOSED = "closed"
    TOLD = "told"


class Door(StrEnum):
    """Where somebody decided: signed in, or by the link of a letter."""

    PAGE = "page"
    LINK = "link"


class Occasion(StrEnum):
    """When a rule asks about a record as it is: if somebody wants it to, or by itself."""

    BY_HAND = "by_hand"
    ON_OPENING = "on_opening"
    ON_CHANGE = "on_change"


class ApprovalRule(Record):
    """One row of the matrix: for these records, under this condition, these people in turn."""

    key = fields.CharField(max_length=63)
    name = fields.CharField(max_length=200)
    summary = fields.CharField(max_length=2000, default="")
    resource = fields.CharField(max_length=63)
    action = fields.CharField(max_length=63, default="")
    condition = fields.CharField(max_length=2000, default="")
    pins = TextArrayField(default=list)
    levels: list[dict[str, Any]] = fields.JSONField(default=list)
    fyi: list[dict[str, Any]] = fields.JSONField(default=list)
    position = fields.IntField(default=100)
    active = fields.BooleanField(default=False)
    allows_own = fields.BooleanField(default=False)
    by_mail = fields.BooleanField(default=True)
    calendar_id = fields.UUIDField(null=True)
    holds_work = fields.BooleanField(default=True)
    occasion = fields.CharEnumField(Occasion, default=Occasion.BY_HAND)
    author_id = fields.UUIDField(null=True)

    class Meta:
        table = "approval_rules"


class ApprovalRequest(Record):
    """A question about a record, and what waits to be done to it."""

    number = fields.CharField(max_length=40, null=True)
    kind = fields.CharField(max_length=63)
    record_id = fields.UUIDField()
    subject = fields.CharField(max_length=300)
    action = fields.CharField(max_length=63, default="")
    body: dict[str, Any] = fields.JSONField(default=dict)
    body_hash = fields.CharField(max_length=64, default="")
    note = fields.CharField(max_length=4000, default="")
    state = fields.CharEnumField(RequestState, default=RequestState.PENDING)
    level = fields.IntField(default=0)
    waits_for_answer = fields.BooleanField(default=False)
    holds_work = fields.BooleanField(default=False)
    requested_by_id = fields.UUIDField()
    requester_name = fields.CharField(max_length=200, default="")
    follows_id = fields.UUIDField(null=True)
    reason = fields.CharField(max_length=4000, null=True)
    requested_at = fields.DatetimeField()
    decided_at = fields.DatetimeField(null=True)
    performed_at = fields.DatetimeField(null=True)
    failure = fields.CharField(max_length=1000, null=True)

    class Meta:
        table = "approval_requests"


class ApprovalStep(Record):
    """What one rule asks for on one level, and why it does."""

    request_id = fields.UUIDField()
    level = fields.IntField()
    position = fields.IntField()
    rule_key = fields.CharField(max_length=63)
    name = fields.CharField(max_length=200)
    why = fields.CharField(max_length=500, default="")
    plan: dict[str, Any] = fields.JSONField(default=dict)
    fingerprint = fields.CharField(max_length=64)
    state = fields.CharEnumField(StepState, default=StepState.WAITING)
    carried_from_id = fields.UUIDField(null=True)
    opened_at = fields.DatetimeField(null=True)
    due_at = fields.DatetimeField(null=True)
    remind_at = fields.DatetimeField(null=True)
    overdue_at = fields.DatetimeField(null=True)
    held_at = fields.DatetimeField(null=True)
    decided_at = fields.DatetimeField(null=True)

    class Meta:
        table = "approval_steps"


class Approval(Record):
    """One person who is asked, or told."""

    request_id = fields.UUIDField()
    step_id = fields.UUIDField(null=True)
    slot = fields.IntField(default=0)
    need = fields.IntField(default=1)
    first_decides = fields.BooleanField(default=False)
    approver_id = fields.UUIDField()
    approver_user_id = fields.UUIDField()
    approver_kind = fields.CharField(max_length=20)
    approver_name = fields.CharField(max_length=200, default="")
    group_id = fields.UUIDField(null=True)
    why = fields.CharField(max_length=300, default="")
    kind = fields.CharField(max_length=63)
    record_id = fields.UUIDField()
    subject = fields.CharField(max_length=300)
    state = fields.CharEnumField(SeatState, default=SeatState.OPEN)
    due_at = fields.DatetimeField(null=True)
    decided_at = fields.DatetimeField(null=True)
    decided_by_id = fields.UUIDField(null=True)
    door = fields.CharEnumField(Door, null=True)
    role = fields.CharField(max_length=200, null=True)

    class Meta:
        table = "approvals"


class ApprovalLink(Record):
    """The link of a letter: who may decide by it, about which seat, until when."""

    approval_id = fields.UUIDField()
    bearer_id = fields.UUIDField()
    bearer_user_id = fields.UUIDField()
    token_hash: bytes = BytesField()
    expires_at = fields.DatetimeField()

    class Meta:
        table = "approval_links"


class ApprovalEntry(Record):
    """Something that happened to a question."""

    request_id = fields.UUIDField()
    record_id = fields.UUIDField()
    what = fields.CharField(max_length=30)
    by_id = fields.UUIDField(null=True)
    by_name = fields.CharField(max_length=200, default="")
    for_name = fields.CharField(max_length=200, null=True)
    text = fields.CharField(max_length=4000, default="")

    class Meta:
        table = "approval_entries"


class ApprovalDeputy(Record):
    """Who decides for somebody in a certain time."""

    principal_id = fields.UUIDField()
    principal_user_id = fields.UUIDField()
    deputy_id = fields.UUIDField()
    deputy_user_id = fields.UUIDField()
    deputy_name = fields.CharField(max_length=200, default="")
    principal_name = fields.CharField(max_length=200, default="")
    starts_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()
    reason = fields.CharField(max_length=500, default="")
    active = fields.BooleanField(default=False)

    class Meta:
        table = "approval_deputies"
