"""A business's own customers and employees."""

from enum import StrEnum

from tortoise import fields

from infra.kernel.model import Record


class LinkKind(StrEnum):
    """What the consumer is to the business."""

    CUSTOMER = "customer"
    EMPLOYEE = "employee"


class AccountConsumer(Record):
    """A consumer who is served through a business: as its customer or as its employee."""

    account_id = fields.UUIDField()
    consumer_id = fields.UUIDField()
    kind = fields.CharEnumField(LinkKind, default=LinkKind.CUSTOMER)
    reference = fields.CharField(max_length=100, null=True)
    is_entitled = fields.BooleanField(default=True)
    starts_on = fields.DateField()
    ends_on = fields.DateField(null=True)

    class Meta:
        table = "account_consumers"
