"""(f) hybrid search over 100,000 pieces of one tenant, and over twenty tenants of 5,000.

The floor is numpy's brute force: the same vectors in memory, one product, ten best; it knows no
words, no tenants and no access. Recall compares ours with itself made exact: every cell looked
into, no cap on the words. A customer asks, who sees the published articles that are meant for him.
"""

import time
from collections.abc import Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

import numpy as np
from pgvector import HalfVector
from pgvector.asyncpg import register_vector

from ai import cells, queries, retrieval, search_queries
from ai.embeddings import WordVectors
from ai.scopes import Scope, scope_of
from bench import seeds
from bench.ground import Firm, Ground
from bench.results import Result, limit, quantile, reach, told
from infra.kernel.access import Caller
from infra.kernel.ids import uuid7

P95_MS_MAX = 15.0
RECALL_MIN = 0.95
PIECES_OF_ONE = 4
TOPICS, TOPIC_WORDS, QUESTION_WORDS = 500, 12, 5
Matrix = np.ndarray[Any, np.dtype[np.float32]]

_ARTICLES = """
INSERT INTO articles (tenant_id, id, knowledge_base_id, title, body, state, audience, edition,
                      published_at, created_at, updated_at)
SELECT $1, a.id, $1, 'Article ' || a.n, 'Body', 'published',
       CASE WHEN a.n % 3 = 0 THEN 'internal' ELSE 'customer' END, 1, now(), now(), now()
  FROM unnest($2::uuid[]) WITH ORDINALITY a (id, n)
"""
_COLUMNS = [
    "tenant_id", "id", "kind", "record_id", "ordinal", "title", "body", "audiences",
    "content_hash", "model", "embedding", "cell",
]  # fmt: skip


class Library:
    """Made-up pieces on some hundred topics, their vectors, and questions about them."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.draw = np.random.default_rng(11)
        self.words = vocabulary(self.draw)
        topics = self.draw.integers(0, len(self.words), (TOPICS, TOPIC_WORDS))
        self._topics = topics
        self.texts = [self._text(topics[self.draw.integers(TOPICS)], 14, 10) for _ in range(size)]
        self.vectors = np.zeros((0, 256), np.float32)

    def _text(self, topic: Any, of_topic: int, of_all: int) -> str:
        # Common words are used more often: the square of an even draw crowds the low numbers.
        common = (self.draw.random(of_all) ** 3 * len(self.words)).astype(int)
        chosen = [*self.draw.choice(topic, of_topic), *common]
        return " ".join(self.words[i] for i in chosen)

    async def embed(self, embedder: WordVectors) -> None:
        parts = []
        for start in range(0, self.size, 5_000):
            told_ = await embedder.embed(self.texts[start : start + 5_000])
            parts.append(np.asarray(told_, np.float32))
        self.vectors = np.concatenate(parts)

    def questions(self, number: int) -> list[str]:
        return [
            self._text(self._topics[self.draw.integers(TOPICS)], QUESTION_WORDS - 1, 1)
            for _ in range(number)
        ]


def vocabulary(draw: np.random.Generator) -> list[str]:
    """Six thousand words that look like words, none of which the stemmer knows."""
    heads = [
        "b",
        "br",
        "d",
        "dr",
        "f",
        "g",
        "gr",
        "k",
        "l",
        "m",
        "n",
        "p",
        "r",
        "s",
        "st",
        "t",
        "v",
    ]
    tails = ["an", "el", "in", "or", "um", "ak", "eth", "ol", "ir", "us", "ent", "od"]
    seen = {
        "".join(draw.choice(heads) + draw.choice(tails) for _ in range(draw.integers(2, 4)))
        for _ in range(9_000)
    }
    return sorted(seen)[:6_000]


async def hybrid(ground: Ground) -> list[Result]:
    """Both shapes, one after the other."""
    large, small, tenants = (10_000, 500, 4) if ground.is_quick else (100_000, 5_000, 20)
    embedder = WordVectors()
    library = Library(large)
    await library.embed(embedder)
    one = await ground.found("search-large", 0)
    many = [await ground.found(f"search-{n}", 0) for n in range(tenants)]
    began = time.monotonic()
    async with seeds.bulk(ground.addresses.superuser_dsn, "chunks", "articles") as connection:
        await register_vector(connection)
        await _load(ground, connection, one, library, 0, large, embedder.model)
        for number, firm in enumerate(many):
            start = number * small % large
            await _load(ground, connection, firm, library, start, small, embedder.model)
    ground.say(f"{large + small * tenants:,} pieces loaded in {time.monotonic() - began:.0f} s")
    asked = library.questions(60 if ground.is_quick else 240)
    bare = _brute(library.vectors, asked, await embedder.embed(asked))
    bare_small = _brute(library.vectors[:small], asked, await embedder.embed(asked))
    return [
        *await _measure(ground, [one], embedder, asked, f"f  {large:,} pieces", bare),
        *await _measure(
            ground, many, embedder, asked, f"f  {tenants} tenants × {small:,}", bare_small
        ),
    ]


async def _load(
    ground: Ground, connection: Any, firm: Firm, library: Library, start: int, size: int, model: str
) -> None:
    """Articles and their pieces, in cells where there are as many as a job would sort."""
    vectors = library.vectors[start : start + size]
    place = np.zeros(size, int)
    if cells.is_due(size, 0):
        number = cells.cells_for(size)
        sample = vectors[library.draw.choice(size, min(size, 40 * number), replace=False)]
        middles = cells.centroids(sample, number)
        async with ground.services.system(firm.id, reason="bench") as ctx:
            await queries.add_cells(
                ctx, firm.id, "articles", model, ids=[uuid7() for _ in middles],
                centroids=middles.tolist(), trained_on=size,
            )  # fmt: skip
        place = (vectors @ middles.T).argmax(axis=1) + 1
    records = [uuid7() for _ in range(-(-size // PIECES_OF_ONE))]
    await connection.execute(_ARTICLES, firm.id, records)
    texts = library.texts[start : start + size]
    await connection.copy_records_to_table(
        "chunks",
        columns=_COLUMNS,
        records=(
            (firm.id, uuid7(), "articles", records[n // PIECES_OF_ONE], n % PIECES_OF_ONE,
             " ".join(text.split()[:4]), text, ["staff", "customer"], str(n), model,
             HalfVector(vectors[n]), int(place[n]))
            for n, text in enumerate(texts)
        ),
    )  # fmt: skip


def _brute(vectors: Matrix, asked: Sequence[str], found: Sequence[Any]) -> float:
    """The floor's 95th percentile, in milliseconds."""
    times = []
    for vector in found[: len(asked)]:
        began = time.perf_counter()
        scores = vectors @ np.asarray(vector, np.float32)
        best = np.argpartition(scores, -10)[-10:]
        best[np.argsort(-scores[best])]
        times.append((time.perf_counter() - began) * 1000)
    return quantile(times, 0.95)


