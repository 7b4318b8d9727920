"""What customers are owed."""

from decimal import Decimal
from enum import StrEnum

from tortoise import fields

from backend.platform.slas.models import Tier
from infra.kernel.model import Record, TextArrayField


class Scope(StrEnum):
    """What an entitlement hangs on, the most specific first."""

    ASSET = "asset"
    SOLD_PRODUCT = "sold_product"
    PRODUCT_MODEL = "product_model"
    CONTRACT = "contract"
    ACCOUNT = "account"
    CONSUMER = "consumer"


class EntitlementState(StrEnum):
    """Whether an entitlement counts."""

    DRAFT = "draft"
    ACTIVE = "active"
    CANCELLED = "cancelled"


class Channel(StrEnum):
    """Ways by which a case reaches us."""

    WEB = "web"
    PORTAL = "portal"
    WIDGET = "widget"
    EMAIL = "email"
    CHAT = "chat"
    PHONE = "phone"
    API = "api"


class Policy(StrEnum):
    """What happens to a case that is not covered: told, refused, or served and billed."""

    WARN = "warn"
    BLOCK = "block"
    BILL = "bill"


class Entitlement(Record):
    """A level of support: hours, channels, times, units; `scope` follows from what it names."""

    number = fields.CharField(max_length=40, null=True)
    name = fields.CharField(max_length=200)
    scope = fields.CharEnumField(Scope)
    asset_id = fields.UUIDField(null=True)
    sold_product_id = fields.UUIDField(null=True)
    product_model_id = fields.UUIDField(null=True)
    contract_id = fields.UUIDField(null=True)
    account_id = fields.UUIDField(null=True)
    consumer_id = fields.UUIDField(null=True)
    location_id = fields.UUIDField(null=True)
    contract_line_id = fields.UUIDField(null=True)
    service_offering_id = fields.UUIDField(null=True)
    tier = fields.CharEnumField(Tier, default=Tier.STANDARD)
    calendar_id = fields.UUIDField(null=True)
    channels = TextArrayField(default=list)
    response_minutes = fields.IntField(null=True)
    resolution_minutes = fields.IntField(null=True)
    channel_policy = fields.CharEnumField(Policy, default=Policy.WARN)
    hours_policy: Policy | None = fields.CharEnumField(Policy, null=True)  # type: ignore[assignment]
    exhausted_policy = fields.CharEnumField(Policy, default=Policy.BLOCK)
    pool_id = fields.UUIDField(null=True)
    units_per_case = fields.DecimalField(max_digits=12, decimal_places=2, default=Decimal(1))
    price_minor = fields.BigIntField(null=True)
    price_currency = fields.CharField(max_length=3, null=True)
    starts_on = fields.DateField()
    ends_on = fields.DateField(null=True)
    state = fields.CharEnumField(EntitlementState, default=EntitlementState.ACTIVE)

    class Meta:
        table = "entitlements"
