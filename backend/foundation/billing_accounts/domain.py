"""Billing accounts: who pays, apart from whom the customer is."""

from backend.foundation.billing_accounts.actions.arrange import arrange, rearrange
from backend.foundation.billing_accounts.actions.ask import payers, tree
from backend.foundation.billing_accounts.actions.keep import create, update
from backend.foundation.billing_accounts.resources import billing_accounts, billing_arrangements
from backend.platform.responsibilities.reach import AGENTS, each_side
from infra.kernel.grants import Grant
from infra.kernel.registry import Domain

_BOTH = ("billing_accounts", "billing_arrangements")

domain = Domain(
    name="billing_accounts",
    summary="Billing accounts, apart from the customer relationship, and whom each pays for.",
    resources=(billing_accounts, billing_arrangements),
    actions=(create, update, arrange, rearrange, payers, tree),
    grants=(
        *(Grant("service_manager", name, ("read", "create", "update", "delete"))
          for name in _BOTH),
        *(Grant(role, name, ("read",))
          for role in ("customer_data_viewer",) for name in _BOTH),
        *(grant for name in _BOTH for grant in each_side(name, roles=AGENTS)),
        Grant("customer_admin", "billing_accounts", ("read", "update"), "account_tree"),
        Grant("consumer", "billing_accounts", ("read", "update"), "own_consumer"),
        *(Grant("customer_admin", "billing_arrangements", ("read",), path)
          for path in ("account_tree", "payer_tree")),
        *(Grant("consumer", "billing_arrangements", ("read",), path)
          for path in ("own_consumer", "payer_consumer")),
    ),
)  # fmt: skip
