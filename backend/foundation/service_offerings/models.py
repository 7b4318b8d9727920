"""Support tiers of product models."""

from enum import StrEnum

from tortoise import fields

from backend.platform.slas.models import Tier
from infra.kernel.model import Record, TextArrayField


class OfferingState(StrEnum):
    """Whether an offering can be chosen."""

    DRAFT = "draft"
    ACTIVE = "active"
    RETIRED = "retired"


class ServiceOffering(Record):
    """A tier of support that goes with a product model: hours, channels and times."""

    number = fields.CharField(max_length=40, null=True)
    name = fields.CharField(max_length=200)
    product_model_id = fields.UUIDField()
    description = fields.TextField(default="")
    tier = fields.CharEnumField(Tier, default=Tier.STANDARD)
    calendar_id = fields.UUIDField(null=True)
    channels = TextArrayField(default=list)
    response_minutes = fields.IntField(null=True)
    resolution_minutes = fields.IntField(null=True)
    months = fields.IntField(null=True)
    state = fields.CharEnumField(OfferingState, default=OfferingState.ACTIVE)

    class Meta:
        table = "service_offerings"
