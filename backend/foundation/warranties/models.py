"""What is repaired or replaced for nothing, and until when."""

from enum import StrEnum

from tortoise import fields

from infra.kernel.model import Record


class Coverage(StrEnum):
    """What a warranty pays for."""

    PARTS = "parts"
    LABOUR = "labour"
    PARTS_AND_LABOUR = "parts_and_labour"
    ON_SITE = "on_site"
    REPLACEMENT = "replacement"


class WarrantyState(StrEnum):
    """Whether a warranty counts; by its dates it may be over all the same."""

    ACTIVE = "active"
    VOID = "void"


class ProductWarranty(Record):
    """What a product model is warranted for from the day it is bought."""

    product_model_id = fields.UUIDField()
    name = fields.CharField(max_length=200)
    months = fields.IntField()
    coverage = fields.CharEnumField(Coverage, default=Coverage.PARTS_AND_LABOUR)
    terms = fields.TextField(default="")
    active = fields.BooleanField(default=True)

    class Meta:
        table = "product_warranties"


class Warranty(Record):
    """A warranty that runs: of a sold product, or of one item or serial number of it."""

    number = fields.CharField(max_length=40, null=True)
    name = fields.CharField(max_length=200)
    product_warranty_id = fields.UUIDField(null=True)
    sold_product_id = fields.UUIDField()
    install_base_item_id = fields.UUIDField(null=True)
    serial_number = fields.CharField(max_length=200, null=True)
    coverage = fields.CharEnumField(Coverage, default=Coverage.PARTS_AND_LABOUR)
    terms = fields.TextField(default="")
    starts_on = fields.DateField()
    ends_on = fields.DateField()
    state = fields.CharEnumField(WarrantyState, default=WarrantyState.ACTIVE)

    class Meta:
        table = "warranties"
