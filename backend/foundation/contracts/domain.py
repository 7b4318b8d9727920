"""Service contracts of customers."""

from backend.foundation.contracts.actions.keep import activate, cancel, create, update
from backend.foundation.contracts.resources import service_contracts
from backend.platform.responsibilities.reach import (
    AGENTS,
    each_side,
    whoever_is_related,
    whoever_serves,
)
from infra.kernel.grants import Grant
from infra.kernel.registry import Domain
from tenants.roles import SELLERS

_READ_ALL = ("case_viewer", "customer_data_viewer")
_KEEP = ("read", "create", "update", "activate", "cancel", "renew")

domain = Domain(
    name="contracts",
    summary="The kind of support that customers have bought.",
    resources=(service_contracts,),
    actions=(create, update, activate, cancel),
    grants=(
        *(Grant(role, "service_contracts", _KEEP)
          for role in ("contract_manager", "sales_operations")),
        *(Grant(role, "service_contracts", ("read",))
          for role in (*SELLERS, "legal_counsel", "revenue_operations")),
        Grant("service_manager", "service_contracts", (*_KEEP, "delete")),
        *(Grant(role, "service_contracts", ("read",)) for role in _READ_ALL),
        *each_side("service_contracts", roles=AGENTS),
        Grant("customer", "service_contracts", ("read",), "own_account"),
        Grant("customer_case_manager", "service_contracts", ("read",), "own_account"),
        Grant("customer_admin", "service_contracts", ("read",), "account_tree"),
        Grant("consumer", "service_contracts", ("read",), "own_consumer"),
        Grant("partner", "service_contracts", ("read",), "own_account"),
        Grant("partner_admin", "service_contracts", ("read",), "account_tree"),
        *whoever_serves("service_contracts"),
        *whoever_is_related("service_contracts"),
    ),
)  # fmt: skip
