"""Units of support: pools with an exact ledger, what cases draw, and what is billed instead."""

from backend.foundation.units.actions.bill import bill, waive
from backend.foundation.units.actions.pools import adjust, create, update
from backend.foundation.units.jobs import renew
from backend.foundation.units.resources import (
    billable_lines,
    entitlement_movements,
    entitlement_pools,
    entitlement_uses,
)
from backend.platform.responsibilities.reach import (
    AGENTS,
    each_side,
    whoever_is_related,
    whoever_serves,
)
from infra.kernel.grants import Grant
from infra.kernel.registry import Domain

_READ_ALL = ("case_viewer", "customer_data_viewer")
_LEDGER = ("entitlement_movements", "entitlement_uses")
_OWNED = ("entitlement_pools", "billable_lines")
_ACCOUNT = (
    ("customer_case_manager", "own_account"), ("customer_admin", "account_tree"),
    ("partner_admin", "account_tree"), ("consumer", "own_consumer"),
)  # fmt: skip
"""Who outside reads what is counted and billed, and whose; colleagues read how much remains."""

domain = Domain(
    name="units",
    summary="Units of support: what remains, what cases drew, and what is billed instead.",
    resources=(entitlement_pools, entitlement_movements, entitlement_uses, billable_lines),
    actions=(create, update, adjust, bill, waive),
    periodic=(renew,),
    grants=(
        Grant("service_manager", "entitlement_pools", ("read", "create", "update", "adjust")),
        Grant("service_manager", "entitlement_uses", ("read", "spend")),
        Grant("service_manager", "entitlement_movements", ("read",)),
        Grant("service_manager", "billable_lines", ("read", "bill", "waive")),
        Grant("revenue_operations", "billable_lines", ("read", "bill", "waive")),
        *(Grant(role, name, ("read",)) for role in _READ_ALL for name in (*_OWNED, *_LEDGER)),
        *(grant for name in _OWNED for grant in each_side(name, roles=AGENTS)),
        *(Grant(role, name, ("read",), "of_pool") for role in AGENTS for name in _LEDGER),
        *(Grant(role, "entitlement_uses", ("spend",), "of_pool") for role in AGENTS),
        *(Grant(role, name, ("read",), path) for role, path in _ACCOUNT for name in _OWNED),
        *(Grant(role, name, ("read",), "of_pool") for role, _ in _ACCOUNT for name in _LEDGER),
        Grant("customer", "entitlement_pools", ("read",), "own_account"),
        Grant("partner", "entitlement_pools", ("read",), "own_account"),
        *whoever_serves("entitlement_pools"),
        *whoever_is_related("entitlement_pools"),
    ),
)  # fmt: skip
