"""Assets: supported things of customers, and the contacts who look after them."""

from backend.foundation.assets.actions.contacts import assign, selectable_contacts, withdraw
from backend.foundation.assets.actions.keep import create, delete, update
from backend.foundation.assets.reactions import look_after_changes, take_back
from backend.foundation.assets.resources import asset_contacts, assets
from backend.platform.responsibilities.reach import each_side, whoever_serves
from infra.kernel.grants import Grant
from infra.kernel.registry import Domain

_READ_ALL = ("case_viewer", "customer_data_viewer")
_KEEP = ("read", "create", "update", "selectable_contacts")

domain = Domain(
    name="assets",
    summary="Supported things of customers, and the contacts who look after them.",
    resources=(assets, asset_contacts),
    actions=(create, update, delete, selectable_contacts, assign, withdraw),
    reactions=(look_after_changes,),
    jobs=(take_back,),
    grants=(
        Grant("service_manager", "assets", (*_KEEP, "delete")),
        *each_side("assets"),
        *each_side("assets", ("selectable_contacts",), ("agent_b2b",)),
        *(Grant(role, "assets", ("read",)) for role in _READ_ALL),
        *(Grant(role, "assets", ("read",), "own_account")
          for role in ("customer", "customer_case_manager", "partner")),
        *(Grant(role, "assets", ("read",), "assigned")
          for role in ("customer", "customer_case_manager", "customer_admin", "partner",
                       "partner_admin")),
        Grant("customer_admin", "assets", ("read", "selectable_contacts"), "account_tree"),
        Grant("partner_admin", "assets", ("read",), "account_tree"),
        Grant("consumer", "assets", ("read",), "own_consumer"),
        *whoever_serves("assets"),
        Grant("business_location_contributor", "assets", ("read",), "site"),
        *(Grant("organization_supervisor", "assets", ("read",), path)
          for path in ("site", "site_of_organization")),
        *(Grant(role, "asset_contacts", ("read", "create", "delete"))
          for role in ("service_manager", "agent_b2b")),
        Grant("customer_admin", "asset_contacts", ("read", "create", "delete"), "account_tree"),
        *(Grant(role, "asset_contacts", ("read",), "own")
          for role in ("customer", "customer_case_manager", "partner", "partner_admin")),
    ),
)  # fmt: skip
