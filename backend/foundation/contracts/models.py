"""Service contracts."""

from enum import StrEnum
from typing import Any

from tortoise import fields

from infra.kernel.model import Record


class ContractType(StrEnum):
    """What a contract promises."""

    SUPPORT = "support"
    WARRANTY = "warranty"
    MAINTENANCE = "maintenance"
    SUBSCRIPTION = "subscription"


class ContractState(StrEnum):
    """Where a contract is in its life."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    ACTIVE = "active"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class ServiceContract(Record):
    """The kind of support that a customer has bought, for a time."""

    number = fields.CharField(max_length=40, null=True)
    name = fields.CharField(max_length=200)
    account_id = fields.UUIDField(null=True)
    consumer_id = fields.UUIDField(null=True)
    contract_type = fields.CharEnumField(ContractType, default=ContractType.SUPPORT)
    starts_on = fields.DateField()
    ends_on = fields.DateField(null=True)
    state = fields.CharEnumField(ContractState, default=ContractState.ACTIVE)
    renewed_from_id = fields.UUIDField(null=True)
    renews_months = fields.IntField(null=True)
    terms = fields.TextField(default="")
    custom: dict[str, Any] = fields.JSONField(default=dict)

    class Meta:
        table = "service_contracts"
