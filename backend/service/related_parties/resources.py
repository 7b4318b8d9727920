"""What the outside knows of related parties."""

from backend.foundation.relationships.resources import STAMPS, TIE
from backend.platform.calendars.resources import Name
from backend.service.related_parties.models import RelatedParty, RelatedPartyConfiguration
from infra.kernel.configured import Configured
from infra.kernel.resource import (
    Path,
    Relation,
    Resource,
    View,
    everything,
    match,
    subtree,
    through,
)

_OFFER = ("name", "entity", "party_kind", "category", "responsibility_id", "active")
_OFFERED = View(read=("id", "name", "entity", "party_kind"))
related_party_configurations = Resource(
    name="related_party_configurations",
    singular="related_party_configuration",
    model=RelatedPartyConfiguration,
    summary="Relationship types that are offered where parties are added, and what each gives.",
    label="name",
    views={
        "staff": View(
            read=("id", *_OFFER, *STAMPS), create=_OFFER, update=("name", "category", "active")
        ),
        "customer": _OFFERED,
        "partner": _OFFERED,
    },
    types={"name": Name},
    filters=_OFFER,
    sorts=("name",),
    default_sort="name",
    relations={"responsibility": Relation("responsibility_id", "responsibilities")},
    generic=("delete",),
    required=("name", "entity", "party_kind", "responsibility_id"),
    configured=Configured(key=("entity", "party_kind", "name", "category"), gives_access=True),
)

_ON = ("case_id", "sold_product_id", "install_base_item_id", "service_contract_id")
_WHO = ("contact_id", "consumer_id", "account_id")
_ALL = ("configuration_id", *_ON, *_WHO, "purpose")
_READ = ("id", *_ALL, "responsibility_id", "entity", "party_kind", *TIE, *STAMPS)


def _on_case(inner: Path) -> Path:
    return through("case_id", "cases", "id", inner)


related_parties = Resource(
    name="related_parties",
    singular="related_party",
    model=RelatedParty,
    summary="Who else takes part in a case or follows a product: contacts, consumers, accounts.",
    views={
        "staff": View(
            read=_READ, create=(*_ALL, "ends_on"), update=("purpose", "ends_on")
        ),
        "customer": View(read=_READ),
        "partner": View(read=_READ),
    },
    filters=(
        "configuration_id", "responsibility_id", "entity", "party_kind", *_ON, *_WHO, "state",
        "ends_on",
    ),
    sorts=("created_at",),
    default_sort="created_at",
    relations={
        "configuration": Relation("configuration_id", "related_party_configurations"),
        "responsibility": Relation("responsibility_id", "responsibilities"),
        "case": Relation("case_id", "cases"),
        "sold_product": Relation("sold_product_id", "sold_products"),
        "install_base_item": Relation("install_base_item_id", "install_base_items"),
        "service_contract": Relation("service_contract_id", "service_contracts"),
        "contact": Relation("contact_id", "contacts"),
        "consumer": Relation("consumer_id", "consumers"),
        "account": Relation("account_id", "accounts"),
    },
    paths={
        "all": everything(),
        "on_products": everything(
            {"entity": ["sold_products", "install_base_items", "service_contracts"]}
        ),
        "on_business_cases": _on_case(everything({"customer_kind": ["business", "unknown"]})),
        "on_consumers_cases": _on_case(everything({"customer_kind": ["consumer", "unknown"]})),
        "as_contact": match("contact_id", "contact_id"),
        "as_consumer": match("consumer_id", "consumer_id"),
        "as_account": match("account_id", "account_id"),
        "on_own_cases": _on_case(match("contact_id", "contact_id")),
        "on_consumers_own_cases": _on_case(match("consumer_id", "consumer_id")),
        "on_accounts_cases": _on_case(match("account_id", "account_id")),
        "on_tree_cases": _on_case(
            through("account_id", "accounts", "id", subtree("path", "account_path"))
        ),
    },
    generic=(),
    required=("configuration_id",),
)  # fmt: skip
