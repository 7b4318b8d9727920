"""Taking a run again that died or was stopped."""

from backend.platform.automations.actions.define import require_authority
from backend.platform.automations.errors import RunNotOver
from backend.platform.automations.models import Automation, AutomationRun, RunState
from backend.platform.automations.resources import automation_runs, automations
from backend.platform.automations.running import RESUME
from infra.kernel.actions import action
from infra.kernel.context import Context


@action(automation_runs, name="retry", audiences=("staff",))
async def retry(ctx: Context, run: AutomationRun) -> None:
    """Take a run again that died or was stopped, with the steps as they are now."""
    if run.state not in {RunState.DEAD, RunState.STOPPED}:
        raise RunNotOver(f"it is {run.state}")
    automation: Automation = await ctx.find(automations, run.automation_id)
    await require_authority(ctx, automation)
    run.state, run.attempts = RunState.RETRYING, 0
    run.resume_at, run.finished_at = ctx.now, None
    await ctx.save(run)
    ctx.enqueue(RESUME, {"run_id": str(run.id)}, priority=6)
