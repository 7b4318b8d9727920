"""What becomes of billable lines."""

from backend.foundation.units.errors import LineSettled
from backend.foundation.units.models import BillableLine, BillState
from backend.foundation.units.resources import billable_lines
from infra.kernel.actions import action
from infra.kernel.context import Context


@action(billable_lines, audiences=("staff",))
async def bill(ctx: Context, line: BillableLine) -> None:
    """Mark a line as invoiced."""
    await _settle(ctx, line, BillState.BILLED)


@action(billable_lines, audiences=("staff",))
async def waive(ctx: Context, line: BillableLine) -> None:
    """Let a customer off a line that is not invoiced yet."""
    await _settle(ctx, line, BillState.WAIVED)


async def _settle(ctx: Context, line: BillableLine, state: BillState) -> None:
    if line.state is not BillState.OPEN:
        raise LineSettled(f"the line is {line.state.value}", allowed_states=[BillState.OPEN.value])
    line.state = state
    await ctx.save(line)
