"""Conversations and what is said in them."""

from enum import StrEnum

from tortoise import fields

from infra.kernel.model import Record, TextArrayField


class InteractionChannel(StrEnum):
    """How somebody talks to us."""

    WEB_CHAT = "web_chat"
    EMAIL = "email"
    WIDGET = "widget"
    PORTAL = "portal"
    PHONE = "phone"


class InteractionState(StrEnum):
    """Whether it goes on."""

    OPEN = "open"
    CLOSED = "closed"


class CustomerKind(StrEnum):
    """Whose conversation it is."""

    BUSINESS = "business"
    CONSUMER = "consumer"
    UNKNOWN = "unknown"


class Direction(StrEnum):
    """From the customer, or to them."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


class AuthorKind(StrEnum):
    """Whose words these are."""

    STAFF = "staff"
    CUSTOMER = "customer"
    PARTNER = "partner"
    VISITOR = "visitor"
    SYSTEM = "system"


class MessageVisibility(StrEnum):
    """Whether the customer reads it."""

    PUBLIC = "public"
    INTERNAL = "internal"


class Interaction(Record):
    """A conversation with a customer on one channel (F439)."""

    number = fields.CharField(max_length=40, null=True)
    channel = fields.CharEnumField(InteractionChannel)
    state = fields.CharEnumField(InteractionState, default=InteractionState.OPEN)
    subject = fields.CharField(max_length=300, default="")
    case_id = fields.UUIDField(null=True)
    customer_kind = fields.CharEnumField(CustomerKind, default=CustomerKind.UNKNOWN)
    account_id = fields.UUIDField(null=True)
    contact_id = fields.UUIDField(null=True)
    consumer_id = fields.UUIDField(null=True)
    visitor_id = fields.UUIDField(null=True)
    customer_name = fields.CharField(max_length=200, default="")
    assigned_to_id = fields.UUIDField(null=True)
    started_at = fields.DatetimeField()
    last_message_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "interactions"


class Message(Record):
    """Something said in a conversation; never changed afterwards."""

    interaction_id = fields.UUIDField()
    case_id = fields.UUIDField(null=True)
    activity_entry_id = fields.UUIDField(null=True)
    direction = fields.CharEnumField(Direction)
    visibility = fields.CharEnumField(MessageVisibility, default=MessageVisibility.PUBLIC)
    customer_kind = fields.CharEnumField(CustomerKind, default=CustomerKind.UNKNOWN)
    author_kind = fields.CharEnumField(AuthorKind)
    author_profile_id = fields.UUIDField(null=True)
    author_name = fields.CharField(max_length=200, default="")
    subject = fields.CharField(max_length=300, default="")
    body = fields.TextField()
    quoted = fields.TextField(default="")
    address = fields.CharField(max_length=254, null=True)
    mail_id = fields.CharField(max_length=1000, null=True)
    in_reply_to = fields.CharField(max_length=1000, null=True)
    mail_references: list[str] = TextArrayField(default=list)
    at = fields.DatetimeField()

    class Meta:
        table = "messages"
