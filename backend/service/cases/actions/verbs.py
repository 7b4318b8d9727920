"""Which verbs the caller may use on a case as it stands: what its buttons are drawn by.

The state, the case's type, what the case is to others and the caller's access are asked together,
the same rules that each verb asks once more when it is used.
"""

from collections.abc import Mapping

from pydantic import BaseModel

from backend.service.cases.models import Case, CaseState
from backend.service.cases.resources import cases
from backend.service.cases.rules import ALLOWED, LIVING
from backend.service.cases.types.reading import OUTSIDE, allowed_states, is_late
from infra.kernel.actions import action
from infra.kernel.context import Context

_AS: Mapping[str, str] = {
    "mark_duplicate": "resolve", "unmark_duplicate": "reopen", "attach_article": "update",
}  # fmt: skip
"""Verbs that are allowed where another one is."""
_SPOKEN = ("note", "watch", "unwatch", "unmerge")
"""Verbs that no state forbids."""
_VERBS = (*ALLOWED, *_AS, *_SPOKEN, "deescalate", "apply_macro")


class CaseVerbs(BaseModel):
    """What may be done now; a case that is too long over is reopened as one that follows it."""

    verbs: list[str]
    reopens_as_new: bool


@action(cases, name="verbs", method="GET", verb="read")
async def verbs(ctx: Context, case: Case) -> CaseVerbs:
    """Which verbs the caller may use on the case as it stands, and what reopening would lead to."""
    fitting = [verb for verb in _VERBS if verb != "rewrite" and await fits(ctx, case, verb)]
    granted = await granted_on(ctx, case, fitting)
    late = ctx.caller.audience in OUTSIDE and await is_late(ctx, case)
    return CaseVerbs(
        verbs=sorted(verb for verb in fitting if verb in granted),
        reopens_as_new=late and "reopen" in granted,
    )


async def fits(ctx: Context, case: Case, verb: str) -> bool:
    """Whether the case as it is takes the verb, whoever uses it."""
    if case.merged_into_id is not None:
        return verb in _SPOKEN
    makes_sense = {
        "unmerge": False,
        "mark_duplicate": case.duplicate_of_id is None,
        "unmark_duplicate": case.duplicate_of_id is not None,
        "deescalate": case.escalated_at is not None,
        "apply_macro": case.state in LIVING,
        "rate": case.rated_at is None,
    }
    if not makes_sense.get(verb, True):
        return False
    asked = _AS.get(verb, verb)
    if asked == "update" and ctx.caller.audience not in {"staff", "system"}:
        asked = "rewrite"
    return asked not in ALLOWED or case.state in await states_of(ctx, case, asked)


async def states_of(ctx: Context, case: Case, verb: str) -> tuple[CaseState, ...]:
    """Where the verb may be used; what a case says is no matter of its type."""
    if verb in {"update", "rewrite", "submit"}:
        return ALLOWED[verb][1]
    return await allowed_states(ctx, case, verb)


async def granted_on(ctx: Context, case: Case, wanted: list[str]) -> set[str]:
    """Those of the verbs that the caller has on this very case. Verbs that are granted along the
    same ways are asked for at once."""
    plan, registry = ctx.plan(cases), ctx.services.registry
    granted: set[str] = set()
    unsure: dict[tuple[int, ...], list[str]] = {}
    for verb in wanted:
        if ctx.caller.audience not in registry.actions[f"{cases.name}.{verb}"].audiences:
            continue
        if plan.surely(verb, case, ctx.caller.attributes):
            granted.add(verb)
        elif plan.may(verb):
            unsure.setdefault(tuple(map(id, plan.by(verb))), []).append(verb)
    for alike in unsure.values():
        if await ctx.many(cases, [case.id], verb=alike[0]):
            granted.update(alike)
    return granted
