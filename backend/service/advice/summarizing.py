"""Asking the tenant's model for a summary: with no transaction open, and within a limit."""

from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from ai.providers import providers_of
from ai.summaries import Passage, Summarizer, summarize
from backend.service.advice import summary_queries as queries
from backend.service.advice.passages import basis_of, passages_of
from backend.service.cases.models import Case
from backend.service.cases.resources import cases
from infra.kernel.access import Caller
from infra.kernel.context import Context
from infra.kernel.database import Connection
from infra.kernel.errors import NotFound
from infra.kernel.jobs import GiveUp, JobRun, job

ASKED_MAX = 200
"""Calls of its endpoint that one tenant's agents can cause in an hour."""
_HOUR = timedelta(hours=1)
_JUST_NOW = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be summarised, as the one who asked reads it."""

    case: Case
    passages: list[Passage]
    basis: str
    summarizer: Summarizer | None
    asked: int
    is_fresh: bool


@job("advice.summarize", network=True, attempts_max=2, timeout_seconds=40)
async def write_summary(
    run: JobRun, *, case_id: UUID, profile_id: UUID | None = None, locale: str = "en"
) -> None:
    """Have the tenant's endpoint write a summary and keep it, or keep why it did not.

    Without an endpoint there is nothing to do: the extract is made whenever it is looked at.
    """
    try:
        caller = await _who(run, profile_id)
        task = await _read(run, caller, case_id, locale)
    except NotFound as gone:
        raise GiveUp("the case or its reader is gone") from gone
    if task.summarizer is None or not task.passages or task.is_fresh:
        return
    allowed = task.asked < ASKED_MAX
    written = await summarize(
        task.summarizer if allowed else None,
        providers_of(run.services).extracts,
        task.passages,
        subject=task.case.subject,
        locale=locale,
        now=run.services.database.now(),
        source_version=task.case.version,
    )
    if not allowed:
        reason = f"the tenant's {ASKED_MAX} summaries of this hour are used up"
        written = replace(written, fallback_reason=reason)
    async with run.transaction() as ctx:
        await queries.store_summary(ctx, case_id, task.basis, written, asked=allowed)


async def _who(run: JobRun, profile_id: UUID | None) -> Caller:
    # A key without a person reads as the service does; what it writes is shown only to whoever
    # reads as much.
    if profile_id is None:
        found: Caller = run.services.system_of(run.tenant_id)
        return found
    held: Caller = await run.services.callers.of_profile(run.tenant_id, profile_id)
    return held


async def _read(run: JobRun, caller: Caller, case_id: UUID, locale: str) -> Task:
    async def work(connection: Connection, caller: Caller) -> Task:
        ctx = Context(run.services, connection, caller, action="cases.summarize")
        case: Case = await ctx.get(cases, case_id)
        passages = await passages_of(ctx, case)
        basis = basis_of(passages, locale)
        stored = await queries.stored_summary(ctx, case_id, basis, case.version)
        return Task(
            case=case,
            passages=passages,
            basis=basis,
            summarizer=await providers_of(run.services).summarizer(ctx),
            asked=await queries.asked_since(ctx, ctx.now - _HOUR),
            is_fresh=stored is not None and stored.made_at > ctx.now - _JUST_NOW,
        )

    task: Task = await run.services.transact(caller, work, read_only=True)
    return task
