"""What a case claims of the entitlement that holds: units, and what follows where it falls short.

Units are put aside in the transaction that opens the case, under the lock of their pool; a case
whose entitlement counts none pays no round trip for that.
"""

from decimal import Decimal
from uuid import UUID

from backend.foundation.entitlements.models import Policy
from backend.foundation.entitlements.rules import Candidate
from backend.foundation.entitlements.terms import exhausted, refusal
from backend.foundation.units.billing import Charge, bring_to, charge, waive_all
from backend.foundation.units.drawing import draw, has_drawn, settle
from backend.foundation.units.models import BillReason, Unit, UseState
from backend.service.cases.coverage import Coverage
from backend.service.cases.models import Case, CaseState, EntitlementStatus
from infra.kernel.context import Context


async def claim(ctx: Context, case: Case, coverage: Coverage) -> None:
    """Draw the units that the case takes and bill what is not covered; raises Conflict where the
    entitlement says that such a case is refused. What has arrived by itself, such as a letter, is
    told instead: nobody would hear the refusal."""
    held = coverage.choice.entitlement
    if held is None:
        return
    for gap in coverage.gaps:
        if gap.policy is Policy.BLOCK and not ctx.caller.is_system:
            raise refusal(gap, held, case.opened_at or ctx.now, coverage.hours)
    # First the pool, which is read: with that a line of a case not written yet would go out.
    if held.pool_id is not None and not await _has_drawn(ctx, case, held.pool_id):
        await draw_from(ctx, case, held, held.pool_id)
    for gap in coverage.gaps:
        if gap.policy is Policy.BILL:
            await bill(ctx, case, held, gap.reason, Unit.CASE, Decimal(1))


async def _has_drawn(ctx: Context, case: Case, pool_id: UUID) -> bool:
    """Whether the case has its units, as after it was reopened; a new one costs no look."""
    return not case.is_new and await has_drawn(ctx, case.id, pool_id)


async def draw_from(ctx: Context, case: Case, held: Candidate, pool_id: UUID) -> None:
    """Put aside what the case takes from the entitlement's pool."""
    pool, drawn = await draw(
        ctx, pool_id, held.units_per_case, case_id=case.id, entitlement_id=held.id
    )
    if drawn is not None:
        return
    policy = Policy(held.exhausted_policy)
    if policy is Policy.BLOCK and not ctx.caller.is_system:
        raise exhausted(held, pool, ctx.now.date())
    case.entitlement_status = EntitlementStatus.EXHAUSTED
    if policy is Policy.BILL:
        await bill(ctx, case, held, BillReason.EXHAUSTED, pool.unit, held.units_per_case)


async def claim_anew(ctx: Context, case: Case, coverage: Coverage) -> None:
    """After a change: give back what another entitlement gave, and claim of the one that holds."""
    if case.entitlement_id == case.stored("entitlement_id"):
        case.entitlement_status = _kept(case)
        return
    await give_back(ctx, case)
    await claim(ctx, case, coverage)


async def claim_again(ctx: Context, case: Case, coverage: Coverage) -> None:
    """A case that was part of another stands for itself again, as far as it has come by now."""
    if case.state is CaseState.CANCELLED:
        return
    await claim(ctx, case, coverage)
    if case.state is CaseState.CLOSED:
        await use_up(ctx, case)


def _kept(case: Case) -> EntitlementStatus:
    """A case without units stays one; who asked out of hours then does not ask in them now."""
    was_exhausted = case.stored("entitlement_status") is EntitlementStatus.EXHAUSTED
    return EntitlementStatus.EXHAUSTED if was_exhausted else case.entitlement_status


async def use_up(ctx: Context, case: Case) -> None:
    """The case is over: its units are used."""
    if case.entitlement_id is not None:
        await settle(ctx, case.id, UseState.USED)


async def give_back(ctx: Context, case: Case) -> None:
    """Nothing was done for the case: its units remain, and nothing is to be paid."""
    if case.stored("entitlement_id") is not None:
        await settle(ctx, case.id, UseState.RELEASED)
        await waive_all(ctx, case.id)


async def bill(
    ctx: Context, case: Case, held: Candidate, reason: BillReason, unit: Unit, quantity: Decimal
) -> None:
    """Write down what is to be paid for the case."""
    owed = Charge(held.id, reason, unit, quantity, held.price)
    customer = case.account_id, case.consumer_id
    if case.is_new:
        await charge(ctx, case.id, customer, owed)
    else:
        await bring_to(ctx, case.id, customer, owed)
