"""Looking ahead: who would be asked, and why. Nobody is."""

from typing import Annotated, Any
from uuid import UUID

from annotated_types import MaxLen
from pydantic import BaseModel

from backend.platform.approvals.choosing import Slot
from backend.platform.approvals.deciding import decider_of
from backend.platform.approvals.matrix import Word
from backend.platform.approvals.models import ApprovalRule
from backend.platform.approvals.naming import require_record
from backend.platform.approvals.planning import Plan, Wish, plan_for
from backend.platform.approvals.resources import approvals
from backend.platform.approvals.rule_resource import approval_rules
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid

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
    occasion: str
    why: str


class Preview(BaseModel):
    """Who would be asked, in which order, and why; nobody has been."""

    needed: bool
    possible: bool
    steps: list[PreviewStep]
    told: list[PreviewSlot]
    rules: list[PreviewRule]


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
            PreviewRule(
                key=m.rule.key,
                name=m.rule.name,
                applies=m.applies,
                occasion=m.rule.occasion.value,
                why=m.why,
            )
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
