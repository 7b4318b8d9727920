"""Hours that a case has really taken."""

from backend.foundation.entitlements.models import Entitlement, Policy
from backend.foundation.entitlements.resources import entitlements
from backend.foundation.units import rules
from backend.foundation.units.billing import Charge, bring_to
from backend.foundation.units.drawing import locked, write
from backend.foundation.units.errors import NotCountedInHours, UnitsExhausted, UseOver
from backend.foundation.units.models import BillReason, EntitlementUse, Unit, UseState
from backend.foundation.units.resources import Quantity, entitlement_uses
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.money import Money


@action(entitlement_uses, audiences=("staff",))
async def spend(ctx: Context, use: EntitlementUse, *, amount: Quantity) -> None:
    """Say how many hours a case takes in all: the pool gives more or gets back what is left, and
    what it does not have is billed, refused or let pass, as the entitlement says."""
    if use.state is not UseState.RESERVED:
        raise UseOver(f"the units are {use.state.value}", allowed_states=[UseState.RESERVED.value])
    pool = await locked(ctx, use.pool_id)
    if pool.unit is not Unit.HOUR:
        raise NotCountedInHours(f"{pool.name} counts cases")
    covered = min(amount, use.amount + pool.remaining)
    held: Entitlement = await ctx.find(entitlements, use.entitlement_id)
    if covered < amount and held.exhausted_policy is Policy.BLOCK:
        raise UnitsExhausted(
            f"{amount - covered} hours more than remain",
            remaining=str(pool.remaining),
            help=["add units to the pool"],
        )
    more = covered - use.amount
    if more > 0 and (line := rules.reserve(pool, more, use.case_id)):
        await write(ctx, pool, [line])
    elif more < 0:
        await write(ctx, pool, [rules.give_back(pool, -more, use.case_id, use.period_starts_on)])
    use.amount = covered
    await ctx.save(use)
    if held.exhausted_policy is Policy.WARN:
        return
    missing = Charge(held.id, BillReason.EXHAUSTED, Unit.HOUR, amount - covered, price_of(held))
    await bring_to(ctx, use.case_id, (pool.account_id, pool.consumer_id), missing)


def price_of(held: Entitlement) -> Money | None:
    """What a unit costs that the entitlement does not cover."""
    if held.price_minor is None or held.price_currency is None:
        return None
    return Money(held.price_minor, held.price_currency)
