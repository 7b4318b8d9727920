"""Addresses and sites of customers."""

from backend.foundation.locations.actions.hierarchy import missing_sites, sites
from backend.foundation.locations.actions.keep import create, update
from backend.foundation.locations.resources import locations
from backend.platform.responsibilities.reach import (
    AGENTS,
    each_side,
    whoever_is_related,
    whoever_serves,
)
from infra.kernel.grants import Grant
from infra.kernel.registry import Domain
from tenants.roles import BEHIND_SALES, SELLERS

_WRITE = ("read", "create", "update", "delete")

domain = Domain(
    name="locations",
    summary="Addresses and sites of customers.",
    resources=(locations,),
    actions=(create, update, sites, missing_sites),
    grants=(
        *(Grant(role, "locations", ("read", "create", "update")) for role in SELLERS),
        *(Grant(role, "locations", ("read",)) for role in BEHIND_SALES),
        *(
            Grant(role, "accounts", ("sites", "missing_sites"))
            for role in ("service_manager", "agent_b2b", "customer_data_viewer")
        ),
        Grant("customer_admin", "accounts", ("sites", "missing_sites"), "tree"),
        Grant("service_manager", "locations", _WRITE),
        Grant("data_steward", "locations", _WRITE),
        *each_side("locations", _WRITE, AGENTS),
        Grant("customer_data_viewer", "locations", ("read",)),
        Grant("customer", "locations", ("read",), "own_account"),
        Grant("customer_case_manager", "locations", ("read",), "own_account"),
        Grant("customer_admin", "locations", _WRITE, "account_tree"),
        Grant("consumer", "locations", _WRITE, "own_consumer"),
        Grant("partner", "locations", ("read",), "own_account"),
        Grant("partner_admin", "locations", ("read",), "account_tree"),
        *whoever_serves("locations"),
        *whoever_is_related("locations", _WRITE),
    ),
)  # fmt: skip
