"""What the outside knows of cases."""

from typing import Annotated

from annotated_types import Ge, Le, MaxLen
from pydantic import AfterValidator, StringConstraints

from backend.platform.responsibilities.reach import CASE_PLACES, on_cases
from backend.service.cases.models import Case, CaseArticle, CaseTask, CaseTaskDependency
from infra.kernel.columns import Text, plain_text
from infra.kernel.resource import (
    Link,
    Relation,
    Resource,
    View,
    everything,
    match,
    readable,
    subtree,
    through,
)

Subject = Annotated[
    str,
    StringConstraints(min_length=1, max_length=300, strip_whitespace=True),
    AfterValidator(plain_text),
]
Description = Annotated[Text, StringConstraints(max_length=50_000)]
Priority = Annotated[int, Ge(1), Le(4)]
Weight = Annotated[int, Ge(1), Le(3)]
ContextValue = Annotated[Text, MaxLen(2_000)] | int | float | bool | None
ProductContext = Annotated[dict[Annotated[Text, MaxLen(100)], ContextValue], MaxLen(50)]

_WORDS = ("subject", "description", "category", "subcategory")
_PRODUCT = ("sold_product_id", "install_base_item_id", "asset_id")
_CUSTOMER_READ = (
    "id", "number", "state", "priority", *_WORDS, "channel", "account_id", "contact_id",
    "consumer_id", "intermediary_account_id", "service_organization_id", "business_location_id",
    "product_model_id", *_PRODUCT, "product_context", "entitlement_status",
    "opened_at", "due_at", "first_responded_at", "resolved_at", "closed_at", "resolution",
    "resolution_code", "reopened_count", "escalated_at", "rating", "rating_comment",
    "case_type_id", "follows_id", "merged_into_id", "custom", "created_at", "updated_at", "version",
)  # fmt: skip
_STAFF_SET = (
    *_WORDS, "case_type_id", "priority", "impact", "urgency", "account_id", "contact_id",
    "consumer_id",
    "intermediary_account_id", "product_model_id", *_PRODUCT, "parent_id", "contract_id",
    "product_context", "service_organization_id", "business_location_id", "employee_id",
    "account_relationship_id", "custom",
)  # fmt: skip
_OUTSIDE = View(
    read=_CUSTOMER_READ,
    create=(
        *_WORDS,
        "case_type_id",
        "urgency",
        *_PRODUCT,
        "product_context",
        "account_id",
        "contact_id",
        "consumer_id",
        "intermediary_account_id",
        "business_location_id",
        "custom",
    ),
    update=(*_WORDS, "custom"),
)

cases = Resource(
    name="cases",
    singular="case",
    model=Case,
    summary="Customers' questions and troubles, with what they own and are owed.",
    label="subject",
    number="CS",
    views={
        "staff": View(
            read=(
                *_CUSTOMER_READ, "impact", "urgency", "customer_kind", "parent_id", "contract_id",
                "entitlement_id", "entitlement_explanation", "assignment_group_id",
                "assigned_to_id", "opened_by_id", "employee_id", "rated_at", "household_id",
                "account_relationship_id", "duplicate_of_id", "awaits_answer_since", "stage",
                "reopened_at", "held_since",
            ),
            create=(*_STAFF_SET, "channel", "assignment_group_id", "assigned_to_id"),
            update=_STAFF_SET,
        ),
        "customer": _OUTSIDE,
        "partner": _OUTSIDE,
    },
    filters=(
        "number", "state", "priority", "category", "subcategory", "channel", "customer_kind",
        "account_id", "contact_id", "consumer_id", "product_model_id", "sold_product_id",
        "install_base_item_id", "asset_id", "parent_id", "contract_id", "entitlement_id",
        "entitlement_status", "assignment_group_id", "assigned_to_id", "opened_at", "due_at",
        "resolved_at", "closed_at", "reopened_at", "rating", "rated_at", "household_id",
        "service_organization_id", "business_location_id", "employee_id",
        "intermediary_account_id", "escalated_at", "account_relationship_id", "case_type_id",
        "follows_id", "duplicate_of_id", "merged_into_id", "stage",
    ),
    sorts=("opened_at", "number", "priority"),
    default_sort="-opened_at",
    search=("number", "subject", "description"),
    relations={
        "account": Relation("account_id", "accounts"),
        "account_relationship": Relation("account_relationship_id", "account_relationships"),
        "contact": Relation("contact_id", "contacts"),
        "consumer": Relation("consumer_id", "consumers"),
        "product_model": Relation("product_model_id", "product_models"),
        "sold_product": Relation("sold_product_id", "sold_products"),
        "install_base_item": Relation("install_base_item_id", "install_base_items"),
        "asset": Relation("asset_id", "assets"),
        "household": Relation("household_id", "households"),
        "parent": Relation("parent_id", "cases"),
        "case_type": Relation("case_type_id", "case_types"),
        "follows": Relation("follows_id", "cases"),
        "duplicate_of": Relation("duplicate_of_id", "cases"),
        "merged_into": Relation("merged_into_id", "cases"),
        "contract": Relation("contract_id", "service_contracts"),
        "entitlement": Relation("entitlement_id", "entitlements"),
        "assignment_group": Relation("assignment_group_id", "groups"),
        "assigned_to": Relation("assigned_to_id", "profiles"),
        "service_organization": Relation("service_organization_id", "service_organizations"),
        "business_location": Relation("business_location_id", "business_locations"),
        "employee": Relation("employee_id", "profiles"),
        "intermediary_account": Relation("intermediary_account_id", "accounts"),
    },
    links={"household_membership": Link("consumer_id", "household_members", "consumer_id")},
    paths={
        "all": everything(),
        "own": match("contact_id", "contact_id"),
        "own_consumer": match("consumer_id", "consumer_id"),
        "own_account": match("account_id", "account_id"),
        "account_tree": through("account_id", "accounts", "id", subtree("path", "account_path")),
        "assigned": match("assigned_to_id", "profile_id"),
        "opened": match("opened_by_id", "profile_id"),
        **CASE_PLACES,
    },
    is_promised=True,
    generic=(),
    types={
        "subject": Subject,
        "description": Description,
        "priority": Priority,
        "impact": Weight,
        "urgency": Weight,
        "product_context": ProductContext,
    },
    required=("subject",),
    choosable=("category", "subcategory"),
)  # fmt: skip

