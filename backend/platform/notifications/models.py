"""What people are told within Atrium, and how they want to be told."""

from enum import StrEnum

from tortoise import fields

from infra.kernel.model import Record


class MailChoice(StrEnum):
    """Whether a letter goes out as well, and when."""

    NONE = "none"
    NOW = "now"
    DAILY = "daily"


class MailState(StrEnum):
    """How far a notification's letter is."""

    NONE = "none"
    DUE = "due"
    SENT = "sent"


class Notification(Record):
    """A word to one person, with the record that it is about."""

    user_id = fields.UUIDField()
    topic = fields.CharField(max_length=63)
    title = fields.CharField(max_length=300)
    body = fields.CharField(max_length=4000, default="")
    kind = fields.CharField(max_length=63, null=True)
    record_id = fields.UUIDField(null=True)
    mail = fields.CharEnumField(MailState, default=MailState.NONE)
    shown = fields.BooleanField(default=True)
    read_at = fields.DatetimeField(null=True)

    class Meta:
        table = "notifications"


class NotificationPreference(Record):
    """How somebody wants to hear of a topic, or of all others where it names none."""

    user_id = fields.UUIDField()
    topic = fields.CharField(max_length=63, default="")
    shown = fields.BooleanField(default=True)
    mail = fields.CharEnumField(MailChoice, default=MailChoice.NONE)

    class Meta:
        table = "notification_preferences"
