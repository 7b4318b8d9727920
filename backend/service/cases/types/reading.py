"""A case's type, where it has one: a case without a type costs no look."""

from typing import Any

from backend.service.cases import rules
from backend.service.cases.errors import CaseMergedAlready
from backend.service.cases.models import Case, CaseState
from backend.service.cases.types import rules as type_rules
from backend.service.cases.types import stages
from backend.service.cases.types.models import CaseType
from backend.service.cases.types.resources import case_types
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid
from tenants.settings.store import chosen

OUTSIDE = frozenset({"customer", "partner", "public"})


async def type_of(ctx: Context, case: Case) -> CaseType | None:
    """The type of a case; None for an ordinary one."""
    if case.case_type_id is None:
        return None
    key = "case_type", case.case_type_id
    if key not in ctx.memory:
        ctx.memory[key] = await ctx.find(case_types, case.case_type_id)
    found: CaseType | None = ctx.memory[key]
    return found


async def permit(ctx: Context, case: Case, verb: str) -> None:
    """Raises the verb's Conflict unless the house, and the case's type, allow it now; what was
    merged takes no verb."""
    if case.merged_into_id is not None:
        raise CaseMergedAlready("use the case that it was merged into", into=case.merged_into_id)
    rules.require(case.state, verb, await allowed_states(ctx, case, verb))


async def allowed_states(ctx: Context, case: Case, verb: str) -> tuple[CaseState, ...]:
    """Where the house, and the case's type, allow the verb."""
    kind = await type_of(ctx, case)
    return type_rules.states_of(verb, kind.verbs if kind else {})


async def enter(ctx: Context, case: Case, state: CaseState, stage: str | None = None) -> None:
    """Bring a case into a state, and into a stage of its type there: the one that is named, else
    the first. This is the one place that sets a case's state."""
    kind = await type_of(ctx, case)
    if kind is None:
        case.stage = None
    elif stage is not None:
        case.stage = stage
    elif case.is_new or state is not case.state or case.stage is None:
        case.stage = stages.first_in(stages.read(kind.stages), state)
    case.state = state
    if state in rules.ENDED:
        case.held_since = None


async def open_as(ctx: Context, case: Case, given: dict[str, Any]) -> None:
    """Give a new case what its type says; raises Invalid naming everything that it forbids."""
    kind = await type_of(ctx, case)
    if given.get("priority") is None:
        case.priority = await weighed(ctx, kind, case)
    if kind is None:
        return
    if not kind.active:
        raise Invalid([Fault("/case_type_id", "inactive", "this type is not used any more")])
    if ctx.caller.audience in OUTSIDE and (faults := type_rules.unasked(kind.hidden_fields, given)):
        raise Invalid(faults)
    if case.assignment_group_id is None:
        case.assignment_group_id = kind.assignment_group_id


async def weighed(ctx: Context, kind: CaseType | None, case: Case) -> int:
    """The priority by the type's matrix or default, else by the tenant's, else by the house's."""
    if kind is not None:
        by_type = type_rules.priority_by(
            kind.priorities, kind.default_priority, case.impact, case.urgency
        )
        if by_type is not None:
            return by_type
    if case.impact is None and case.urgency is None:
        return rules.USUAL_PRIORITY
    return rules.priority_of(case.impact, case.urgency, (await chosen(ctx)).case_priorities)


async def require_said(ctx: Context, case: Case) -> None:
    """Raises Invalid naming every field that the case's type requires and the case leaves empty."""
    kind = await type_of(ctx, case)
    if kind is None or not kind.required_fields:
        return
    names = {name.partition(".")[0] for name in kind.required_fields}
    said = {name: getattr(case, name) for name in names}
    if faults := type_rules.missing(kind.required_fields, said):
        raise Invalid(faults)


async def is_late(ctx: Context, case: Case) -> bool:
    """Whether customers take this case up no more; what they say then opens a case that follows."""
    kind = await type_of(ctx, case)
    days = kind.reopen_days if kind else None
    if days is None:
        days = (await chosen(ctx)).case_reopen_days
    return type_rules.is_late(case.closed_at or case.resolved_at, days, ctx.now)
