"""Templates of what is sold."""

from enum import StrEnum

from tortoise import fields

from infra.kernel.model import Record


class ProductKind(StrEnum):
    """What sort of thing a product is."""

    HARDWARE = "hardware"
    SOFTWARE = "software"
    SERVICE = "service"
    CONSUMABLE = "consumable"


class ProductState(StrEnum):
    """Whether a product is still sold."""

    DRAFT = "draft"
    ACTIVE = "active"
    RETIRED = "retired"


class ProductModel(Record):
    """A template for hardware, software, a service or a consumable."""

    name = fields.CharField(max_length=200)
    code = fields.CharField(max_length=100)
    kind = fields.CharEnumField(ProductKind)
    parent_id = fields.UUIDField(null=True)
    manufacturer = fields.CharField(max_length=200, null=True)
    description = fields.TextField(default="")
    state = fields.CharEnumField(ProductState, default=ProductState.ACTIVE)

    class Meta:
        table = "product_models"


class ProductModelSkill(Record):
    """A skill, and the least level of it, that work on a model needs."""

    product_model_id = fields.UUIDField()
    skill_id = fields.UUIDField()
    level = fields.IntField(default=1)

    class Meta:
        table = "product_model_skills"
