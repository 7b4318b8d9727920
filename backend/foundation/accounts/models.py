"""Companies."""

from enum import StrEnum
from typing import Any

from tortoise import fields

from infra.kernel.model import Record


class PartyState(StrEnum):
    """Whether a customer is still one."""

    ACTIVE = "active"
    INACTIVE = "inactive"


class Account(Record):
    """A company: customer, partner or both; `path` holds the codes from the top, as in `P/C1/`."""

    number = fields.CharField(max_length=40, null=True)
    name = fields.CharField(max_length=200)
    code = fields.CharField(max_length=40)
    parent_id = fields.UUIDField(null=True)
    path = fields.CharField(max_length=4000)
    is_customer = fields.BooleanField(default=True)
    is_partner = fields.BooleanField(default=False)
    state = fields.CharEnumField(PartyState, default=PartyState.ACTIVE)
    email = fields.CharField(max_length=254, null=True)
    phone = fields.CharField(max_length=50, null=True)
    website = fields.CharField(max_length=500, null=True)
    industry = fields.CharField(max_length=100, null=True)
    notes = fields.TextField(default="")
    merged_into_id = fields.UUIDField(null=True)
    custom: dict[str, Any] = fields.JSONField(default=dict)

    class Meta:
        table = "accounts"
