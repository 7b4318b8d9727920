"""Who pays: billing accounts and whom each pays for."""

from enum import StrEnum

from tortoise import fields

from infra.kernel.model import Record


class InvoiceDelivery(StrEnum):
    """How invoices reach whoever pays."""

    EMAIL = "email"
    POST = "post"
    PORTAL = "portal"
    ELECTRONIC = "electronic"


class BillingState(StrEnum):
    """Whether anything is billed here; a closed one pays for nobody."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class BillingAccount(Record):
    """Where invoices go and on what terms; of one account or consumer, who may have several."""

    number = fields.CharField(max_length=40, null=True)
    name = fields.CharField(max_length=200)
    account_id = fields.UUIDField(null=True)
    consumer_id = fields.UUIDField(null=True)
    parent_id = fields.UUIDField(null=True)
    bills_to_parent = fields.BooleanField(default=False)
    is_default = fields.BooleanField(default=False)
    currency = fields.CharField(max_length=3)
    payment_days = fields.IntField(default=30)
    invoice_delivery = fields.CharEnumField(InvoiceDelivery, default=InvoiceDelivery.EMAIL)
    invoice_email = fields.CharField(max_length=254, null=True)
    location_id = fields.UUIDField(null=True)
    reference = fields.CharField(max_length=200, null=True)
    state = fields.CharEnumField(BillingState, default=BillingState.ACTIVE)

    class Meta:
        table = "billing_accounts"


class BillingArrangement(Record):
    """That a billing account pays a share of what a customer owes, for a time."""

    billing_account_id = fields.UUIDField()
    account_id = fields.UUIDField(null=True)
    consumer_id = fields.UUIDField(null=True)
    basis_points = fields.IntField(default=10_000)
    starts_on = fields.DateField()
    ends_on = fields.DateField(null=True)

    class Meta:
        table = "billing_arrangements"
