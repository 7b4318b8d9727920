"""Reads about product models that a View cannot say."""

from uuid import UUID

from infra.kernel.context import Context

TREES = frozenset(
    {
        "product_models", "sold_products", "install_base_items", "configuration_items",
        "catalog_categories", "article_categories",
    }
)  # fmt: skip
"""Tables whose `parent_id` makes trees."""


async def is_part_of(ctx: Context, table: str, part_id: UUID, whole_id: UUID) -> bool:
    """Whether the part lies below the whole, or is it, in this table's tree of `parent_id`."""
    if table not in TREES:
        raise ValueError(table)
    return bool(
        await ctx.fetchval(
            f"""WITH RECURSIVE line AS (
                  SELECT id, parent_id FROM {table} WHERE tenant_id = $1 AND id = $2
                  UNION
                  SELECT p.id, p.parent_id FROM {table} p JOIN line ON p.id = line.parent_id
                   WHERE p.tenant_id = $1)
                SELECT EXISTS (SELECT FROM line WHERE id = $3)""",
            ctx.tenant_id,
            part_id,
            whole_id,
        )
    )


async def below(ctx: Context, table: str, root_id: UUID) -> list[UUID]:
    """The ids of the record and of all below it, level by level."""
    if table not in TREES:
        raise ValueError(table)
    rows = await ctx.fetch(
        f"""WITH RECURSIVE part AS (
              SELECT id, 0 AS level FROM {table} WHERE tenant_id = $1 AND id = $2
              UNION ALL
              SELECT c.id, part.level + 1 FROM {table} c JOIN part ON c.parent_id = part.id
               WHERE c.tenant_id = $1)
            SELECT id FROM part ORDER BY level, id""",
        ctx.tenant_id,
        root_id,
    )
    return [row["id"] for row in rows]


async def lock_tree(ctx: Context, table: str) -> None:
    """Let one transaction at a time change the shape of the tenant's trees of this table: two that
    each look before the other has written would close a circle together."""
    await ctx.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"{ctx.tenant_id}:{table}"
    )


async def skills_needed(ctx: Context, product_model_id: UUID) -> dict[UUID, int]:
    """Skill → least level that work on the model needs."""
    rows = await ctx.fetch(
        """SELECT skill_id, level FROM product_model_skills
           WHERE tenant_id = $1 AND product_model_id = $2""",
        ctx.tenant_id,
        product_model_id,
    )
    return {row["skill_id"]: row["level"] for row in rows}
