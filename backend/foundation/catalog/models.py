"""What can be requested, in catalogues and categories."""

from enum import StrEnum
from typing import Any

from tortoise import fields

from infra.kernel.model import Record


class ItemState(StrEnum):
    """Where a catalogue item is in its life."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class ItemAudience(StrEnum):
    """Who is offered a published item; staff are offered all."""

    PUBLIC = "public"
    CUSTOMER = "customer"
    PARTNER = "partner"
    INTERNAL = "internal"


class Catalog(Record):
    """A catalogue; closing it takes away everything in it."""

    name = fields.CharField(max_length=200)
    description = fields.TextField(default="")
    translations: dict[str, dict[str, Any]] = fields.JSONField(default=dict)
    active = fields.BooleanField(default=True)

    class Meta:
        table = "catalogs"


class CatalogCategory(Record):
    """A heading of a catalogue, at the top or below another of the same catalogue."""

    catalog_id = fields.UUIDField()
    parent_id = fields.UUIDField(null=True)
    name = fields.CharField(max_length=200)
    description = fields.TextField(default="")
    translations: dict[str, dict[str, Any]] = fields.JSONField(default=dict)
    position = fields.IntField(default=0)

    class Meta:
        table = "catalog_categories"


class CatalogItem(Record):
    """Something that can be requested, with its form and where the request goes."""

    number = fields.CharField(max_length=40, null=True)
    catalog_id = fields.UUIDField()
    category_id = fields.UUIDField(null=True)
    name = fields.CharField(max_length=200)
    summary = fields.CharField(max_length=500, default="")
    description = fields.TextField(default="")
    translations: dict[str, dict[str, Any]] = fields.JSONField(default=dict)
    state = fields.CharEnumField(ItemState, default=ItemState.DRAFT)
    audience = fields.CharEnumField(ItemAudience, default=ItemAudience.CUSTOMER)
    offered = fields.BooleanField(default=False)
    for_owners = fields.BooleanField(default=False)
    form: list[dict[str, Any]] = fields.JSONField(default=list)
    form_version = fields.IntField(default=1)
    approval = fields.CharField(max_length=63, default="")
    tasks: list[dict[str, Any]] = fields.JSONField(default=list)
    case_category = fields.CharField(max_length=100, null=True)
    case_subcategory = fields.CharField(max_length=100, null=True)
    case_priority = fields.IntField(default=3)
    assignment_group_id = fields.UUIDField(null=True)

    class Meta:
        table = "catalog_items"


class ProductCatalogItem(Record):
    """That an item may be requested for products of a model, by those who have one."""

    catalog_item_id = fields.UUIDField()
    product_model_id = fields.UUIDField()

    class Meta:
        table = "product_catalog_items"
