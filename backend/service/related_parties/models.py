"""Parties to a case or a product beside its customer, and what they may be."""

from enum import StrEnum

from tortoise import fields

from backend.foundation.relationships.ties import Tie
from infra.kernel.model import Record


class Entity(StrEnum):
    """To what a party can be related."""

    CASES = "cases"
    SOLD_PRODUCTS = "sold_products"
    INSTALL_BASE_ITEMS = "install_base_items"
    SERVICE_CONTRACTS = "service_contracts"


class PartyKind(StrEnum):
    """Who a related party can be."""

    CONTACT = "contact"
    CONSUMER = "consumer"
    ACCOUNT = "account"


class RelatedPartyConfiguration(Record):
    """A relationship type offered where parties are added, and the responsibility of it (F96)."""

    name = fields.CharField(max_length=200)
    entity = fields.CharEnumField(Entity)
    party_kind = fields.CharEnumField(PartyKind)
    category = fields.CharField(max_length=100, null=True)
    responsibility_id = fields.UUIDField()
    active = fields.BooleanField(default=True)

    class Meta:
        table = "related_party_configurations"


class RelatedParty(Tie):
    """Somebody related to one case, product, item or contract, as a type says (F93–F95)."""

    configuration_id = fields.UUIDField()
    responsibility_id = fields.UUIDField()
    entity = fields.CharEnumField(Entity)
    party_kind = fields.CharEnumField(PartyKind)
    case_id = fields.UUIDField(null=True)
    sold_product_id = fields.UUIDField(null=True)
    install_base_item_id = fields.UUIDField(null=True)
    service_contract_id = fields.UUIDField(null=True)
    contact_id = fields.UUIDField(null=True)
    consumer_id = fields.UUIDField(null=True)
    account_id = fields.UUIDField(null=True)
    purpose = fields.CharField(max_length=500, default="")

    class Meta:
        table = "related_parties"