_OF_CASE = through("case_id", "cases", "id", readable())
"""What hangs on a case is seen by whoever sees the case."""

_TASK = (
    "parent_id",
    "subject",
    "description",
    "priority",
    "assignment_group_id",
    "assigned_to_id",
    "due_at",
    "custom",
)

case_tasks = Resource(
    name="case_tasks",
    singular="case_task",
    model=CaseTask,
    summary="Pieces of a case's work for the middle and the back office.",
    label="subject",
    number="CTSK",
    views={
        "staff": View(
            read=(
                "id", "number", "case_id", "state", *_TASK, "escalated_at", "outcome", "opened_at",
                "closed_at", "created_at", "updated_at", "version",
            ),
            create=("case_id", *_TASK),
            update=_TASK,
        )
    },
    filters=(
        "number", "case_id", "parent_id", "state", "priority", "assignment_group_id",
        "assigned_to_id", "escalated_at",
    ),
    sorts=("opened_at", "number"),
    default_sort="-opened_at",
    search=("number", "subject", "description"),
    relations={
        "case": Relation("case_id", "cases"),
        "parent": Relation("parent_id", "case_tasks"),
        "assignment_group": Relation("assignment_group_id", "groups"),
        "assigned_to": Relation("assigned_to_id", "profiles"),
    },
    paths={
        "all": everything(),
        "assigned": match("assigned_to_id", "profile_id"),
        "group": match("assignment_group_id", "group_ids"),
        "of_case": _OF_CASE,
        **on_cases("case_id"),
    },
    is_promised=True,
    generic=(),
    types={"subject": Subject, "description": Description, "priority": Priority},
    required=("case_id", "subject"),
)  # fmt: skip

case_task_dependencies = Resource(
    name="case_task_dependencies",
    singular="case_task_dependency",
    model=CaseTaskDependency,
    summary="Which task of a case waits for which other.",
    views={
        "staff": View(
            read=(
                "id", "case_id", "task_id", "depends_on_id", "created_at", "updated_at", "version",
            )
        )
    },
    filters=("case_id", "task_id", "depends_on_id"),
    sorts=("created_at",),
    default_sort="created_at",
    relations={
        "case": Relation("case_id", "cases"),
        "task": Relation("task_id", "case_tasks"),
        "depends_on": Relation("depends_on_id", "case_tasks"),
    },
    paths={"all": everything(), "of_case": _OF_CASE, **on_cases("case_id")},
    generic=("delete",),
)  # fmt: skip

case_articles = Resource(
    name="case_articles",
    singular="case_article",
    model=CaseArticle,
    summary="Articles that were used on cases.",
    views={
        "staff": View(
            read=(
                "id", "case_id", "article_id", "edition", "attached_by_id", "created_at",
                "updated_at", "version",
            )
        )
    },
    filters=("case_id", "article_id"),
    sorts=("created_at",),
    default_sort="-created_at",
    relations={
        "case": Relation("case_id", "cases"),
        "article": Relation("article_id", "articles"),
        "attached_by": Relation("attached_by_id", "profiles"),
    },
    paths={"all": everything(), "of_case": _OF_CASE},
    generic=(),
)  # fmt: skip
