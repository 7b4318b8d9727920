"""Service contracts: written down, changed, made to hold, cancelled."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from backend.foundation.accounts.ownership import owner_faults, period_faults
from backend.foundation.contracts import rules
from backend.foundation.contracts.events import ContractBegan, ContractCancelled
from backend.foundation.contracts.models import ContractState, ServiceContract
from backend.foundation.contracts.resources import service_contracts
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid

TURN = "contracts.turn"
"""The job that looks at contracts whose day has come."""


@action(service_contracts, on="collection", name="create", audiences=("staff",))
async def create(ctx: Context, **values: Any) -> ServiceContract:
    """Write down a contract with a company or a private customer."""
    contract = ServiceContract(**values)
    refuse_faults(contract)
    stand(ctx, contract)
    await ctx.save(contract)
    return contract


@action(service_contracts, name="update", audiences=("staff",))
async def update(ctx: Context, contract: ServiceContract, **values: Any) -> None:
    """Change a contract; whose it is stays, and how it stands follows from its days."""
    contract.update_from_dict(values)
    refuse_faults(contract)
    stand(ctx, contract)
    await ctx.save(contract)


@action(service_contracts, audiences=("staff",), emits=(ContractBegan,))
async def activate(ctx: Context, contract: ServiceContract) -> None:
    """Let a draft hold, from its first day on."""
    rules.require(contract.state, "activate", (ContractState.DRAFT,))
    contract.state = ContractState.ACTIVE
    stand(ctx, contract)
    await ctx.save(contract)
    if contract.state is ContractState.ACTIVE:
        ctx.emit(ContractBegan(contract_id=contract.id))


@action(service_contracts, audiences=("staff",), emits=(ContractCancelled,))
async def cancel(ctx: Context, contract: ServiceContract) -> None:
    """End a contract before its time; nothing is owed by it any more."""
    rules.require(contract.state, "cancel", rules.LIVING)
    contract.state = ContractState.CANCELLED
    await ctx.save(contract)
    ctx.emit(ContractCancelled(contract_id=contract.id))


def stand(ctx: Context, contract: ServiceContract) -> None:
    """Bring the state up to today, and have it looked at on the days that change it."""
    today = ctx.now.date()
    contract.state = rules.state_on(contract.state, contract.starts_on, contract.ends_on, today)
    if contract.state not in {ContractState.SCHEDULED, ContractState.ACTIVE}:
        return
    days = [contract.starts_on, contract.ends_on and contract.ends_on + timedelta(days=1)]
    for day in days:
        if day is not None and day > today:
            moment = datetime.combine(day, time.min, tzinfo=UTC)
            ctx.enqueue(TURN, run_at=moment, key=f"{TURN}:{day.isoformat()}")


def refuse_faults(contract: ServiceContract) -> None:
    """Raises Invalid with every fault."""
    faults = owner_faults(contract.account_id, contract.consumer_id)
    faults += period_faults(contract.starts_on, contract.ends_on)
    if contract.renews_months is not None and contract.ends_on is None:
        message = "what does not end is not renewed"
        faults.append(Fault("/renews_months", "no_end", message))
    if faults:
        raise Invalid(faults)
