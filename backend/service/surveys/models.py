"""Surveys: what is asked, who was asked, and what they said."""

from enum import StrEnum
from typing import Any

from tortoise import fields

from infra.kernel.model import BytesField, Record


class Moment(StrEnum):
    """When a case's customer is asked."""

    RESOLVED = "resolved"
    CLOSED = "closed"


class InvitationState(StrEnum):
    """How far a question to somebody has come."""

    WAITING = "waiting"
    SENT = "sent"
    ANSWERED = "answered"
    WITHHELD = "withheld"


class Withheld(StrEnum):
    """Why somebody was not asked."""

    SAMPLED_OUT = "sampled_out"
    QUIET = "quiet"
    NO_ADDRESS = "no_address"
    REOPENED = "reopened"
    ENDED = "ended"


class Door(StrEnum):
    """By which way an answer came."""

    LINK = "link"
    PORTAL = "portal"
    WIDGET = "widget"


class Survey(Record):
    """What customers are asked after their case, when, and how often."""

    name = fields.CharField(max_length=200)
    title = fields.CharField(max_length=200)
    intro = fields.TextField(default="")
    moment = fields.CharEnumField(Moment, default=Moment.RESOLVED)
    questions: Any = fields.JSONField(default=list)
    delay_minutes = fields.IntField(default=0)
    sample_percent = fields.IntField(default=100)
    quiet_days = fields.IntField(default=0)
    open_days = fields.IntField(default=14)
    letter = fields.CharField(max_length=63, null=True)
    translations: dict[str, dict[str, Any]] = fields.JSONField(default=dict)
    active = fields.BooleanField(default=True)

    class Meta:
        table = "surveys"


class SurveyInvitation(Record):
    """That somebody was asked about a case, or why not."""

    survey_id = fields.UUIDField()
    case_id = fields.UUIDField()
    round = fields.IntField(default=0)
    contact_id = fields.UUIDField(null=True)
    consumer_id = fields.UUIDField(null=True)
    assigned_to_id = fields.UUIDField(null=True)
    assignment_group_id = fields.UUIDField(null=True)
    state = fields.CharEnumField(InvitationState, default=InvitationState.WAITING)
    withheld_reason: Withheld | None = fields.CharEnumField(  # type: ignore[assignment]
        Withheld, null=True
    )
    token_hash = BytesField(null=True)
    sent_at = fields.DatetimeField(null=True)
    expires_at = fields.DatetimeField(null=True)
    answered_at = fields.DatetimeField(null=True)

    class Meta:
        table = "survey_invitations"


class SurveyAnswer(Record):
    """What somebody said, once."""

    invitation_id = fields.UUIDField()
    survey_id = fields.UUIDField()
    case_id = fields.UUIDField()
    assigned_to_id = fields.UUIDField(null=True)
    assignment_group_id = fields.UUIDField(null=True)
    contact_id = fields.UUIDField(null=True)
    consumer_id = fields.UUIDField(null=True)
    score = fields.IntField()
    comment: str | None = fields.TextField(null=True)
    answers: Any = fields.JSONField(default=dict)
    door = fields.CharEnumField(Door)

    class Meta:
        table = "survey_answers"
