"""Customers of customers: consumers and employees who are served through a business."""

from backend.foundation.account_consumers.actions.keep import create, update
from backend.foundation.account_consumers.resources import account_consumers
from infra.kernel.grants import Grant
from infra.kernel.registry import Domain

_KEEP = ("read", "create", "update", "delete")

domain = Domain(
    name="account_consumers",
    summary="Consumers and employees who are served through a business.",
    resources=(account_consumers,),
    actions=(create, update),
    grants=(
        *(
            Grant(role, "account_consumers", _KEEP)
            for role in ("service_manager", "agent_b2b", "agent_b2c")
        ),
        Grant("customer_data_viewer", "account_consumers", ("read",)),
        Grant("customer_case_manager", "account_consumers", ("read",), "own_account"),
        Grant("customer_admin", "account_consumers", ("read",), "account_tree"),
        Grant("consumer", "account_consumers", ("read",), "own_consumer"),
    ),
)
