"""What the outside knows of units: pools and their ledgers, what cases drew, what is billed."""

from decimal import Decimal
from typing import Annotated

from annotated_types import Gt, Le
from pydantic import Field

from backend.foundation.units.models import (
    BillableLine,
    EntitlementMovement,
    EntitlementPool,
    EntitlementUse,
)
from backend.platform.calendars.resources import Name
from backend.platform.responsibilities.reach import AT_HAND, RELATED
from infra.kernel.resource import (
    Path,
    Relation,
    Resource,
    View,
    everything,
    match,
    readable,
    subtree,
    through,
)

QUANTITY_MOST = 1_000_000
Quantity = Annotated[Decimal, Gt(0), Le(QUANTITY_MOST), Field(decimal_places=2)]
_STAMPS = ("created_at", "updated_at", "version")

OWNERS: dict[str, Path] = {
    "all": everything(),
    "own_account": match("account_id", "account_id"),
    "own_consumer": match("consumer_id", "consumer_id"),
    "account_tree": through("account_id", "accounts", "id", subtree("path", "account_path")),
    **AT_HAND,
    **RELATED,
}
"""The paths of what belongs to a company or to a private customer."""

_POOL = (
    "id", "name", "account_id", "consumer_id", "contract_id", "unit", "quantity", "renewal",
    "starts_on", "period_starts_on", "period_ends_on", "remaining", "reserved", *_STAMPS,
)  # fmt: skip

entitlement_pools = Resource(
    name="entitlement_pools",
    singular="entitlement_pool",
    model=EntitlementPool,
    summary="Units of support that customers have: how many remain, and when there are new ones.",
    label="name",
    views={
        "staff": View(
            read=_POOL,
            create=(
                "name", "account_id", "consumer_id", "contract_id", "unit", "quantity", "renewal",
                "starts_on",
            ),
            update=("name", "quantity"),
        ),
        "customer": View(read=_POOL),
        "partner": View(read=_POOL),
    },
    filters=(
        "name", "account_id", "consumer_id", "contract_id", "unit", "renewal", "remaining",
        "period_ends_on",
    ),
    sorts=("name",),
    default_sort="name",
    relations={
        "account": Relation("account_id", "accounts"),
        "consumer": Relation("consumer_id", "consumers"),
        "contract": Relation("contract_id", "service_contracts"),
    },
    paths=OWNERS,
    generic=(),
    types={"name": Name, "quantity": Quantity},
    required=("name", "unit", "quantity", "starts_on"),
)  # fmt: skip

_OF_POOL: dict[str, Path] = {
    "all": everything(),
    "of_pool": through("pool_id", "entitlement_pools", "id", readable()),
}
_MOVEMENT = (
    "id", "pool_id", "position", "kind", "amount", "reserved_change", "remaining", "reserved",
    "period_starts_on", "case_id", "reason", "created_at",
)  # fmt: skip

entitlement_movements = Resource(
    name="entitlement_movements",
    singular="entitlement_movement",
    model=EntitlementMovement,
    summary="The ledgers of pools: all that was granted, reserved, used, released or lapsed.",
    views={
        "staff": View(read=(*_MOVEMENT, "made_by_id")),
        "customer": View(read=_MOVEMENT),
        "partner": View(read=_MOVEMENT),
    },
    filters=("pool_id", "kind", "case_id", "position", "period_starts_on"),
    sorts=("created_at",),
    default_sort="-created_at",
    relations={
        "pool": Relation("pool_id", "entitlement_pools"),
        "case": Relation("case_id", "cases"),
        "made_by": Relation("made_by_id", "profiles"),
    },
    paths=_OF_POOL,
    generic=(),
    emits=False,
    audited=False,
)  # fmt: skip

_USE = (
    "id", "pool_id", "entitlement_id", "case_id", "amount", "state", "period_starts_on", *_STAMPS,
)  # fmt: skip

entitlement_uses = Resource(
    name="entitlement_uses",
    singular="entitlement_use",
    model=EntitlementUse,
    summary="What cases have drawn from pools: reserved, used or released.",
    views={
        "staff": View(read=_USE),
        "customer": View(read=_USE),
        "partner": View(read=_USE),
    },
    filters=("pool_id", "entitlement_id", "case_id", "state"),
    sorts=("created_at",),
    default_sort="-created_at",
    relations={
        "pool": Relation("pool_id", "entitlement_pools"),
        "entitlement": Relation("entitlement_id", "entitlements"),
        "case": Relation("case_id", "cases"),
    },
    paths=_OF_POOL,
    generic=(),
)

_LINE = (
    "id", "number", "account_id", "consumer_id", "case_id", "entitlement_id", "reason", "unit",
    "quantity", "amount_minor", "currency", "state", *_STAMPS,
)  # fmt: skip

billable_lines = Resource(
    name="billable_lines",
    singular="billable_line",
    model=BillableLine,
    summary="What is to be paid for cases because no promise covers it.",
    label="number",
    number="BL",
    views={
        "staff": View(read=_LINE),
        "customer": View(read=_LINE),
        "partner": View(read=_LINE),
    },
    filters=("number", "account_id", "consumer_id", "case_id", "entitlement_id", "reason", "state"),
    sorts=("created_at",),
    default_sort="-created_at",
    relations={
        "account": Relation("account_id", "accounts"),
        "consumer": Relation("consumer_id", "consumers"),
        "case": Relation("case_id", "cases"),
        "entitlement": Relation("entitlement_id", "entitlements"),
    },
    paths=OWNERS,
    generic=(),
)
