"""How a contract goes on: a successor with the same lines, and days that turn by themselves."""

from datetime import date, timedelta

from backend.foundation.contract_lines.deriving import derive
from backend.foundation.contract_lines.models import ContractLine
from backend.foundation.contract_lines.resources import SHARED, SUBJECTS, contract_lines
from backend.foundation.contracts import rules
from backend.foundation.contracts.actions.keep import TURN, stand
from backend.foundation.contracts.errors import ContractHasNoEnd, ContractRenewedAlready
from backend.foundation.contracts.events import ContractBegan, ContractEnded, ContractRenewed
from backend.foundation.contracts.models import ContractState, ServiceContract
from backend.foundation.contracts.resources import service_contracts
from backend.foundation.installed.models import SoldProduct
from backend.foundation.installed.resources import sold_products
from backend.foundation.warranties.rules import last_day
from infra.kernel.context import Context
from infra.kernel.jobs import job, periodic

TURNED_MOST = 500
_COPIED = (
    "name", "account_id", "consumer_id", "contract_type", "renews_months", "terms", "custom",
)  # fmt: skip
_LINE = ("name", *SUBJECTS, *SHARED, "unit", "renewal", "quantity")


async def succeed(
    ctx: Context, contract: ServiceContract, months: int | None = None
) -> ServiceContract:
    """The contract that follows this one from the day after its last, with the same lines."""
    rules.require(contract.state, "renew", rules.RENEWABLE)
    if contract.ends_on is None:
        raise ContractHasNoEnd("give the contract a last day first")
    if await successor_of(ctx, contract) is not None:
        raise ContractRenewedAlready("renew the one that follows it")
    begins = contract.ends_on + timedelta(days=1)
    follower = ServiceContract(
        **{name: getattr(contract, name) for name in _COPIED},
        renewed_from_id=contract.id,
        starts_on=begins,
        ends_on=_last(contract, contract.ends_on, months),
        state=ContractState.ACTIVE,
    )
    stand(ctx, follower)
    await ctx.save(follower)
    lines: list[ContractLine] = await ctx.every(contract_lines).filter(contract_id=contract.id)
    for line in lines:
        again = ContractLine(
            contract_id=follower.id, **{name: getattr(line, name) for name in _LINE}
        )
        await ctx.save(again)
        await derive(ctx, follower, again)
    if follower.state is ContractState.ACTIVE:
        await begin(ctx, follower)
    ctx.emit(ContractRenewed(contract_id=contract.id, successor_id=follower.id))
    return follower


def _last(contract: ServiceContract, before: date, months: int | None) -> date:
    """As many months as are said, else as the contract renews by, else as many days as it had."""
    begins = before + timedelta(days=1)
    months = months or contract.renews_months
    if months:
        return last_day(begins, months)
    return begins + (before - contract.starts_on)


async def begin(ctx: Context, contract: ServiceContract) -> None:
    """From now on what the contract before covered is covered by this one."""
    if contract.renewed_from_id is not None:
        covered: list[SoldProduct] = await ctx.every(sold_products).filter(
            contract_id=contract.renewed_from_id
        )
        for product in covered:
            product.contract_id = contract.id
            await ctx.save(product)
    ctx.emit(ContractBegan(contract_id=contract.id))


async def successor_of(ctx: Context, contract: ServiceContract) -> ServiceContract | None:
    """The contract that this one was renewed as."""
    found: ServiceContract | None = await ctx.every(service_contracts).get_or_none(
        renewed_from_id=contract.id
    )
    return found


@periodic("contracts.turn_due", every_seconds=900)
async def turn_due(ctx: Context) -> None:
    """Begin and end contracts by their days, should a timer have been lost."""
    await turn_all(ctx)


@job(TURN)
async def turn(ctx: Context) -> None:
    """Begin and end the contracts whose day has come."""
    await turn_all(ctx)


async def turn_all(ctx: Context) -> None:
    """Bring every contract up to today: those that end first, so that what follows finds them."""
    today = ctx.now.date()
    every = ctx.every(service_contracts)
    over = every.filter(state=ContractState.ACTIVE, ends_on__lt=today)
    for contract in await over.order_by("ends_on", "id").limit(TURNED_MOST):
        follower = await successor_of(ctx, contract)
        if follower is None and contract.renews_months:
            follower = await succeed(ctx, contract)
        contract.state = ContractState.EXPIRED
        await ctx.save(contract)
        ended = ContractEnded(contract.id, follower.id if follower else None)
        ctx.emit(ended)
    due = every.filter(state=ContractState.SCHEDULED, starts_on__lte=today)
    for contract in await due.order_by("starts_on", "id").limit(TURNED_MOST):
        contract.state = rules.state_on(contract.state, contract.starts_on, contract.ends_on, today)
        await ctx.save(contract)
        if contract.state is ContractState.ACTIVE:
            await begin(ctx, contract)
