"""Asking, looking ahead, and taking back."""

from typing import Annotated, Any
from uuid import UUID

from annotated_types import MaxLen
from pydantic import BaseModel

from backend.platform.approvals.asking import ask, take_back
from backend.platform.approvals.choosing import Slot
from backend.platform.approvals.deciding import decider_of
from backend.platform.approvals.errors import ApprovalOver, NothingToAsk
from backend.platform.approvals.events import ApprovalRecalled, ApprovalRequested
from backend.platform.approvals.matrix import Word
from backend.platform.approvals.models import ApprovalRequest, ApprovalRule, RequestState
from backend.platform.approvals.planning import Plan, Wish, plan_for
from backend.platform.approvals.resources import approval_requests, approval_rules, approvals
from backend.platform.approvals.seats import note as write_down
from infra.kernel.actions import action
from infra.kernel.columns import Text
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid, NotFound
from infra.kernel.resource import Resource

Note = Annotated[Text, MaxLen(4_000)]
Body = Annotated[dict[str, Any], MaxLen(100)]


class Person(BaseModel):
    """Somebody who would be asked or told."""

    profile_id: UUID
    name: str


class PreviewSlot(BaseModel):
    """People who count together; `need` of them must agree, or the first to answer decides."""

    why: str
    need: int
    first_decides: bool
    people: list[Person]
    suffices: bool


class PreviewStep(BaseModel):
    """What one rule asks for on one level."""

    level: int
    name: str
    rule: str
    why: str
    due_hours: int | None
    slots: list[PreviewSlot]


class PreviewRule(BaseModel):
    """A rule for this kind of record, and whether it applies."""

    key: str
    name: str
    applies: bool
    why: str


class Preview(BaseModel):
    """Who would be asked, in which order, and why; nobody has been."""

    needed: bool
    possible: bool
    steps: list[PreviewStep]
    told: list[PreviewSlot]
    rules: list[PreviewRule]


@action(
    approval_requests, on="collection", name="create", audiences=("staff",),
    emits=(ApprovalRequested,),
)  # fmt: skip
async def create(ctx: Context, *, kind: Word, record_id: UUID, note: Note = "") -> ApprovalRequest:
    """Ask for consent to a record as it is; verbs that need consent ask by themselves."""
    resource = await require_record(ctx, kind, record_id)
    asking = decider_of(ctx)
    made = await ask(ctx, Wish(resource, record_id, asking.profile_id, note=note))
    if made is None:
        raise NothingToAsk
    return made


@action(approvals, on="collection", name="preview", verb="read", audiences=("staff",))
async def preview(
    ctx: Context,
    *,
    kind: Word,
    record_id: UUID,
    action: Annotated[str, MaxLen(63)] = "",
    body: Body = {},  # noqa: B006  never changed
) -> Preview:
    """Who would be asked about a record, or before a verb is used on it, and why."""
    resource = await require_record(ctx, kind, record_id)
    if action and f"{kind}.{action}" not in ctx.services.registry.actions:
        raise Invalid([Fault("/action", "unknown", f"there is no action {kind}.{action}")])
    asking = decider_of(ctx)
    return preview_of(
        await plan_for(ctx, Wish(resource, record_id, asking.profile_id, action, body))
    )


@action(approval_rules, name="foresee", verb="read", audiences=("staff",))
async def foresee(ctx: Context, rule: ApprovalRule, *, record_id: UUID) -> Preview:
    """Who would be asked about a record if this rule were in force, with all that are."""
    resource = await require_record(ctx, rule.resource, record_id)
    wish = Wish(resource, record_id, decider_of(ctx).profile_id, rule.action)
    return preview_of(await plan_for(ctx, wish, trying=rule))


@action(
    approval_requests,
    audiences=("staff", "customer", "partner"),
    emits=(ApprovalRecalled,),
)
async def recall(ctx: Context, request: ApprovalRequest, *, reason: Note = "") -> None:
    """Take a question back before it is decided; its links are dead from now on."""
    if request.state is RequestState.RECALLED:
        return
    if request.state is not RequestState.PENDING:
        raise ApprovalOver(f"it is {request.state.value}")
    request.reason = reason or None
    by = (ctx.caller.profile_id, ctx.caller.name)
    await write_down(ctx, request, "recalled", text=reason, by=by)
    await take_back(ctx, request, RequestState.RECALLED)


async def require_record(ctx: Context, kind: str, record_id: UUID) -> Resource:
    """The resource, once the caller may read this record of it; raises Invalid."""
    resource = ctx.services.registry.resources.get(kind)
    if resource is None:
        raise Invalid([Fault("/kind", "unknown", "there is no such resource")])
    try:
        await ctx.get(resource, record_id)
    except NotFound:
        raise Invalid([Fault("/record_id", "not_found", "there is no such record")]) from None
    return resource


def preview_of(plan: Plan) -> Preview:
    """A plan in words."""
    return Preview(
        needed=bool(plan.steps),
        possible=all(step.suffices for step in plan.steps),
        steps=[
            PreviewStep(
                level=step.level,
                name=step.name,
                rule=step.rule.key,
                why=step.why,
                due_hours=step.spec.due_hours,
                slots=[_slot(slot) for slot in step.slots],
            )
            for step in plan.steps
        ],
        told=[_slot(slot) for _, slot in plan.told],
        rules=[
            PreviewRule(key=m.rule.key, name=m.rule.name, applies=m.applies, why=m.why)
            for m in plan.matches
        ],
    )


def _slot(slot: Slot) -> PreviewSlot:
    return PreviewSlot(
        why=slot.why,
        need=slot.need,
        first_decides=slot.first_decides,
        people=[Person(profile_id=each.profile_id, name=each.name) for each in slot.people],
        suffices=slot.suffices,
    )
