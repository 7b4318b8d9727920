"""Service contracts."""

from typing import Any

from backend.foundation.accounts.ownership import owner_faults, period_faults
from backend.foundation.contracts.models import ServiceContract
from backend.foundation.contracts.resources import service_contracts
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Invalid


@action(service_contracts, on="collection", name="create", audiences=("staff",))
async def create(ctx: Context, **values: Any) -> ServiceContract:
    """Write down a contract with a company or a private customer."""
    contract = ServiceContract(**values)
    refuse_faults(contract)
    await ctx.save(contract)
    return contract


@action(service_contracts, name="update", audiences=("staff",))
async def update(ctx: Context, contract: ServiceContract, **values: Any) -> None:
    """Change a contract; whose it is stays."""
    contract.update_from_dict(values)
    refuse_faults(contract)
    await ctx.save(contract)


def refuse_faults(contract: ServiceContract) -> None:
    """Raises Invalid with every fault."""
    faults = owner_faults(contract.account_id, contract.consumer_id)
    faults += period_faults(contract.starts_on, contract.ends_on)
    if faults:
        raise Invalid(faults)
