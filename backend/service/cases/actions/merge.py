"""Merging cases that are about one thing, and taking them apart again."""

from typing import Annotated
from uuid import UUID

from annotated_types import MaxLen, MinLen
from pydantic import Field

from backend.platform.merging.actions.undo import take_apart
from backend.platform.merging.applying import merge as merge_records
from backend.platform.merging.models import Merge, MergeState
from backend.platform.merging.planning import MergePlan
from backend.platform.merging.resources import merges
from backend.service.cases.errors import CaseNotMerged
from backend.service.cases.events import CaseMerged
from backend.service.cases.joining import MANNER, customer_faults
from backend.service.cases.models import Case
from backend.service.cases.resources import cases
from backend.service.cases.stream import note_down
from backend.service.cases.types.reading import permit
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Invalid


@action(cases, name="merge", audiences=("staff",), emits=(CaseMerged,))
async def merge(
    ctx: Context,
    case: Case,
    *,
    sources: Annotated[list[UUID], MinLen(1), MaxLen(20), Field(alias="from")],
    fields: Annotated[dict[str, UUID], MaxLen(50)] = {},  # noqa: B006
    versions: Annotated[dict[UUID, int], MaxLen(21)] = {},  # noqa: B006
    dry_run: bool = False,
) -> MergePlan:
    """Make other cases of the same customer part of this one, with all that was said and sent.

    They close without an answer of their own, their clocks are cancelled and their units given
    back; mails that answer them arrive here.
    """
    await permit(ctx, case, "merge")
    found = await ctx.many(cases, sources, verb="merge", lock=True)
    losers = [found[key] for key in dict.fromkeys(sources) if key in found and key != case.id]
    for loser in losers:
        if loser.merged_into_id is None:
            await permit(ctx, loser, "merge")
    if faults := customer_faults(case, losers):
        raise Invalid(faults)
    told = await merge_records(
        ctx, cases, case, sources, fields=fields, versions=versions, dry_run=dry_run, manner=MANNER
    )
    if not dry_run:
        for loser in losers:
            into = {"told": "merged_into", "number": case.number or ""}
            await note_down(ctx, loser, f"Merged into {case.number}.", into)
            ctx.emit(CaseMerged(case_id=loser.id, into_id=case.id))
        numbers = ", ".join(each.number for each in losers)
        taken = {"told": "merged_with", "numbers": numbers}
        await note_down(ctx, case, f"Merged with {numbers}.", taken)
    return told


@action(cases, audiences=("staff",))
async def unmerge(ctx: Context, case: Case) -> None:
    """Take a case out of the one it was merged into, with all that was its own, and those that
    were merged together with it."""
    made: list[Merge] = await ctx.every(merges).filter(
        resource=cases.name, record_id=case.merged_into_id, state=MergeState.APPLIED
    )
    merge = next((one for one in made if case.id in one.merged_ids), None)
    if merge is None:
        raise CaseNotMerged("it stands for itself")
    await take_apart(ctx, merge)
