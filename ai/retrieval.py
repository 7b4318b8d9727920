"""Search by meaning and by words at once, over what the caller may read, in one round trip."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from ai.embeddings import Embedder, EmbeddingFailed
from ai.queries import Reader
from ai.scopes import Scope, scopes_of
from ai.search_queries import Question, search_statement
from ai.snippets import snippet
from infra.kernel.context import Context
from infra.kernel.resource import Resource

QUESTION_CHARACTERS_MAX = 1_000
SIMILARITY_MIN = 0.2


@dataclass(frozen=True, slots=True)
class Hit:
    """A piece of a record that answers; `sides` says whether meaning, words or both found it."""

    kind: str
    record_id: UUID
    chunk_id: UUID
    ordinal: int
    title: str
    snippet: str
    score: float
    similarity: float | None
    every_word: bool
    sides: tuple[str, ...]


async def search(
    reader: Reader,
    embedder: Embedder,
    text: str,
    *,
    tenant_id: UUID,
    audience: str,
    scopes: Sequence[Scope],
    languages: Sequence[str] = ("en",),
    similarity_min: float = SIMILARITY_MIN,
    by_record: bool = True,
) -> list[Hit]:
    """The best pieces for the text, best first, at most each scope's `hits_max` of its kind.

    Only with an embedder that needs no network: where the reader is inside a transaction, none is
    held across a call. Otherwise make the vector first (`vector_of`) and ask `nearest`.
    """
    words = clean(text)
    if not words or not scopes:
        return []
    return await nearest(
        reader,
        words,
        await vector_of(embedder, words),
        model=embedder.model,
        tenant_id=tenant_id,
        audience=audience,
        scopes=scopes,
        languages=languages,
        similarity_min=similarity_min,
        by_record=by_record,
    )


async def vector_of(embedder: Embedder, text: str) -> list[float] | None:
    """The question's vector; None where there is none, and then words alone decide."""
    try:
        return (await embedder.embed([clean(text)]))[0]
    except EmbeddingFailed:
        return None


async def nearest(
    reader: Reader,
    text: str,
    vector: list[float] | None,
    *,
    model: str,
    tenant_id: UUID,
    audience: str,
    scopes: Sequence[Scope],
    languages: Sequence[str] = ("en",),
    similarity_min: float = SIMILARITY_MIN,
    by_record: bool = True,
) -> list[Hit]:
    """As `search`, with a vector made before the transaction opened."""
    words = clean(text)
    if not words or not scopes:
        return []
    statement, values = search_statement(
        Question(
            tenant_id=tenant_id,
            audience=audience,
            words=words,
            languages=tuple(dict.fromkeys(languages)) or ("simple",),
            model=model,
            vector=vector,
            scopes=tuple(scopes),
            similarity_min=similarity_min,
            by_record=by_record,
        )
    )
    return [
        Hit(
            kind=row["kind"],
            record_id=row["record_id"],
            chunk_id=row["id"],
            ordinal=row["ordinal"],
            title=row["title"],
            snippet=snippet(row["body"], words),
            score=row["score"],
            similarity=row["similarity"],
            every_word=row["every"],
            sides=tuple(row["sides"]),
        )
        for row in await reader.fetch(statement, *values)
    ]


def clean(text: str) -> str:
    """The question without what a database refuses, and no longer than any question is."""
    kept = text.replace("\x00", " ").encode("utf-8", "ignore").decode()
    return " ".join(kept.split())[:QUESTION_CHARACTERS_MAX]


async def search_as(
    ctx: Context,
    text: str,
    vector: list[float] | None,
    *,
    model: str,
    wanted: Mapping[Resource, Iterable[str]],
    hits_max: int = 10,
    similarity_min: float = SIMILARITY_MIN,
) -> list[Hit]:
    """`nearest` for whoever acts in this context: resource → the columns that its pieces quote."""
    return await nearest(
        ctx,
        text,
        vector,
        model=model,
        tenant_id=ctx.tenant_id,
        audience="staff" if ctx.caller.is_system else ctx.caller.audience,
        scopes=scopes_of(ctx, wanted, hits_max=hits_max),
        languages=(ctx.caller.locale, "en"),
        similarity_min=similarity_min,
    )
