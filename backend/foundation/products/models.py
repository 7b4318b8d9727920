"""Templates of what is sold."""

from enum import StrEnum
from typing import Any

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


class ExtensionKind(StrEnum):
    """Which typed data of an industry the sold and installed instances of a model carry."""

    FINANCIAL_ACCOUNT = "financial_account"
    NETWORK_SERVICE = "network_service"
    EQUIPMENT = "equipment"


class ProductModel(Record):
    """A template for hardware, software, a service or a consumable."""

    name = fields.CharField(max_length=200)
    code = fields.CharField(max_length=100)
    kind = fields.CharEnumField(ProductKind)
    parent_id = fields.UUIDField(null=True)
    manufacturer = fields.CharField(max_length=200, null=True)
    description = fields.TextField(default="")
    state = fields.CharEnumField(ProductState, default=ProductState.ACTIVE)
    specifications: dict[str, Any] = fields.JSONField(default=dict)
    extension_kind: ExtensionKind | None = fields.CharEnumField(  # type: ignore[assignment]
        ExtensionKind, null=True
    )
    custom: dict[str, Any] = fields.JSONField(default=dict)

    class Meta:
        table = "product_models"


class ProductModelSkill(Record):
    """A skill, and the least level of it, that work on a model needs."""

    product_model_id = fields.UUIDField()
    skill_id = fields.UUIDField()
    level = fields.IntField(default=1)

    class Meta:
        table = "product_model_skills"
