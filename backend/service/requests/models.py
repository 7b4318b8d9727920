"""What was asked for from the catalogue."""

from typing import Any

from tortoise import fields

from infra.kernel.model import Record


class CatalogRequest(Record):
    """An item that somebody has chosen, with their answers; the work on it is its case."""

    number = fields.CharField(max_length=40, null=True)
    catalog_item_id = fields.UUIDField()
    item_name = fields.CharField(max_length=200)
    case_id = fields.UUIDField()
    case_number = fields.CharField(max_length=40, null=True)
    sold_product_id = fields.UUIDField(null=True)
    answers: dict[str, Any] = fields.JSONField(default=dict)
    requested_by_id = fields.UUIDField(null=True)

    class Meta:
        table = "catalog_requests"
