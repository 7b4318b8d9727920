"""Reads about product models that a View cannot say."""

from uuid import UUID

from infra.kernel.context import Context


async def is_part_of(ctx: Context, table: str, part_id: UUID, whole_id: UUID) -> bool:
    """Whether the part lies below the whole, or is it, in this table's tree of `parent_id`."""
    if table not in {"product_models", "sold_products"}:
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


async def skills_needed(ctx: Context, product_model_id: UUID) -> dict[UUID, int]:
    """Skill → least level that work on the model needs."""
    rows = await ctx.fetch(
        """SELECT skill_id, level FROM product_model_skills
           WHERE tenant_id = $1 AND product_model_id = $2""",
        ctx.tenant_id,
        product_model_id,
    )
    return {row["skill_id"]: row["level"] for row in rows}
