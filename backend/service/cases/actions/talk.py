"""Words on a case: public ones, and notes that no customer reads."""

from typing import Annotated

from annotated_types import MaxLen, MinLen

from backend.platform.activity.entries import Author
from backend.platform.activity.models import ActivityEntry, EntryType
from backend.service.cases.actions.finish import reopen
from backend.service.cases.coverage import follow_clocks
from backend.service.cases.events import CaseCommented, CaseNoted
from backend.service.cases.models import Case, CaseState
from backend.service.cases.resources import cases
from backend.service.cases.stream import note_down, say, tell_change
from backend.service.cases.types.reading import enter, permit
from infra.kernel import columns
from infra.kernel.actions import action
from infra.kernel.context import Context

Words = Annotated[columns.Words, MinLen(1), MaxLen(50_000)]


@action(cases, emits=(CaseCommented,))
async def comment(ctx: Context, case: Case, *, body: Words) -> ActivityEntry:
    """Say something that both sides read; the first words of staff stop the response clock."""
    await permit(ctx, case, "comment")
    entry = await say(ctx, case, body)
    if ctx.caller.audience == "staff":
        note_answer(ctx, case)
    else:
        note_question(ctx, case)
    if ctx.caller.audience != "staff" and case.state is CaseState.WAITING_CUSTOMER:
        await take_up(ctx, case)
    await follow_clocks(ctx, case)
    await ctx.save(case)
    ctx.emit(CaseCommented(case.id, entry_id=entry.id, author_kind=entry.author_kind.value))
    return entry


@action(cases, audiences=("staff",), emits=(CaseNoted,))
async def note(ctx: Context, case: Case, *, body: Words) -> ActivityEntry:
    """Note something for staff only."""
    entry = await note_down(ctx, case, body)
    ctx.emit(CaseNoted(entry.id, case_id=case.id))
    return entry


async def receive(
    ctx: Context,
    case: Case,
    body: str,
    *,
    author: Author,
    entry_type: EntryType = EntryType.EMAIL,
) -> ActivityEntry:
    """Words of the customer that came by another door, such as a mail: for channels to call.

    They let held clocks run on, and take a resolved case up again.
    """
    await permit(ctx, case, "comment")
    entry = await say(ctx, case, body, entry_type=entry_type, author=author)
    note_question(ctx, case)
    if case.state is CaseState.RESOLVED:
        await reopen(ctx, case)
    elif case.state is CaseState.WAITING_CUSTOMER:
        await take_up(ctx, case)
    await follow_clocks(ctx, case)
    await ctx.save(case)
    ctx.emit(CaseCommented(case.id, entry_id=entry.id, author_kind=entry.author_kind.value))
    return entry


def note_answer(ctx: Context, case: Case) -> None:
    """The customer has heard from us."""
    case.first_responded_at = case.first_responded_at or ctx.now
    case.awaits_answer_since = None


def note_question(ctx: Context, case: Case) -> None:
    """The customer waits for an answer, since the first words that had none."""
    case.awaits_answer_since = case.awaits_answer_since or ctx.now


async def take_up(ctx: Context, case: Case) -> None:
    """The customer has answered: the case is worked on again."""
    before = case.state
    await enter(ctx, case, CaseState.IN_PROGRESS if case.assigned_to_id else CaseState.NEW)
    await tell_change(ctx, case, "comment", before=before.value)
