"""Related parties of cases, sold products and install base items."""

from backend.service.related_parties.actions import configurations, parties
from backend.service.related_parties.resources import (
    related_parties,
    related_party_configurations,
)
from backend.service.related_parties.standard import found
from infra.kernel.grants import Grant
from infra.kernel.registry import Domain

_KEEP = ("read", "create", "update", "end", "delete")
_OUTSIDE = ("customer", "customer_case_manager", "customer_admin", "partner", "partner_admin")
_PEOPLE = ("as_contact", "as_account", "on_own_cases")

domain = Domain(
    name="related_parties",
    summary="Who else takes part in a case or follows a product, and as what.",
    resources=(related_party_configurations, related_parties),
    actions=(
        configurations.create,
        configurations.update,
        parties.create,
        parties.update,
        parties.end,
        parties.delete,
    ),
    grants=(
        Grant("service_manager", "related_parties", _KEEP),
        *(Grant("agent_b2b", "related_parties", _KEEP, path)
          for path in ("on_products", "on_business_cases")),
        *(Grant("agent_b2c", "related_parties", _KEEP, path)
          for path in ("on_products", "on_consumers_cases")),
        *(Grant(role, "related_party_configurations", ("read",))
          for role in ("service_manager", "agent_b2b", "agent_b2c", *_OUTSIDE, "consumer")),
        *(Grant(role, "related_parties", ("read",), path) for role in _OUTSIDE for path in _PEOPLE),
        Grant("customer_case_manager", "related_parties", ("read",), "on_accounts_cases"),
        Grant("customer_admin", "related_parties", ("read",), "on_tree_cases"),
        Grant("partner_admin", "related_parties", ("read",), "on_tree_cases"),
        *(Grant("consumer", "related_parties", ("read",), path)
          for path in ("as_consumer", "on_consumers_own_cases")),
    ),
    founding=(found,),
)  # fmt: skip
