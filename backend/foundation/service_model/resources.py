"""What the outside knows of organisations, their places and staff."""

from typing import Annotated

from annotated_types import MaxLen
from pydantic import StringConstraints

from backend.foundation.service_model.models import (
    BusinessLocation,
    OrganizationProduct,
    ServiceOrganization,
    ServiceRelation,
    StaffMember,
)
from backend.platform.calendars.resources import Name
from backend.platform.responsibilities.reach import at_place, in_organization
from infra.kernel.resource import Relation, Resource, View, everything, through

Kind = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
"""A word of the trade: branch, store, franchise, office, hospital, dealer; any other as well."""
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
ContractType = Annotated[
    str, StringConstraints(pattern=r"^(support|warranty|maintenance|subscription)$")
]

_TIMES = ("created_at", "updated_at", "version")
_ORGANIZATION = ("name", "code", "kind", "parent_id", "email", "phone")
_ORGANIZATION_READ = (
    "id", "number", *_ORGANIZATION, "is_internal", "account_id", "path", "state", *_TIMES,
)  # fmt: skip

service_organizations = Resource(
    name="service_organizations",
    models=("smf",),
    singular="service_organization",
    model=ServiceOrganization,
    summary="Branches, stores, franchises, offices, hospitals and dealers that serve customers.",
    label="name",
    number="SO",
    views={
        "staff": View(
            read=(*_ORGANIZATION_READ, "notes"),
            create=(*_ORGANIZATION, "is_internal", "account_id", "notes"),
            update=(*_ORGANIZATION, "account_id", "state", "notes"),
        ),
        "customer": View(read=_ORGANIZATION_READ),
        "partner": View(read=_ORGANIZATION_READ),
    },
    filters=(
        "number", "name", "code", "kind", "is_internal", "account_id", "parent_id", "path",
        "state",
    ),
    sorts=("name", "code", "path", "number"),
    default_sort="name",
    search=("number", "name", "code"),
    relations={
        "account": Relation("account_id", "accounts"),
        "parent": Relation("parent_id", "service_organizations"),
    },
    paths={
        "all": everything(),
        "organization": in_organization("id"),
        "place": through("id", "business_locations", "service_organization_id", at_place("id")),
    },
    generic=("delete",),
    types={"name": Name, "kind": Kind},
    required=("name", "code", "kind"),
)  # fmt: skip

_PLACE = (
    "name", "location_id", "line1", "line2", "postal_code", "city", "region", "country", "zone",
    "email", "phone",
)  # fmt: skip
_PLACE_READ = (
    "id", "number", "service_organization_id", *_PLACE, "is_internal", "state", *_TIMES,
)  # fmt: skip

business_locations = Resource(
    name="business_locations",
    models=("smf",),
    singular="business_location",
    model=BusinessLocation,
    summary="Places of service organisations, inside the company or outside it.",
    label="name",
    number="BL",
    views={
        "staff": View(
            read=_PLACE_READ,
            create=("service_organization_id", *_PLACE),
            update=(*_PLACE, "state"),
        ),
        "customer": View(read=_PLACE_READ),
        "partner": View(read=_PLACE_READ),
    },
    filters=(
        "number", "name", "service_organization_id", "is_internal", "location_id", "city",
        "country", "state",
    ),
    sorts=("name", "number"),
    default_sort="name",
    search=("number", "name", "city"),
    relations={
        "service_organization": Relation("service_organization_id", "service_organizations"),
        "location": Relation("location_id", "locations"),
    },
    paths={
        "all": everything(),
        "organization": in_organization(),
        "place": at_place("id"),
    },
    generic=("delete",),
    types={"name": Name, "country": Country},
    required=("name", "service_organization_id"),
)  # fmt: skip

_MEMBER = ("responsibility_id", "title", "beneath", "starts_on", "ends_on")
_MEMBER_OF = ("service_organization_id", "business_location_id", "profile_id", "contact_id")
_MEMBER_READ = ("id", *_MEMBER_OF, *_MEMBER, *_TIMES)

staff_members = Resource(
    name="staff_members",
    models=("smf",),
    singular="staff_member",
    model=StaffMember,
    summary="Who works for an organisation or at one of its places, from when until when.",
    views={
        "staff": View(read=_MEMBER_READ, create=(*_MEMBER_OF, *_MEMBER), update=_MEMBER),
        "customer": View(read=_MEMBER_READ),
        "partner": View(read=_MEMBER_READ),
    },
    filters=(*_MEMBER_OF, "responsibility_id", "starts_on", "ends_on"),
    sorts=("created_at",),
    default_sort="created_at",
    relations={
        "service_organization": Relation("service_organization_id", "service_organizations"),
        "business_location": Relation("business_location_id", "business_locations"),
        "profile": Relation("profile_id", "profiles"),
        "contact": Relation("contact_id", "contacts"),
        "responsibility": Relation("responsibility_id", "responsibilities"),
    },
    paths={
        "all": everything(),
        "organization": in_organization(),
        "place": at_place(),
    },
    generic=(),
    required=("service_organization_id",),
)

_RELATION = ("from_organization_id", "to_organization_id", "kind")
_RELATION_SET = ("oversees", "starts_on", "ends_on")

service_relations = Resource(
    name="service_relations",
    models=("smf",),
    singular="service_relation",
    model=ServiceRelation,
    summary="How organisations stand to each other: franchisor, manufacturer, shared service.",
    label="kind",
    views={
        "staff": View(
            read=("id", *_RELATION, *_RELATION_SET, *_TIMES),
            create=(*_RELATION, *_RELATION_SET),
            update=_RELATION_SET,
        )
    },
    filters=(*_RELATION, "oversees"),
    sorts=("created_at",),
    default_sort="created_at",
    relations={
        "from": Relation("from_organization_id", "service_organizations"),
        "to": Relation("to_organization_id", "service_organizations"),
    },
    generic=("delete",),
    types={"kind": Kind},
    required=_RELATION,
)

service_organization_products = Resource(
    name="service_organization_products",
    models=("smf",),
    singular="service_organization_product",
    model=OrganizationProduct,
    summary="Products that a dealer may open cases about, and the contracts it may call upon.",
    views={
        "staff": View(
            read=("id", "service_organization_id", "product_model_id", "contract_types", *_TIMES),
            create=("service_organization_id", "product_model_id", "contract_types"),
            update=("contract_types",),
        ),
        "customer": View(
            read=("id", "service_organization_id", "product_model_id", "contract_types", *_TIMES)
        ),
        "partner": View(
            read=("id", "service_organization_id", "product_model_id", "contract_types", *_TIMES)
        ),
    },
    filters=("service_organization_id", "product_model_id"),
    sorts=("created_at",),
    default_sort="created_at",
    relations={
        "service_organization": Relation("service_organization_id", "service_organizations"),
        "product_model": Relation("product_model_id", "product_models"),
    },
    paths={
        "all": everything(),
        "organization": in_organization(),
        "place": through(
            "service_organization_id", "business_locations", "service_organization_id",
            at_place("id"),
        ),
    },
    types={"contract_types": Annotated[list[ContractType], MaxLen(4)]},
    required=("service_organization_id", "product_model_id"),
)  # fmt: skip
