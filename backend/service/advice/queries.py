"""Reads and writes of the advice rooms that a View cannot say."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from pgvector import HalfVector

from backend.service.cases.models import Case
from infra.kernel.context import Context

RULES_MAX = 200
SAID_MAX = 5


@dataclass(frozen=True, slots=True)
class Question:
    """A case's words as a vector of a model; None where they have no direction."""

    model: str
    vector: list[float] | None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What advice needs to know beside the case itself."""

    question: Question | None
    endpoint: str | None
    rules: list[dict[str, Any]]
    attached: frozenset[UUID]
    product_code: str
    product_name: str
    tier: str


async def surroundings(ctx: Context, case: Case) -> Surroundings:
    """All of it in one round trip."""
    row = await ctx.fetchrow(
        """SELECT q.model, q.embedding, p.code, p.name, e.tier,
             (SELECT a.model FROM ai_endpoints a WHERE a.tenant_id = $1
                 AND a.purpose = 'embeddings' AND a.active) AS endpoint,
             (SELECT array_agg(u.article_id) FROM case_articles u
               WHERE u.tenant_id = $1 AND u.case_id = $2) AS attached,
             (SELECT jsonb_agg(to_jsonb(r)) FROM (
                SELECT id, name, condition, title, reason, guidance, action, rank
                  FROM recommendation_rules WHERE tenant_id = $1 AND active
                 ORDER BY rank, id LIMIT $5) r)::text AS rules
           FROM (SELECT 1) one
           LEFT JOIN case_questions q ON q.tenant_id = $1 AND q.id = $2
           LEFT JOIN product_models p ON p.tenant_id = $1 AND p.id = $3
           LEFT JOIN entitlements e ON e.tenant_id = $1 AND e.id = $4""",
        ctx.tenant_id,
        case.id,
        case.product_model_id,
        case.entitlement_id,
        RULES_MAX,
    )
    assert row is not None  # noqa: S101  the select has no condition
    question = Question(row["model"], _listed(row["embedding"])) if row["model"] else None
    return Surroundings(
        question=question,
        endpoint=row["endpoint"],
        rules=orjson.loads(row["rules"]) if row["rules"] else [],
        attached=frozenset(row["attached"] or ()),
        product_code=row["code"] or "",
        product_name=row["name"] or "",
        tier=row["tier"] or "",
    )


def _listed(vector: HalfVector | None) -> list[float] | None:
    return None if vector is None else [float(x) for x in vector.to_list()]


@dataclass(frozen=True, slots=True)
class Helpful:
    """A published article, or an answered case with its answer."""

    kind: str
    id: UUID
    number: str
    title: str
    model_ids: frozenset[UUID]
    resolution: str
    resolution_code: str


async def helpful(
    ctx: Context, case_id: UUID, article_ids: Sequence[UUID], case_ids: Sequence[UUID]
) -> dict[tuple[str, UUID], Helpful]:
    """Those of the records that can help now. Access was decided where the ids were found."""
    rows = await ctx.fetch(
        """SELECT 'articles' AS kind, id, number, title, product_model_ids AS model_ids,
                  '' AS resolution, '' AS resolution_code
             FROM articles WHERE tenant_id = $1 AND id = ANY ($3) AND state = 'published'
           UNION ALL
           SELECT 'cases', id, number, subject, ARRAY[product_model_id], resolution,
                  resolution_code
             FROM cases WHERE tenant_id = $1 AND id = ANY ($4) AND id <> $2
              AND state IN ('resolved', 'closed') AND resolution <> ''
              AND resolution_code IN ('solved', 'solved_by_article', 'workaround')""",
        ctx.tenant_id,
        case_id,
        list(article_ids),
        list(case_ids),
    )
    return {
        (row["kind"], row["id"]): Helpful(
            kind=row["kind"],
            id=row["id"],
            number=row["number"] or "",
            title=row["title"],
            model_ids=frozenset(each for each in row["model_ids"] if each),
            resolution=row["resolution"],
            resolution_code=row["resolution_code"],
        )
        for row in rows
    }


async def said_by_customer(ctx: Context, case_id: UUID) -> list[str]:
    """The customer's last public words on the case, in their order."""
    rows = await ctx.fetch(
        """SELECT left(body, 1000) AS body FROM activity_entries
            WHERE tenant_id = $1 AND kind = 'cases' AND record_id = $2
              AND visibility = 'public' AND entry_type IN ('comment', 'email')
              AND author_kind IN ('customer', 'partner')
            ORDER BY at DESC, id DESC LIMIT $3""",
        ctx.tenant_id,
        case_id,
        SAID_MAX,
    )
    return [row["body"] for row in reversed(rows)]


async def stored_question(ctx: Context, case_id: UUID, model: str) -> str | None:
    """The digest of what this model has embedded for the case."""
    found: str | None = await ctx.fetchval(
        """SELECT content_hash FROM case_questions
            WHERE tenant_id = $1 AND id = $2 AND model = $3""",
        ctx.tenant_id,
        case_id,
        model,
    )
    return found


async def store_question(
    ctx: Context, case_id: UUID, content_hash: str, model: str, vector: list[float] | None
) -> None:
    """Keep the case's vector, unless the case has gone meanwhile."""
    await ctx.execute(
        """INSERT INTO case_questions (tenant_id, id, content_hash, model, embedding, updated_at)
           SELECT $1, c.id, $3, $4, $5, $6 FROM cases c WHERE c.tenant_id = $1 AND c.id = $2
           ON CONFLICT (tenant_id, id) DO UPDATE
              SET content_hash = EXCLUDED.content_hash, model = EXCLUDED.model,
                  embedding = EXCLUDED.embedding, updated_at = EXCLUDED.updated_at""",
        ctx.tenant_id,
        case_id,
        content_hash,
        model,
        None if vector is None else HalfVector(vector),
        ctx.now,
    )


async def unindexed(ctx: Context, most: int) -> list[tuple[str, UUID]]:
    """Published articles and answered cases without a piece: what a job was lost for."""
    rows = await ctx.fetch(
        """(SELECT 'articles' AS kind, a.id FROM articles a
             WHERE a.tenant_id = $1 AND a.state = 'published' AND NOT EXISTS (
                   SELECT FROM chunks k WHERE k.tenant_id = $1 AND k.kind = 'articles'
                      AND k.record_id = a.id AND k.ordinal = 0) LIMIT $2)
           UNION ALL
           (SELECT 'cases', c.id FROM cases c
             WHERE c.tenant_id = $1 AND c.state IN ('resolved', 'closed') AND c.resolution <> ''
               AND NOT EXISTS (
                   SELECT FROM chunks k WHERE k.tenant_id = $1 AND k.kind = 'cases'
                      AND k.record_id = c.id AND k.ordinal = 0) LIMIT $2)""",
        ctx.tenant_id,
        most,
    )
    return [(row["kind"], row["id"]) for row in rows]
