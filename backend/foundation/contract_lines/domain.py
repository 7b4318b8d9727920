"""Lines of contracts: what is covered, what that entitles to, and how contracts go on."""

from backend.foundation.contract_lines.actions.keep import create, delete, update
from backend.foundation.contract_lines.actions.renew import renew
from backend.foundation.contract_lines.renewing import turn, turn_due
from backend.foundation.contract_lines.resources import contract_lines
from backend.platform.responsibilities.reach import AGENTS
from infra.kernel.grants import Grant
from infra.kernel.registry import Domain
from tenants.roles import SELLERS

_KEEPERS = ("service_manager", "contract_manager", "sales_operations")
_READERS = (
    "case_viewer",
    "customer_data_viewer",
    *SELLERS,
    "legal_counsel",
    "revenue_operations",
)
_OF_CONTRACT = (
    *AGENTS, "customer", "customer_case_manager", "customer_admin", "consumer", "partner",
    "partner_admin", "location_agent", "service_organization_contributor", "dealer",
    "relationship_contributor",
)  # fmt: skip
"""Whoever reads a contract reads its lines."""

domain = Domain(
    name="contract_lines",
    summary="What contracts cover, and the entitlements that follow.",
    resources=(contract_lines,),
    actions=(create, update, delete, renew),
    jobs=(turn,),
    periodic=(turn_due,),
    grants=(
        *(Grant(role, "contract_lines", ("read", "create", "update", "delete"))
          for role in _KEEPERS),
        *(Grant(role, "contract_lines", ("read",)) for role in _READERS),
        *(Grant(role, "contract_lines", ("read",), "of_contract") for role in _OF_CONTRACT),
    ),
)  # fmt: skip
