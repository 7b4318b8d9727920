"""What the outside knows of billing accounts."""

from typing import Annotated

from annotated_types import Ge, Le
from pydantic import AfterValidator, StringConstraints

from backend.foundation.accounts.resources import accounts
from backend.foundation.accounts.types import Email
from backend.foundation.billing_accounts.models import BillingAccount, BillingArrangement
from backend.foundation.consumers.resources import consumers
from backend.platform.calendars.resources import Name
from infra.kernel.money import EXPONENTS
from infra.kernel.resource import Relation, Resource, View, everything, match, subtree, through


def _currency(text: str) -> str:
    if text not in EXPONENTS:
        raise ValueError("must be a currency of ISO 4217")
    return text


Currency = Annotated[str, StringConstraints(max_length=3), AfterValidator(_currency)]
Days = Annotated[int, Ge(0), Le(365)]
BasisPoints = Annotated[int, Ge(1), Le(10_000)]

_TREE = through("account_id", "accounts", "id", subtree("path", "account_path"))
_TERMS = (
    "name", "currency", "payment_days", "invoice_delivery", "invoice_email", "location_id",
    "reference", "is_default",
)  # fmt: skip
_PLACE = ("parent_id", "bills_to_parent")
_OWNER = ("account_id", "consumer_id")
_READ = (
    "id", "number", *_OWNER, *_TERMS, "state", "created_at", "updated_at", "version",
)  # fmt: skip

billing_accounts = Resource(
    name="billing_accounts",
    singular="billing_account",
    model=BillingAccount,
    summary="Where invoices go and on what terms; a customer may have several.",
    models=tuple(dict.fromkeys((*accounts.models, *consumers.models))),
    label="name",
    number="BA",
    types={
        "name": Name,
        "currency": Currency,
        "payment_days": Days,
        "invoice_email": Email,
    },
    views={
        "staff": View(
            read=(*_READ, *_PLACE),
            create=(*_OWNER, *_PLACE, *_TERMS),
            update=(*_PLACE, *_TERMS, "state"),
        ),
        "customer": View(read=_READ, update=("invoice_delivery", "invoice_email", "reference")),
    },
    filters=(
        "number", "name", *_OWNER, "parent_id", "currency", "state", "is_default", "location_id",
    ),
    sorts=("name", "number"),
    default_sort="name",
    search=("number", "name", "reference"),
    relations={
        "account": Relation("account_id", "accounts"),
        "consumer": Relation("consumer_id", "consumers"),
        "parent": Relation("parent_id", "billing_accounts"),
        "location": Relation("location_id", "locations"),
    },
    paths={
        "all": everything(),
        "own_consumer": match("consumer_id", "consumer_id"),
        "account_tree": _TREE,
    },
    generic=("delete",),
    required=("name", "currency"),
)  # fmt: skip

_ARRANGED = ("billing_account_id", *_OWNER, "basis_points", "starts_on", "ends_on")
_ARRANGEMENT = ("id", *_ARRANGED, "created_at", "updated_at", "version")

billing_arrangements = Resource(
    name="billing_arrangements",
    singular="billing_arrangement",
    model=BillingArrangement,
    summary="Whom a billing account pays for beside its own customer, and which share.",
    models=tuple(dict.fromkeys((*accounts.models, *consumers.models))),
    types={"basis_points": BasisPoints},
    views={
        "staff": View(
            read=_ARRANGEMENT,
            create=_ARRANGED,
            update=("basis_points", "starts_on", "ends_on"),
        ),
        "customer": View(read=_ARRANGEMENT),
    },
    filters=("billing_account_id", *_OWNER, "starts_on", "ends_on"),
    sorts=("starts_on",),
    default_sort="starts_on",
    relations={
        "billing_account": Relation("billing_account_id", "billing_accounts"),
        "account": Relation("account_id", "accounts"),
        "consumer": Relation("consumer_id", "consumers"),
    },
    paths={
        "all": everything(),
        "own_consumer": match("consumer_id", "consumer_id"),
        "account_tree": _TREE,
        "payer_consumer": through(
            "billing_account_id", "billing_accounts", "id", match("consumer_id", "consumer_id")
        ),
        "payer_tree": through("billing_account_id", "billing_accounts", "id", _TREE),
    },
    generic=("delete",),
    required=("billing_account_id", "starts_on"),
)
