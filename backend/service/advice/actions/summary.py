"""What a case's story comes to, for whoever takes it over."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from ai.extracts import extract
from ai.providers import providers_of
from ai.summaries import Summary
from backend.service.advice.passages import basis_of, passages_of
from backend.service.advice.summary_queries import stored_summary, waiting_job
from backend.service.cases.models import Case
from backend.service.cases.resources import cases
from infra.kernel.actions import Accepted, action
from infra.kernel.context import Context


class Cited(BaseModel):
    """The record that a sentence rests on."""

    kind: str
    id: UUID


class Sentence(BaseModel):
    """Plain text and what it rests on."""

    text: str
    citations: list[Cited]


class CaseSummary(BaseModel):
    """Written by a machine and applied by none; `fallback_reason` says why no model wrote it."""

    sentences: list[Sentence]
    model: str
    made_at: datetime
    machine_made: Literal[True] = True
    fallback_reason: str | None


@action(cases, name="summary", method="GET", verb="read", audiences=("staff",))
async def summary(ctx: Context, case: Case) -> CaseSummary:
    """The case's story in a few sentences, each with the records that say so.

    What the tenant's model has written is shown while nothing has been added; else sentences are
    taken from the case as they stand.
    """
    passages = await passages_of(ctx, case)
    basis = basis_of(passages, ctx.caller.locale)
    written = await stored_summary(ctx, case.id, basis, case.version)
    if written is None:
        sentences = extract(passages, subject=case.subject)
        model = providers_of(ctx.services).extracts.model
        written = Summary(sentences, model, ctx.now, case.version)
    return shown(written)


@action(cases, at="summary", audiences=("staff",))
async def summarize(ctx: Context, case: Case) -> Accepted:
    """Have the tenant's model write the summary anew; the answer names the job that does it."""
    profile_id = ctx.caller.profile_id
    key = f"advice.summarize:{case.id}:{profile_id}:{ctx.caller.locale}"
    # The case's row is locked, so nobody queues a second one between this look and the commit.
    waiting = await waiting_job(ctx, key)
    if waiting is not None:
        return Accepted(job=waiting)
    arguments = {
        "case_id": str(case.id),
        "profile_id": str(profile_id) if profile_id else None,
        "locale": ctx.caller.locale,
    }
    return Accepted(job=ctx.enqueue("advice.summarize", arguments, key=key, priority=4))


def shown(written: Summary) -> CaseSummary:
    """The summary as it is answered."""
    return CaseSummary(
        sentences=[
            Sentence(
                text=said.text, citations=[Cited(kind=c.kind, id=c.id) for c in said.citations]
            )
            for said in written.sentences
        ],
        model=written.model,
        made_at=written.made_at,
        fallback_reason=written.fallback_reason,
    )
