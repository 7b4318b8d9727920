"""What customers own, how it is composed, and where it stands."""

from backend.foundation.installed.actions.keep import change_installed, create, install, update
from backend.foundation.installed.actions.places import associate, change_place
from backend.foundation.installed.actions.whole import end, relocate
from backend.foundation.installed.followers import with_product
from backend.foundation.installed.resources import (
    install_base_items,
    installed_products,
    sold_products,
)
from backend.platform.responsibilities.reach import (
    SIDES,
    each_side,
    whoever_is_related,
    whoever_serves,
)
from infra.kernel.grants import Grant
from infra.kernel.registry import Domain
from tenants.roles import BEHIND_SALES, SELLERS

_KEPT = ("sold_products", "install_base_items", "installed_products")
_BOTH = ("sold_products", "install_base_items")
_READ_ALL = ("case_viewer", "customer_data_viewer")
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
    summary="Sold products, the items installed of them, and where.",
    resources=(sold_products, install_base_items, installed_products),
    actions=(
        create, update, end, relocate, install, change_installed, associate, change_place,
    ),
    grants=(
        *(Grant(role, n, ("read",)) for role in (*SELLERS, *BEHIND_SALES) for n in _BOTH),
        *(Grant("service_manager", n, ("read", "create", "update", "delete")) for n in _KEPT),
        Grant("service_manager", "sold_products", ("end", "relocate")),
        *(Grant(role, name, ("read",)) for role in _READ_ALL for name in _KEPT),
        *each_side("sold_products"),
        *(Grant(role, "install_base_items", ("read",), "of_product") for role in SIDES),
        *(Grant(role, "installed_products", ("read",), "of_product") for role in SIDES),
        *(Grant(role, name, ("read",), path) for role, path in _OUTSIDE for name in _BOTH),
        *(grant for name in _BOTH for grant in whoever_serves(name)),
        *(grant for name in _BOTH for grant in whoever_is_related(name)),
        # What stands where somebody works.
        *(Grant("business_location_contributor", name, ("read",), "site") for name in _BOTH),
        *(Grant("organization_supervisor", name, ("read",), path)
          for path in ("site", "site_of_organization") for name in _BOTH),
        # Whoever sees a product sees where how many of it stand.
        *with_product("installed_products"),
    ),
)  # fmt: skip
