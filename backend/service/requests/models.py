"""What was asked for from the catalogue."""

from enum import StrEnum
from typing import Any

from tortoise import fields

from infra.kernel.model import Record


class Fulfilment(StrEnum):
    """How far a request is."""

    AWAITING_APPROVAL = "awaiting_approval"
    FULFILLING = "fulfilling"
    FULFILLED = "fulfilled"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


class CatalogRequest(Record):
    """An item that somebody has chosen, with their answers; the work on it is its case."""

    number = fields.CharField(max_length=40, null=True)
    catalog_item_id = fields.UUIDField()
    item_name = fields.CharField(max_length=200)
    case_id = fields.UUIDField()
    case_number = fields.CharField(max_length=40, null=True)
    sold_product_id = fields.UUIDField(null=True)
    answers: dict[str, Any] = fields.JSONField(default=dict)
    form: list[dict[str, Any]] = fields.JSONField(default=list)
    form_version = fields.IntField(default=1)
    approval = fields.CharField(max_length=63, default="")
    account_id = fields.UUIDField(null=True)
    fulfilment = fields.CharEnumField(Fulfilment, default=Fulfilment.FULFILLING)
    tasks: list[dict[str, Any]] = fields.JSONField(default=list)
    task_count = fields.IntField(default=0)
    done_count = fields.IntField(default=0)
    fulfilled_at = fields.DatetimeField(null=True)
    requested_by_id = fields.UUIDField(null=True)

    class Meta:
        table = "catalog_requests"
