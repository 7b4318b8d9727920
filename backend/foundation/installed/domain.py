"""What customers own, how it is composed, and where it stands."""

from backend.foundation.installed.actions.keep import change_installed, create, install, update
from backend.foundation.installed.resources import install_base_items, sold_products
from backend.foundation.service_model.reach import whoever_is_related, whoever_serves
from infra.kernel.grants import Grant
from infra.kernel.registry import Domain

_BOTH = ("sold_products", "install_base_items")
_READ_ALL = (
    "agent_b2b", "agent_b2c", "case_viewer", "customer_data_viewer", "account_contributor",
    "consumer_contributor",
)  # fmt: skip
_OUTSIDE = (
    ("customer", "own_account"),
    ("customer_case_manager", "own_account"),
    ("customer_admin", "account_tree"),
    ("consumer", "own_consumer"),
    ("partner", "own_account"),
    ("partner_admin", "account_tree"),
)

domain = Domain(
    name="installed",
    summary="Sold products and the items installed of them.",
    resources=(sold_products, install_base_items),
    actions=(create, update, install, change_installed),
    grants=(
        *(Grant("service_manager", n, ("read", "create", "update", "delete")) for n in _BOTH),
        *(Grant(role, name, ("read",)) for role in _READ_ALL for name in _BOTH),
        *(Grant(role, name, ("read",), path) for role, path in _OUTSIDE for name in _BOTH),
        *(grant for name in _BOTH for grant in whoever_serves(name)),
        *(grant for name in _BOTH for grant in whoever_is_related(name)),
        # What stands where somebody works.
        *(Grant("business_location_contributor", name, ("read",), "site") for name in _BOTH),
        *(Grant("organization_supervisor", name, ("read",), path)
          for path in ("site", "site_of_organization") for name in _BOTH),
    ),
)  # fmt: skip
