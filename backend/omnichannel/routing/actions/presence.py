"""Coming, going, and how much room somebody has."""

from typing import Annotated
from uuid import UUID

from annotated_types import Ge, Le

from backend.omnichannel.routing import queries
from backend.omnichannel.routing.engine import wake_router
from backend.omnichannel.routing.events import PresenceChanged, WorkItemReturned
from backend.omnichannel.routing.models import AgentPresence, CustomerKind, PresenceState
from backend.omnichannel.routing.resources import agent_presence
from backend.service.cases.resources import cases
from infra.kernel.access import Caller
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Forbidden, Invalid, NotFound
from infra.kernel.resource import Everything
from tenants.people.models import Profile, ProfileKind, ProfileState
from tenants.people.resources import profiles


@action(agent_presence, name="set", on="collection", audiences=("staff",), emits=(PresenceChanged,))
async def set_presence(
    ctx: Context,
    *,
    state: PresenceState | None = None,
    capacity: Annotated[int, Ge(0), Le(1000)] | None = None,
    profile_id: UUID | None = None,
) -> AgentPresence:
    """Say whether you get work now. Managers say it of others too, and how much each can have."""
    who = profile_id or ctx.caller.profile_id
    if who is None:
        raise Invalid([Fault("/profile_id", "missing", "name whose presence it is")])
    manages = ctx.plan(agent_presence).is_total("read")
    if not manages and (who != ctx.caller.profile_id or capacity is not None):
        raise Forbidden("only managers set capacities, and the presence of others")
    caller = await _agent(ctx, who)
    kinds = customer_kinds(ctx, caller)
    await queries.make_presence(ctx, who, kinds)
    presence: AgentPresence = (
        await ctx.every(agent_presence).filter(profile_id=who).select_for_update().get()
    )
    presence.customer_kinds = kinds
    if capacity is not None:
        presence.capacity = capacity
    if state is not None and state is not presence.state:
        presence.state, presence.state_since = state, ctx.now
    if presence.state is not PresenceState.AVAILABLE:
        await _return_offers(ctx, presence)
    await ctx.save(presence)
    ctx.emit(
        PresenceChanged(
            presence.id, profile_id=who, state=presence.state.value, capacity=presence.capacity
        )
    )
    wake_router(ctx)
    return presence


async def _agent(ctx: Context, profile_id: UUID) -> Caller:
    """The agent as a caller, with what they may do; raises Invalid for who is no active agent."""
    if profile_id == ctx.caller.profile_id:
        return ctx.caller
    profile: Profile | None = await ctx.find(profiles, profile_id)
    present = profile is not None and profile.state is ProfileState.ACTIVE
    if profile is None or not present or profile.kind is not ProfileKind.STAFF:
        raise Invalid([Fault("/profile_id", "not_staff", "must be an active member of staff")])
    try:
        return await ctx.services.callers.of_profile(ctx.tenant_id, profile_id)
    except NotFound:
        raise Invalid([Fault("/profile_id", "not_found", "there is no such record")]) from None


def customer_kinds(ctx: Context, caller: Caller) -> list[str]:
    """Whose cases the agent's roles let them work on: nobody is offered what they may not see."""
    plan = ctx.services.plans.of(caller, cases)
    if plan.is_total("start"):
        return [kind.value for kind in CustomerKind]
    found: set[str] = set()
    for way in plan.by("start"):
        if not isinstance(way.path, Everything):
            continue
        limits = [w["customer_kind"] for w in (way.where, way.path.where) if "customer_kind" in w]
        kinds = {kind.value for kind in CustomerKind}
        for limit in limits:
            kinds &= {limit} if isinstance(limit, str) else set(limit)
        found |= kinds
    return sorted(found)


async def _return_offers(ctx: Context, presence: AgentPresence) -> None:
    """What is offered to somebody who goes goes to somebody else, with its age."""
    for item_id, size in await queries.take_back_offers_to(ctx, presence.profile_id):
        presence.used = max(0, presence.used - size)
        ctx.emit(WorkItemReturned(item_id, reason=presence.state.value))
