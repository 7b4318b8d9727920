from uuid import UUID

import numpy as np
import pytest
from pgvector import HalfVector

from ai import cells
from ai.cells import cells_for, centroids, is_due, sort_into_cells
from ai.embeddings import WordVectors
from ai.retrieval import search
from ai.scopes import Scope
from infra.kernel.ids import uuid7
from tests.ai.conftest import Opener

ROWS = 1_500


async def fill(opener: Opener, embedder: WordVectors, tenant_id: UUID) -> None:
    topics = ["router lamp", "bank card", "train ticket", "hotel room", "garden hose"]
    texts = [f"{topics[n % 5]} question number {n} {'again ' * (n % 7)}" for n in range(ROWS)]
    vectors = await embedder.embed(texts)
    async with opener(tenant_id)() as c:
        await c.execute(
            """INSERT INTO chunks (tenant_id, id, kind, record_id, ordinal, body, audiences,
                                   content_hash, model, embedding)
               SELECT $1, u.id, 'advice', u.id, 0, u.body, '{staff}', u.body, $4, u.vector
                 FROM unnest($2::uuid[], $3::text[], $5::halfvec[]) u(id, body, vector)""",
            tenant_id,
            [uuid7() for _ in texts],
            texts,
            embedder.model,
            [HalfVector(v) for v in vectors if v],
        )


async def test_a_large_tenant_is_sorted_and_still_finds_the_same(
    opener: Opener, embedder: WordVectors, tenant_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(opener, embedder, tenant_id)
    questions = ["router lamp question", "card of my bank", "ticket for the train 77", "hose"]

    async def answers() -> list[set[UUID]]:
        found = []
        for question in questions:
            async with opener(tenant_id)() as c:
                hits = await search(
                    c,
                    embedder,
                    question,
                    tenant_id=tenant_id,
                    audience="staff",
                    scopes=[Scope("advice", "advice_records")],
                )
            found.append({h.record_id for h in hits})
        return found

    before = await answers()
    assert await sort_into_cells(opener(tenant_id), tenant_id=tenant_id) == 0
    monkeypatch.setattr(cells, "CELLS_FROM", 1_000)
    assert await sort_into_cells(opener(tenant_id), tenant_id=tenant_id) == 1
    async with opener(tenant_id)() as c:
        state = await c.fetchrow(
            """SELECT count(DISTINCT cell) AS cells, min(cell) AS lowest,
                      (SELECT count(*) FROM chunk_cells WHERE tenant_id = $1) AS made
                 FROM chunks WHERE tenant_id = $1""",
            tenant_id,
        )
    assert state["made"] == cells_for(ROWS)
    assert state["lowest"] >= 1
    assert state["cells"] > state["made"] // 2
    same = [len(a & b) / len(a) for a, b in zip(before, await answers(), strict=True)]
    assert sum(same) / len(same) >= 0.9
    # Nothing is due any more.
    assert await sort_into_cells(opener(tenant_id), tenant_id=tenant_id) == 0


async def test_doubled_size_makes_new_cells_and_drops_the_old(
    opener: Opener, embedder: WordVectors, tenant_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cells, "CELLS_FROM", 1_000)
    await fill(opener, embedder, tenant_id)
    await sort_into_cells(opener(tenant_id), tenant_id=tenant_id)
    await fill(opener, embedder, tenant_id)
    assert await sort_into_cells(opener(tenant_id), tenant_id=tenant_id) == 1
    async with opener(tenant_id)() as c:
        generations = await c.fetch(
            """SELECT generation, count(*) FROM chunk_cells WHERE tenant_id = $1
                GROUP BY generation""",
            tenant_id,
        )
        strays = await c.fetchval(
            """SELECT count(*) FROM chunks c WHERE c.tenant_id = $1 AND NOT EXISTS (
                 SELECT 1 FROM chunk_cells k WHERE k.tenant_id = $1 AND k.cell = c.cell)""",
            tenant_id,
        )
    assert [tuple(g) for g in generations] == [(2, cells_for(2 * ROWS))]
    assert strays == 0


def test_cells_are_the_same_each_time_and_unit_long() -> None:
    generator = np.random.default_rng(1)
    sample = generator.normal(size=(500, 16)).astype(np.float32)
    sample /= np.linalg.norm(sample, axis=1, keepdims=True)
    first = centroids(sample, 20)
    assert np.array_equal(first, centroids(sample, 20))
    assert first.shape == (20, 16)
    assert np.allclose(np.linalg.norm(first, axis=1), 1.0, atol=1e-4)


@pytest.mark.parametrize(
    ("vectors", "trained_on", "due"),
    [
        (0, 0, False),
        (19_999, 0, False),
        (20_000, 0, True),
        (39_999, 20_000, False),
        (40_000, 20_000, True),
    ],
)
def test_cells_are_due_when_missing_or_made_for_half_as_much(
    vectors: int, trained_on: int, due: bool
) -> None:
    assert is_due(vectors, trained_on) is due
