"""Reads and writes of pieces and cells. Every one names the tenant beside the policy that does."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from pgvector import HalfVector

_NEAREST_CELL = """coalesce((SELECT k.cell FROM chunk_cells k
    WHERE k.tenant_id = $1 AND k.kind = {kind} AND k.model = {model}
      AND k.generation = (SELECT max(g.generation) FROM chunk_cells g
                           WHERE g.tenant_id = $1 AND g.kind = {kind} AND g.model = {model})
    ORDER BY k.centroid <#> {embedding} LIMIT 1), 0)"""


class Reader(Protocol):
    """What runs a statement: a kernel context, or a bare connection bound to a tenant."""

    async def fetch(self, query: str, *args: Any) -> Sequence[Any]: ...


class Origin(Protocol):
    """Which record, at which version, pieces come from."""

    @property
    def kind(self) -> str: ...
    @property
    def record_id(self) -> UUID: ...
    @property
    def version(self) -> int: ...


@dataclass(frozen=True, slots=True)
class ChunkRow:
    """A piece as it is stored."""

    id: UUID
    ordinal: int
    title: str
    body: str
    language: str
    audiences: tuple[str, ...]
    content_hash: str
    model: str | None
    embedding: Any


def _half(vector: Any) -> HalfVector | None:
    return vector if vector is None or isinstance(vector, HalfVector) else HalfVector(vector)


async def stored_vectors(
    reader: Reader, tenant_id: UUID, kind: str, record_id: UUID, model: str
) -> dict[str, HalfVector]:
    """Content hash → the vector that this model gave it."""
    rows = await reader.fetch(
        """SELECT content_hash, embedding FROM chunks
            WHERE tenant_id = $1 AND kind = $2 AND record_id = $3 AND model = $4""",
        tenant_id,
        kind,
        record_id,
        model,
    )
    return {row["content_hash"]: row["embedding"] for row in rows}


async def write_chunks(
    reader: Reader, tenant_id: UUID, origin: Origin, rows: Sequence[ChunkRow]
) -> None:
    """Make these the record's pieces, unless a later version's are stored already."""
    await reader.fetch(
        """DELETE FROM chunks WHERE tenant_id = $1 AND kind = $2 AND record_id = $3
            AND ordinal >= $4 AND source_version <= $5 RETURNING id""",
        tenant_id,
        origin.kind,
        origin.record_id,
        len(rows),
        origin.version,
    )
    if not rows:
        return
    cell = _NEAREST_CELL.format(kind="$2", model="u.model", embedding="u.embedding")
    await reader.fetch(
        f"""INSERT INTO chunks (tenant_id, kind, record_id, source_version, id, ordinal, title,
                body, language, audiences, content_hash, model, embedding, cell)
            SELECT $1, $2, $3, $4, u.id, u.ordinal, u.title, u.body, u.language,
                   string_to_array(u.audiences, ','), u.content_hash, u.model, u.embedding, {cell}
              FROM unnest($5::uuid[], $6::int[], $7::text[], $8::text[], $9::text[], $10::text[],
                          $11::text[], $12::text[], $13::halfvec[])
                   AS u(id, ordinal, title, body, language, audiences, content_hash, model,
                        embedding)
            ON CONFLICT (tenant_id, kind, record_id, ordinal) DO UPDATE
               SET title = EXCLUDED.title, body = EXCLUDED.body, language = EXCLUDED.language,
                   audiences = EXCLUDED.audiences, content_hash = EXCLUDED.content_hash,
                   model = EXCLUDED.model, embedding = EXCLUDED.embedding, cell = EXCLUDED.cell,
                   source_version = EXCLUDED.source_version, updated_at = EXCLUDED.updated_at
             WHERE chunks.source_version <= EXCLUDED.source_version
            RETURNING id""",
        tenant_id,
        origin.kind,
        origin.record_id,
        origin.version,
        [r.id for r in rows],
        [r.ordinal for r in rows],
        [r.title for r in rows],
        [r.body for r in rows],
        [r.language for r in rows],
        [",".join(r.audiences) for r in rows],
        [r.content_hash for r in rows],
        [r.model for r in rows],
        [_half(r.embedding) for r in rows],
    )


async def delete_chunks(reader: Reader, tenant_id: UUID, kind: str, record_id: UUID) -> None:
    """Remove every piece of the record."""
    await reader.fetch(
        """DELETE FROM chunks WHERE tenant_id = $1 AND kind = $2 AND record_id = $3
           RETURNING id""",
        tenant_id,
        kind,
        record_id,
    )


async def waiting_chunks(reader: Reader, tenant_id: UUID, model: str, most: int) -> Sequence[Any]:
    """Pieces without a vector of this model, oldest first."""
    return await reader.fetch(
        """SELECT id, title, body, content_hash FROM chunks
            WHERE tenant_id = $1 AND model IS DISTINCT FROM $2 ORDER BY id LIMIT $3""",
        tenant_id,
        model,
        most,
    )


async def write_vectors(
    reader: Reader, tenant_id: UUID, model: str, vectors: Sequence[tuple[UUID, str, Any]]
) -> int:
    """Store vectors of pieces that still say what was embedded; how many."""
    cell = _NEAREST_CELL.format(kind="c.kind", model="$2", embedding="u.embedding")
    rows = await reader.fetch(
        f"""UPDATE chunks c SET model = $2, embedding = u.embedding, cell = {cell},
                   updated_at = now()
              FROM unnest($3::uuid[], $4::text[], $5::halfvec[])
                   AS u(id, content_hash, embedding)
             WHERE c.tenant_id = $1 AND c.id = u.id AND c.content_hash = u.content_hash
            RETURNING c.id""",
        tenant_id,
        model,
        [v[0] for v in vectors],
        [v[1] for v in vectors],
        [_half(v[2]) for v in vectors],
    )
    return len(rows)


async def cell_sizes(reader: Reader, tenant_id: UUID) -> Sequence[Any]:
    """Each kind and model: how many vectors, and what its newest cells were made from."""
    return await reader.fetch(
        """SELECT c.kind, c.model, c.vectors::int AS vectors,
                  coalesce(max(k.trained_on), 0) AS trained_on,
                  coalesce(max(k.generation), 0) AS generation,
                  count(DISTINCT k.generation)::int AS generations
             FROM (SELECT kind, model, count(*) AS vectors FROM chunks
                    WHERE tenant_id = $1 AND embedding IS NOT NULL GROUP BY kind, model) c
             LEFT JOIN chunk_cells k
               ON k.tenant_id = $1 AND k.kind = c.kind AND k.model = c.model
            GROUP BY c.kind, c.model, c.vectors""",
        tenant_id,
    )


async def sample_vectors(
    reader: Reader, tenant_id: UUID, kind: str, model: str, most: int
) -> list[list[float]]:
    """Up to `most` vectors, spread over all; always the same ones for the same pieces."""
    rows = await reader.fetch(
        """SELECT embedding::real[] AS vector FROM chunks
            WHERE tenant_id = $1 AND kind = $2 AND model = $3 AND embedding IS NOT NULL
            ORDER BY hashtext(id::text), id LIMIT $4""",
        tenant_id,
        kind,
        model,
        most,
    )
    return [row["vector"] for row in rows]


async def add_cells(
    reader: Reader,
    tenant_id: UUID,
    kind: str,
    model: str,
    *,
    ids: Sequence[UUID],
    centroids: Sequence[Sequence[float]],
    trained_on: int,
) -> int:
    """Store a new generation of cells beside the old ones; its number."""
    rows = await reader.fetch(
        """INSERT INTO chunk_cells (tenant_id, id, kind, model, cell, generation, trained_on,
                  centroid)
           SELECT $1, u.id, $2, $3, last.cell + u.n::int, last.generation + 1, $4, u.centroid
             FROM unnest($5::uuid[], $6::halfvec[]) WITH ORDINALITY AS u(id, centroid, n),
                  (SELECT coalesce(max(cell), 0) AS cell, coalesce(max(generation), 0) AS generation
                     FROM chunk_cells WHERE tenant_id = $1 AND kind = $2) last
           RETURNING generation""",
        tenant_id,
        kind,
        model,
        trained_on,
        list(ids),
        [HalfVector(list(c)) for c in centroids],
    )
    return int(rows[0]["generation"])


async def move_to_cells(
    reader: Reader, tenant_id: UUID, kind: str, model: str, *, generation: int, most: int
) -> int:
    """Sort up to `most` pieces into this generation's cells; how many were still elsewhere."""
    rows = await reader.fetch(
        """UPDATE chunks c SET cell = (
                  SELECT k.cell FROM chunk_cells k
                   WHERE k.tenant_id = $1 AND k.kind = $2 AND k.model = $3 AND k.generation = $4
                   ORDER BY k.centroid <#> c.embedding LIMIT 1)
            WHERE c.tenant_id = $1 AND c.id IN (
                  SELECT w.id FROM chunks w
                   WHERE w.tenant_id = $1 AND w.kind = $2 AND w.model = $3
                     AND w.embedding IS NOT NULL
                     AND w.cell < (SELECT min(k.cell) FROM chunk_cells k
                                    WHERE k.tenant_id = $1 AND k.kind = $2 AND k.model = $3
                                      AND k.generation = $4)
                   LIMIT $5 FOR UPDATE SKIP LOCKED)
           RETURNING c.id""",
        tenant_id,
        kind,
        model,
        generation,
        most,
    )
    return len(rows)


async def drop_old_cells(
    reader: Reader, tenant_id: UUID, kind: str, model: str, generation: int
) -> None:
    """Remove earlier generations once nothing lies in their cells."""
    await reader.fetch(
        """DELETE FROM chunk_cells o
            WHERE o.tenant_id = $1 AND o.kind = $2 AND (o.model <> $3 OR o.generation < $4)
              AND NOT EXISTS (SELECT 1 FROM chunks c WHERE c.tenant_id = $1 AND c.kind = $2
                                 AND c.cell = o.cell AND c.embedding IS NOT NULL)
           RETURNING o.id""",
        tenant_id,
        kind,
        model,
        generation,
    )
