"""Keeps a record's pieces as its text is: only what changed is embedded again.

The text is read and the pieces are compared in one short transaction, embedded in none, and
written in another. A piece whose provider failed is written without a vector: it is found by its
words until a later run gives it one.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from ai import queries
from ai.chunks import CHUNKS_MAX, Chunk, split
from ai.embeddings import DIMENSIONS, Embedder, EmbeddingFailed
from infra.kernel.ids import uuid7

Transactions = Callable[[], AbstractAsyncContextManager[Any]]


@dataclass(frozen=True, slots=True)
class Part:
    """Text of a record that the same audiences may read."""

    text: str
    audiences: tuple[str, ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """All searchable text of one record at one version."""

    kind: str
    record_id: UUID
    version: int
    parts: tuple[Part, ...]
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Piece:
    """A chunk in the place that it has among all parts of its record."""

    chunk: Chunk
    audiences: tuple[str, ...]
    content_hash: str


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a run did: pieces now stored, of which so many were embedded anew."""

    pieces: int
    embedded: int


def pieces_of(source: Source) -> list[Piece]:
    """The record's pieces, numbered through all of its parts."""
    pieces: list[Piece] = []
    for part in source.parts:
        for chunk in split(part.text, title=part.title):
            placed = Chunk(len(pieces), chunk.title, chunk.body)
            pieces.append(Piece(placed, part.audiences, placed.content_hash()))
    return pieces[:CHUNKS_MAX]


async def refresh(
    transactions: Transactions, embedder: Embedder, source: Source, *, tenant_id: UUID
) -> Refreshed:
    """Store the pieces of this version; raises EmbeddingFailed after storing them by words only."""
    pieces = pieces_of(source)
    async with transactions() as reader:
        known = await queries.stored_vectors(
            reader, tenant_id, source.kind, source.record_id, embedder.model
        )
    new = [p for p in pieces if p.content_hash not in known]
    failure: EmbeddingFailed | None = None
    vectors: list[list[float]] = []
    try:
        vectors = _spoken(await embedder.embed([p.chunk.text for p in new]))
    except EmbeddingFailed as error:
        failure = error
    found = known | {p.content_hash: v for p, v in zip(new, vectors, strict=failure is None)}
    async with transactions() as reader:
        await queries.write_chunks(
            reader, tenant_id, source, _rows(source, pieces, found, embedder.model)
        )
    if failure is not None:
        raise failure
    return Refreshed(len(pieces), len(new))


def _rows(
    source: Source, pieces: Sequence[Piece], found: dict[str, Any], model: str
) -> list[queries.ChunkRow]:
    return [
        queries.ChunkRow(
            id=uuid7(),
            ordinal=piece.chunk.ordinal,
            title=piece.chunk.title,
            body=piece.chunk.body,
            audiences=piece.audiences,
            content_hash=piece.content_hash,
            model=model if piece.content_hash in found else None,
            embedding=found.get(piece.content_hash),
            language=source.language,
        )
        for piece in pieces
    ]


def _spoken(vectors: Sequence[list[float] | None]) -> list[list[float]]:
    # A text without a direction is near nothing, but it has been looked at: it waits no longer.
    return [v if v is not None else [0.0] * DIMENSIONS for v in vectors]


async def forget(reader: queries.Reader, tenant_id: UUID, kind: str, record_id: UUID) -> None:
    """Remove every piece of a record, in the transaction that removes or hides it."""
    await queries.delete_chunks(reader, tenant_id, kind, record_id)


async def embed_waiting(
    transactions: Transactions, embedder: Embedder, *, tenant_id: UUID, most: int = 256
) -> int:
    """Give vectors to pieces that have none, or another model's; how many got one."""
    async with transactions() as reader:
        waiting = await queries.waiting_chunks(reader, tenant_id, embedder.model, most)
    if not waiting:
        return 0
    texts = [Chunk(0, row["title"], row["body"]).text for row in waiting]
    vectors = _spoken(await embedder.embed(texts))
    async with transactions() as reader:
        return await queries.write_vectors(
            reader,
            tenant_id,
            embedder.model,
            [
                (row["id"], row["content_hash"], vector)
                for row, vector in zip(waiting, vectors, strict=True)
            ],
        )
