"""Where customers are."""

from enum import StrEnum
from typing import Any

from tortoise import fields

from infra.kernel.model import Record


class Purpose(StrEnum):
    """What an address is for."""

    SITE = "site"
    BILLING = "billing"
    SHIPPING = "shipping"
    HOME = "home"


class Location(Record):
    """An address or site of one account or consumer."""

    account_id = fields.UUIDField(null=True)
    consumer_id = fields.UUIDField(null=True)
    name = fields.CharField(max_length=200)
    purpose = fields.CharEnumField(Purpose, default=Purpose.SITE)
    line1 = fields.CharField(max_length=300)
    line2 = fields.CharField(max_length=300, null=True)
    postal_code = fields.CharField(max_length=20, null=True)
    city = fields.CharField(max_length=200)
    region = fields.CharField(max_length=200, null=True)
    country = fields.CharField(max_length=2)
    zone = fields.CharField(max_length=64, null=True)
    is_primary = fields.BooleanField(default=False)
    custom: dict[str, Any] = fields.JSONField(default=dict)

    class Meta:
        table = "locations"
