"""What customers own, and where it stands."""

from enum import StrEnum
from typing import Any

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


class WarrantyStatus(StrEnum):
    """Whether something is under warranty, by the warranty that runs longest."""

    NONE = "none"
    PENDING = "pending"
    ACTIVE = "active"
    EXPIRED = "expired"


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
    ended_on = fields.DateField(null=True)
    service_offering_id = fields.UUIDField(null=True)
    extension: dict[str, Any] | None = fields.JSONField(null=True)
    warranty_status = fields.CharEnumField(WarrantyStatus, default=WarrantyStatus.NONE)
    warranty_ends_on = fields.DateField(null=True)
    custom: dict[str, Any] = fields.JSONField(default=dict)

    class Meta:
        table = "sold_products"


class InstallBaseItem(Record):
    """An installed instance of a sold product; `configuration_item` is a name from another CMDB."""

    number = fields.CharField(max_length=40, null=True)
    name = fields.CharField(max_length=200)
    sold_product_id = fields.UUIDField()
    serial_number = fields.CharField(max_length=200, null=True)
    location_id = fields.UUIDField(null=True)
    configuration_item = fields.CharField(max_length=200, null=True)
    configuration_item_id = fields.UUIDField(null=True)
    parent_id = fields.UUIDField(null=True)
    installed_on = fields.DateField(null=True)
    state = fields.CharEnumField(InstallState, default=InstallState.INSTALLED)
    extension: dict[str, Any] | None = fields.JSONField(null=True)
    warranty_status = fields.CharEnumField(WarrantyStatus, default=WarrantyStatus.NONE)
    warranty_ends_on = fields.DateField(null=True)
    custom: dict[str, Any] = fields.JSONField(default=dict)

    class Meta:
        table = "install_base_items"


class InstalledProduct(Record):
    """How many of a sold product are installed as one item at one place."""

    number = fields.CharField(max_length=40, null=True)
    sold_product_id = fields.UUIDField()
    install_base_item_id = fields.UUIDField()
    location_id = fields.UUIDField(null=True)
    quantity = fields.IntField(default=1)
    installed_on = fields.DateField(null=True)

    class Meta:
        table = "installed_products"
