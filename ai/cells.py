"""Cells: a large tenant's vectors sorted by likeness, so that a search reads the likeliest tenth.

One HNSW index over all tenants loses neighbours once the tenant's filter is on, and an index of
each tenant's own would be DDL at run time. Cells are rows. The nearest centroids are found first
(a few hundred), then the pieces in their cells are compared exactly, by an index range that names
the tenant. A tenant below CELLS_FROM has none, and is compared whole. Measured in
docs/decisions/0010-vector-search.md.
"""

import asyncio
import math
from typing import Any
from uuid import UUID

import numpy as np

from ai import queries
from ai.indexing import Transactions
from infra.kernel.ids import uuid7

CELLS_FROM = 20_000
_SAMPLE_PER_CELL = 40
_ROUNDS = 10
_MOVED_AT_ONCE = 2_000

Vectors = np.ndarray[Any, np.dtype[np.float32]]


def cells_for(vectors: int) -> int:
    """How many cells so many vectors are best sorted into: enough that a tenth of them is small."""
    return min(2_000, round(1.6 * math.sqrt(vectors)))


def is_due(vectors: int, trained_on: int) -> bool:
    """Whether cells are missing, or were made when there was half as much to sort."""
    return vectors >= CELLS_FROM and vectors >= 2 * trained_on


def centroids(sample: Vectors, cells: int, *, seed: int = 7) -> Vectors:
    """The middles of `cells` groups of unit vectors (spherical k-means), the same each time."""
    generator = np.random.default_rng(seed)
    middles = sample[generator.choice(len(sample), min(cells, len(sample)), replace=False)].copy()
    for _ in range(_ROUNDS):
        nearest = (sample @ middles.T).argmax(axis=1)
        sums = np.zeros_like(middles)
        np.add.at(sums, nearest, sample)
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        # A cell that nothing is nearest to keeps its middle: it may yet be somebody's.
        middles = np.where(lengths > 1e-9, sums / np.maximum(lengths, 1e-9), middles)
    return middles.astype(np.float32)


async def sort_into_cells(transactions: Transactions, *, tenant_id: UUID) -> int:
    """Make or renew the cells of every kind that is due; how many kinds were.

    A run that was cut short is taken up again: what it had made is finished, not made anew.
    Searches meanwhile look into old and new cells alike.
    """
    async with transactions() as reader:
        sizes = await queries.cell_sizes(reader, tenant_id)
    done = 0
    for size in sizes:
        generation = size["generation"]
        if is_due(size["vectors"], size["trained_on"]):
            generation = await _train(
                transactions, tenant_id, size["kind"], size["model"], size["vectors"]
            )
        elif not generation:
            continue
        moved = await _move(transactions, tenant_id, size["kind"], size["model"], generation)
        done += bool(moved)
    return done


async def _train(
    transactions: Transactions, tenant_id: UUID, kind: str, model: str, vectors: int
) -> int:
    cells = cells_for(vectors)
    async with transactions() as reader:
        sample = await queries.sample_vectors(
            reader, tenant_id, kind, model, cells * _SAMPLE_PER_CELL
        )
    middles = await asyncio.to_thread(centroids, np.asarray(sample, np.float32), cells)
    async with transactions() as reader:
        return await queries.add_cells(
            reader,
            tenant_id,
            kind,
            model,
            ids=[uuid7() for _ in middles],
            centroids=middles.tolist(),
            trained_on=vectors,
        )


async def _move(
    transactions: Transactions, tenant_id: UUID, kind: str, model: str, generation: int
) -> int:
    moved = 0
    while True:
        async with transactions() as reader:
            part = await queries.move_to_cells(
                reader, tenant_id, kind, model, generation=generation, most=_MOVED_AT_ONCE
            )
            if part == 0:
                await queries.drop_old_cells(reader, tenant_id, kind, model, generation)
                return moved
        moved += part
