"""What runs for customers, what it is a part of and what it needs."""

from backend.foundation.configuration.actions.impact import impact
from backend.foundation.configuration.actions.keep import depend, update
from backend.foundation.configuration.resources import (
    configuration_dependencies,
    configuration_items,
)
from infra.kernel.grants import Grant
from infra.kernel.registry import Domain

_BOTH = ("configuration_items", "configuration_dependencies")
_READERS = ("agent_b2b", "agent_b2c", "case_viewer")
_OUTSIDE = (
    "customer", "customer_case_manager", "customer_admin", "consumer", "partner", "partner_admin",
)  # fmt: skip

domain = Domain(
    name="configuration",
    summary="Configuration items, their trees and what they need.",
    resources=(configuration_items, configuration_dependencies),
    actions=(update, depend, impact),
    grants=(
        *(Grant("service_manager", n, ("read", "create", "update", "delete")) for n in _BOTH),
        # Whom a failure hits is told across all customers: to those who see all of them.
        Grant("service_manager", "configuration_items", ("impact",)),
        *(Grant(role, name, ("read",)) for role in _READERS for name in _BOTH),
        *(Grant(role, "configuration_items", ("read",), "installed") for role in _OUTSIDE),
    ),
)
