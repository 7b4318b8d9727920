"""What customers own, and where it stands."""

from enum import StrEnum

from tortoise import fields

from infra.kernel.model import Record


class SoldState(StrEnum):
    """Where a sold product is in its life."""

    PLANNED = "planned"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    ENDED = "ended"


class InstallState(StrEnum):
    """Where an installed item is in its life."""

    PLANNED = "planned"
    INSTALLED = "installed"
    IN_MAINTENANCE = "in_maintenance"
    REMOVED = "removed"


class SoldProduct(Record):
    """A product or service that one account or consumer has bought."""

    number = fields.CharField(max_length=40, null=True)
    name = fields.CharField(max_length=200)
    account_id = fields.UUIDField(null=True)
    consumer_id = fields.UUIDField(null=True)
    product_model_id = fields.UUIDField()
    parent_id = fields.UUIDField(null=True)
    contract_id = fields.UUIDField(null=True)
    location_id = fields.UUIDField(null=True)
    serial_number = fields.CharField(max_length=200, null=True)
    quantity = fields.IntField(default=1)
    purchased_on = fields.DateField(null=True)
    state = fields.CharEnumField(SoldState, default=SoldState.ACTIVE)

    class Meta:
        table = "sold_products"


class InstallBaseItem(Record):
    """An installed instance of a sold product; `configuration_item` is its name in a CMDB."""

    number = fields.CharField(max_length=40, null=True)
    name = fields.CharField(max_length=200)
    sold_product_id = fields.UUIDField()
    serial_number = fields.CharField(max_length=200, null=True)
    location_id = fields.UUIDField(null=True)
    configuration_item = fields.CharField(max_length=200, null=True)
    installed_on = fields.DateField(null=True)
    state = fields.CharEnumField(InstallState, default=InstallState.INSTALLED)

    class Meta:
        table = "install_base_items"
