"""What a contract covers."""

from decimal import Decimal

from tortoise import fields

from backend.foundation.entitlements.models import Policy
from backend.foundation.units.models import Renewal, Unit
from backend.platform.slas.models import Tier
from infra.kernel.model import Record, TextArrayField


class ContractLine(Record):
    """An asset, a product, a kind of product or all that the customer has, on these terms."""

    contract_id = fields.UUIDField()
    name = fields.CharField(max_length=200)
    asset_id = fields.UUIDField(null=True)
    sold_product_id = fields.UUIDField(null=True)
    product_model_id = fields.UUIDField(null=True)
    location_id = fields.UUIDField(null=True)
    tier = fields.CharEnumField(Tier, default=Tier.STANDARD)
    calendar_id = fields.UUIDField(null=True)
    channels = TextArrayField(default=list)
    response_minutes = fields.IntField(null=True)
    resolution_minutes = fields.IntField(null=True)
    channel_policy = fields.CharEnumField(Policy, default=Policy.WARN)
    hours_policy: Policy | None = fields.CharEnumField(Policy, null=True)  # type: ignore[assignment]
    exhausted_policy = fields.CharEnumField(Policy, default=Policy.BLOCK)
    unit: Unit | None = fields.CharEnumField(Unit, null=True)  # type: ignore[assignment]
    quantity = fields.DecimalField(max_digits=12, decimal_places=2, null=True)
    renewal = fields.CharEnumField(Renewal, default=Renewal.NONE)
    units_per_case = fields.DecimalField(max_digits=12, decimal_places=2, default=Decimal(1))
    price_minor = fields.BigIntField(null=True)
    price_currency = fields.CharField(max_length=3, null=True)

    class Meta:
        table = "contract_lines"
