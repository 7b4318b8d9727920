"""Writing automations. None does more than its author may at the moment of writing."""

from typing import Any

from pydantic import ValidationError

from backend.platform.automations.acting import caller_for
from backend.platform.automations.checking import faults_of
from backend.platform.automations.errors import AutomationKeyTaken, NobodyToActAs
from backend.platform.automations.models import Automation
from backend.platform.automations.resources import automations
from backend.platform.automations.steps import read_steps
from infra.kernel.access import Caller
from infra.kernel.actions import action, apply
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Forbidden, Invalid
from infra.kernel.quotas import require_room
from infra.kernel.schema import faults_of as form_faults

_BY_ANYBODY = frozenset({"active", "position", "name", "summary"})
"""What changes nothing of what is done, as long as it is not switched on."""


@action(automations, on="collection", name="create", audiences=("staff",))
async def create(ctx: Context, **values: Any) -> Automation:
    """Write an automation; it acts as its author, or as whom an administrator chooses."""
    if await ctx.every(automations).filter(key=values["key"]).exists():
        raise AutomationKeyTaken(f"there is an automation {values['key']!r} already")
    await require_room(ctx, "automations_max")
    automation = Automation(**{n: v for n, v in values.items() if v is not None})
    await _sign(ctx, automation)
    await ctx.save(automation)
    return automation


@action(automations, name="update", audiences=("staff",))
async def update(ctx: Context, automation: Automation, **values: Any) -> None:
    """Change an automation; runs that wait go on with the steps that they began with."""
    apply(automations, automation, values)
    changed = set(automation.changes())
    is_switched_on = "active" in changed and automation.active
    if not changed <= _BY_ANYBODY or is_switched_on:
        await _sign(ctx, automation)
    await ctx.save(automation)


async def _sign(ctx: Context, automation: Automation) -> None:
    """The caller answers for it from now on: raises Invalid for what cannot work, Forbidden for
    what is more than the caller may do."""
    automation.runs_as_id = automation.runs_as_id or ctx.caller.profile_id
    automation.author_id = ctx.caller.profile_id
    caller = await require_authority(ctx, automation)
    try:
        read_steps(automation.steps)
    except ValidationError as error:
        raise Invalid(
            [Fault(f"/steps{f.pointer}", f.code, f.message) for f in form_faults(error)]
        ) from None
    if faults := await faults_of(ctx, automation, caller):
        raise Invalid(faults)


async def require_authority(ctx: Context, automation: Automation) -> Caller:
    """The caller that it acts as, if whoever asks has all that this one has; raises Forbidden.

    Nobody makes others work for him: only an administrator may choose another profile, and a key
    that was narrowed does not widen itself this way.
    """
    asking = ctx.caller
    try:
        acting = await caller_for(ctx, automation.runs_as_id)
    except NobodyToActAs as nobody:
        raise Invalid([Fault("/runs_as_id", "inactive", str(nobody))]) from None
    if asking.is_system:
        return acting
    if acting.audience != "staff":
        raise Invalid([Fault("/runs_as_id", "wrong_kind", "must be a member of staff")])
    if asking.scopes is not None and "*" not in asking.scopes:
        raise Forbidden("a key with fewer scopes than its owner writes no automations")
    if "admin" in asking.roles:
        return acting
    if acting.profile_id != asking.profile_id or not acting.roles <= asking.roles:
        raise Forbidden(
            "it acts as somebody else; make it act as yourself, or ask an administrator"
        )
    return acting
