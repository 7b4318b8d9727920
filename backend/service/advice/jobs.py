"""Embedding what records say, outside of any transaction."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

from ai.embeddings import Embedder, EmbeddingFailed
from ai.indexing import Source, forget, refresh
from ai.providers import providers_of
from backend.service.advice import queries
from backend.service.advice.reactions import read_anew
from backend.service.advice.texts import article_source, case_source, digest, question_of
from backend.service.cases.models import Case
from backend.service.cases.resources import cases
from backend.service.knowledge.models import Article
from backend.service.knowledge.resources import articles
from infra.kernel.context import Context
from infra.kernel.jobs import JobRun, job, periodic

_ROUNDS_MAX = 4
_HEALED_MAX = 500
_LATER = timedelta(minutes=2)


@job("advice.index_article", network=True, attempts_max=4, timeout_seconds=60)
async def index_article(run: JobRun, *, record_id: UUID) -> None:
    """Make an article findable by what it says now, or not at all."""

    async def state(ctx: Context) -> tuple[int, Source | None]:
        article: Article | None = await ctx.find(articles, record_id)
        return (article.version, article_source(article)) if article else (0, None)

    async with run.transaction() as ctx:
        embedder = await providers_of(run.services).embedder(ctx)
    await keep(run, embedder, articles.name, record_id, state)


@job("advice.index_case", network=True, attempts_max=4, timeout_seconds=60)
async def index_case(run: JobRun, *, record_id: UUID) -> None:
    """Make a case's question comparable, and its answer findable once it has one."""

    async def state(ctx: Context) -> tuple[int, Source | None]:
        case: Case | None = await ctx.find(cases, record_id)
        return (case.version, case_source(case)) if case else (0, None)

    async with run.transaction() as ctx:
        embedder = await providers_of(run.services).embedder(ctx)
    await ask_anew(run, embedder, record_id)
    await keep(run, embedder, cases.name, record_id, state)


async def ask_anew(run: JobRun, embedder: Embedder, case_id: UUID) -> None:
    """Store the vector of what the case asks, if it asks something else than before."""
    async with run.transaction() as ctx:
        case: Case | None = await ctx.find(cases, case_id)
        if case is None:
            return
        text = question_of(case, await queries.said_by_customer(ctx, case_id))
        known = await queries.stored_question(ctx, case_id, embedder.model)
    content_hash = digest(text)
    if known == content_hash:
        return
    try:
        (vector,) = await embedder.embed([text])
    except EmbeddingFailed:
        # Words alone decide until the next change; the last attempt leaves no dead letter.
        if not run.is_last_attempt:
            raise
        return
    async with run.transaction() as ctx:
        await queries.store_question(ctx, case_id, content_hash, embedder.model, vector)


async def keep(
    run: JobRun,
    embedder: Embedder,
    kind: str,
    record_id: UUID,
    state: Callable[[Context], Awaitable[tuple[int, Source | None]]],
) -> None:
    """Bring the record's pieces to its present version.

    Another run for an earlier version may write after this one, and the record may change between
    reading and writing: so it is looked at once more after each writing.
    """
    done: int | None = None
    for _ in range(_ROUNDS_MAX):
        async with run.transaction() as ctx:
            version, source = await state(ctx)
            if version == done:
                return
            if source is None:
                await forget(ctx, run.tenant_id, kind, record_id)
        done = version
        if source is not None:
            await store(run, embedder, source)


async def store(run: JobRun, embedder: Embedder, source: Source) -> None:
    """Write the pieces; those without a vector are found by their words until they get one."""
    try:
        await refresh(run.transaction, embedder, source, tenant_id=run.tenant_id)
    except EmbeddingFailed:
        async with run.transaction() as ctx:
            ctx.enqueue("ai.catch_up", key="ai.catch_up", run_at=ctx.now + _LATER)


@periodic("advice.keep_up", every_seconds=86_400)
async def keep_up(ctx: Context) -> None:
    """See daily whether some text was never read, such as that of before this house had advice."""
    for kind, record_id in await queries.unindexed(ctx, _HEALED_MAX):
        read_anew(ctx, kind, record_id)
