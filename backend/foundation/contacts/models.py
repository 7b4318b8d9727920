"""People of companies."""

from enum import StrEnum
from typing import Any

from tortoise import fields

from backend.foundation.accounts.models import PartyState
from infra.kernel.model import Record


class PreferredChannel(StrEnum):
    """How somebody likes to be reached."""

    EMAIL = "email"
    PHONE = "phone"
    PORTAL = "portal"
    CHAT = "chat"


class Contact(Record):
    """A person of exactly one company; who they are as a person is their user's."""

    number = fields.CharField(max_length=40, null=True)
    user_id = fields.UUIDField(null=True)
    account_id = fields.UUIDField()
    name = fields.CharField(max_length=200)
    email = fields.CharField(max_length=254, null=True)
    phone = fields.CharField(max_length=50, null=True)
    mobile = fields.CharField(max_length=50, null=True)
    title = fields.CharField(max_length=200, null=True)
    department = fields.CharField(max_length=200, null=True)
    preferred_channel = fields.CharEnumField(PreferredChannel, null=True)
    locale = fields.CharField(max_length=35, null=True)
    zone = fields.CharField(max_length=64, null=True)
    state = fields.CharEnumField(PartyState, default=PartyState.ACTIVE)
    merged_into_id = fields.UUIDField(null=True)
    custom: dict[str, Any] = fields.JSONField(default=dict)

    class Meta:
        table = "contacts"
