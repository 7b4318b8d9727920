"""What is read anew when records change."""

from uuid import UUID

from ai.indexing import forget
from backend.service.cases.events import CaseCommented
from backend.service.cases.resources import cases
from backend.service.knowledge.resources import articles
from infra.kernel.context import Context
from infra.kernel.events import RecordedEvent
from infra.kernel.jobs import reaction

PRIORITY = 6
_SPOKEN = frozenset({"subject", "description", "state", "resolution", "resolution_code"})


def read_anew(ctx: Context, kind: str, record_id: UUID) -> None:
    """Have a record's text embedded; once, however often it is asked for before that is done."""
    job = "advice.index_article" if kind == articles.name else "advice.index_case"
    ctx.enqueue(job, {"record_id": str(record_id)}, key=f"{job}:{record_id}", priority=PRIORITY)


@reaction("articles.created", "articles.updated")
async def follow_article(ctx: Context, event: RecordedEvent) -> None:
    """An article was written, published, revised or retired."""
    read_anew(ctx, articles.name, event.record_id)


@reaction("articles.deleted", "cases.deleted")
async def forget_deleted(ctx: Context, event: RecordedEvent) -> None:
    """What is gone is found no more."""
    await forget(ctx, ctx.tenant_id, event.kind, event.record_id)


@reaction("cases.created", "cases.updated")
async def follow_case_text(ctx: Context, event: RecordedEvent) -> None:
    """A case says something else, or has an answer, or has lost it."""
    if event.type == "cases.created" or not _SPOKEN.isdisjoint(event.changes):
        read_anew(ctx, cases.name, event.record_id)


@reaction(CaseCommented)
async def follow_words(ctx: Context, event: RecordedEvent) -> None:
    """The customer has said more of the trouble."""
    if event.payload.get("author_kind") in {"customer", "partner"}:
        read_anew(ctx, cases.name, event.record_id)
