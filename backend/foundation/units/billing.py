"""Lines to be billed for a case, where no promise covers what is done."""

from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from backend.foundation.units.models import BillableLine, BillReason, BillState, Unit
from backend.foundation.units.resources import billable_lines
from infra.kernel.context import Context
from infra.kernel.money import Money, Rounding


@dataclass(frozen=True)
class Charge:
    """So much of a unit, at the entitlement's price where it has one."""

    entitlement_id: UUID
    reason: BillReason
    unit: Unit
    quantity: Decimal
    price: Money | None

    @property
    def total(self) -> Money | None:
        return self.price.times(self.quantity, Rounding.HALF_UP) if self.price else None


async def charge(
    ctx: Context,
    case_id: UUID,
    customer: tuple[UUID | None, UUID | None],
    given: Charge,
) -> BillableLine:
    """Write down what the customer (account, consumer) of a case will have to pay."""
    total = given.total
    line = BillableLine(
        account_id=customer[0],
        consumer_id=customer[1],
        case_id=case_id,
        entitlement_id=given.entitlement_id,
        reason=given.reason,
        unit=given.unit,
        quantity=given.quantity,
        amount_minor=total.amount_minor if total else None,
        currency=total.currency if total else None,
    )
    await ctx.save(line)
    return line


async def waive_all(ctx: Context, case_id: UUID) -> None:
    """Nothing is to be paid for a case that is withdrawn, as far as it is not billed yet."""
    lines: list[BillableLine] = await ctx.every(billable_lines).filter(
        case_id=case_id, state=BillState.OPEN
    )
    for line in lines:
        line.state = BillState.WAIVED
        await ctx.save(line)


async def bring_to(
    ctx: Context, case_id: UUID, customer: tuple[UUID | None, UUID | None], wanted: Charge
) -> None:
    """Let the open line of a case be about what is wanted in all, less what is billed already."""
    lines: list[BillableLine] = await ctx.every(billable_lines).filter(
        case_id=case_id, entitlement_id=wanted.entitlement_id, reason=wanted.reason
    )
    billed = sum((each.quantity for each in lines if each.state is BillState.BILLED), Decimal(0))
    open_ = next((each for each in lines if each.state is BillState.OPEN), None)
    rest = replace(wanted, quantity=wanted.quantity - billed)
    if rest.quantity <= 0:
        if open_ is not None:
            open_.state = BillState.WAIVED
            await ctx.save(open_)
    elif open_ is None:
        await charge(ctx, case_id, customer, rest)
    else:
        open_.quantity = rest.quantity
        open_.amount_minor = rest.total.amount_minor if rest.total else None
        open_.currency = rest.total.currency if rest.total else None
        await ctx.save(open_)
