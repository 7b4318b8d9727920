"""The things of customers that are supported, and who looks after each."""

from enum import StrEnum

from tortoise import fields

from infra.kernel.model import Record


class AssetState(StrEnum):
    """Where an asset is in its life."""

    PLANNED = "planned"
    IN_USE = "in_use"
    IN_REPAIR = "in_repair"
    RETIRED = "retired"


class Asset(Record):
    """One supported thing of an account or a consumer."""

    number = fields.CharField(max_length=40, null=True)
    name = fields.CharField(max_length=200)
    account_id = fields.UUIDField(null=True)
    consumer_id = fields.UUIDField(null=True)
    product_model_id = fields.UUIDField()
    sold_product_id = fields.UUIDField(null=True)
    install_base_item_id = fields.UUIDField(null=True)
    location_id = fields.UUIDField(null=True)
    serial_number = fields.CharField(max_length=200, null=True)
    asset_tag = fields.CharField(max_length=100, null=True)
    state = fields.CharEnumField(AssetState, default=AssetState.IN_USE)

    class Meta:
        table = "assets"


class AssetContact(Record):
    """That a contact is responsible for an asset."""

    asset_id = fields.UUIDField()
    contact_id = fields.UUIDField()

    class Meta:
        table = "asset_contacts"
