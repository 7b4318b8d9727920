"""What customers are owed."""

from backend.foundation.entitlements.actions.keep import create, update
from backend.foundation.entitlements.actions.spend import spend
from backend.foundation.entitlements.resources import entitlements
from backend.platform.responsibilities.reach import (
    AGENTS,
    each_side,
    whoever_is_related,
    whoever_serves,
)
from infra.kernel.grants import Grant
from infra.kernel.registry import Domain

_READ_ALL = ("case_viewer", "customer_data_viewer")

domain = Domain(
    name="entitlements",
    summary="Levels of support that customers are owed.",
    resources=(entitlements,),
    actions=(create, update, spend),
    grants=(
        Grant("service_manager", "entitlements", ("read", "create", "update", "delete")),
        *(Grant(role, "entitlements", ("read",)) for role in _READ_ALL),
        *each_side("entitlements", roles=AGENTS),
        Grant("customer", "entitlements", ("read",), "own_account"),
        Grant("customer_case_manager", "entitlements", ("read",), "own_account"),
        Grant("customer_admin", "entitlements", ("read",), "account_tree"),
        Grant("consumer", "entitlements", ("read",), "own_consumer"),
        Grant("partner", "entitlements", ("read",), "own_account"),
        Grant("partner_admin", "entitlements", ("read",), "account_tree"),
        *whoever_serves("entitlements"),
        *whoever_is_related("entitlements"),
    ),
)
