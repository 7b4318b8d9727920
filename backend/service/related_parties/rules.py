"""Which record and which party a related party names, and whether that is offered. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from uuid import UUID

from backend.service.related_parties.models import (
    Entity,
    PartyKind,
    RelatedParty,
    RelatedPartyConfiguration,
)
from infra.kernel.errors import Fault

RECORDS: Mapping[Entity, str] = MappingProxyType(
    {
        Entity.CASES: "case_id",
        Entity.SOLD_PRODUCTS: "sold_product_id",
        Entity.INSTALL_BASE_ITEMS: "install_base_item_id",
        Entity.SERVICE_CONTRACTS: "service_contract_id",
    }
)
PARTIES: Mapping[PartyKind, str] = MappingProxyType(
    {
        PartyKind.CONTACT: "contact_id",
        PartyKind.CONSUMER: "consumer_id",
        PartyKind.ACCOUNT: "account_id",
    }
)


@dataclass(frozen=True)
class Named:
    """The one record and the one party, each with its kind."""

    entity: Entity
    record_id: UUID
    party_kind: PartyKind
    party_id: UUID


def named(party: RelatedParty) -> Named | list[Fault]:
    """What the party names, or a fault for each of the two that is not exactly one."""
    records = [(kind, id_) for kind, name in RECORDS.items() if (id_ := getattr(party, name))]
    people = [(kind, id_) for kind, name in PARTIES.items() if (id_ := getattr(party, name))]
    faults = []
    if len(records) != 1:
        message = f"name one of {', '.join(RECORDS.values())}"
        faults.append(Fault("/case_id", "one_record", message))
    if len(people) != 1:
        message = f"name one of {', '.join(PARTIES.values())}"
        faults.append(Fault("/contact_id", "one_party", message))
    if faults:
        return faults
    return Named(*records[0], *people[0])


def offer_faults(
    offered: RelatedPartyConfiguration | None, what: Named, category: str | None
) -> list[Fault]:
    """A fault unless this relationship type is offered here, for such a party (F96)."""
    pointer = "/configuration_id"
    if offered is None:
        return [Fault(pointer, "not_found", "there is no such relationship type")]
    if not offered.active:
        return [Fault(pointer, "inactive", f"{offered.name} is no longer offered")]
    if (offered.entity, offered.party_kind) != (what.entity, what.party_kind):
        where = f"{offered.party_kind.value}s on {offered.entity.value}"
        return [Fault(pointer, "not_offered", f"{offered.name} is offered for {where}")]
    if offered.category is not None and offered.category != category:
        told = f"{offered.name} is offered on cases of the category {offered.category}"
        return [Fault(pointer, "not_offered", told)]
    return []
