"""Private customers."""

from typing import Any

from tortoise import fields

from backend.foundation.accounts.models import PartyState
from backend.foundation.contacts.models import PreferredChannel
from infra.kernel.model import Record


class Consumer(Record):
    """An individual customer, independent of any company."""

    number = fields.CharField(max_length=40, null=True)
    user_id = fields.UUIDField(null=True)
    purpose = fields.CharField(max_length=40, default="")
    name = fields.CharField(max_length=200)
    email = fields.CharField(max_length=254, null=True)
    phone = fields.CharField(max_length=50, null=True)
    mobile = fields.CharField(max_length=50, null=True)
    preferred_channel = fields.CharEnumField(PreferredChannel, null=True)
    locale = fields.CharField(max_length=35, null=True)
    zone = fields.CharField(max_length=64, null=True)
    state = fields.CharEnumField(PartyState, default=PartyState.ACTIVE)
    merged_into_id = fields.UUIDField(null=True)
    custom: dict[str, Any] = fields.JSONField(default=dict)

    class Meta:
        table = "consumers"