async def _measure(
    ground: Ground, firms: list[Firm], embedder: WordVectors, asked: list[str], name: str,
    bare: float,
) -> list[Result]:  # fmt: skip
    times, kept = [], []
    for number, text in enumerate(asked):
        firm = firms[number % len(firms)]
        began = time.perf_counter()
        found = await _ask(ground, firm, embedder, text)
        times.append((time.perf_counter() - began) * 1000)
        exact = await _exactly(ground, firm, embedder, text) if number % 4 == 0 else set()
        if exact:
            kept.append(len(exact & found) / len(exact))
    calm = times[len(asked) // 6 :]  # the first prepare statements and fill caches
    recall = sum(kept) / len(kept)
    return [
        limit(f"{name}, p95", quantile(calm, 0.95), "ms", P95_MS_MAX, bare),
        told(f"{name}, median", quantile(calm, 0.5), "ms"),
        reach(f"{name}, recall@10", recall, "", RECALL_MIN),
    ]


def _scope(ground: Ground, firm: Firm) -> Scope:
    registry = ground.services.registry
    caller = Caller(firm.id, "customer", roles=frozenset({"customer"}))
    plan = ground.services.plans.of(caller, registry.resources["articles"])
    found = scope_of(registry, plan, caller.attributes, hits_max=10)
    if found is None:
        raise RuntimeError("customers may read no articles")
    return replace(found, hits_max=10)


async def _ask(ground: Ground, firm: Firm, embedder: WordVectors, text: str) -> set[UUID]:
    """The pieces found, in one transaction as any reader's."""
    async with ground.services.database.transaction(firm.id, read_only=True) as connection:
        hits = await retrieval.search(
            connection, embedder, text, tenant_id=firm.id, audience="customer",
            scopes=[_scope(ground, firm)], by_record=False,
        )  # fmt: skip
    return {hit.chunk_id for hit in hits}


async def _exactly(ground: Ground, firm: Firm, embedder: WordVectors, text: str) -> set[UUID]:
    async with _every_cell():
        return await _ask(ground, firm, embedder, text)


@asynccontextmanager
async def _every_cell() -> Any:
    """The search's own bounds lifted: nothing is left out."""
    names = ("PROBED_SHARE", "FILTERED_SHARE", "FILTERED_MOST", "WORDS_CAP")
    before = {name: getattr(search_queries, name) for name in names}
    for name, value in zip(names, (1.0, 1.0, 1_000_000, 1_000_000), strict=True):
        setattr(search_queries, name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(search_queries, name, value)
