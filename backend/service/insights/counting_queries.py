"""The statements that count cases.

Each sees one moment of the database, in which a case either has its mark or is counted as it is: so
taking marks and adding what changed is exact however many write meanwhile.
"""

from typing import Any
from uuid import UUID

from backend.service.insights.sums import (
    BINS,
    COLUMNS,
    EVERY_KEY,
    FIGURES,
    NAMES,
    NOW,
    REPLACE,
    SUMS,
    UPSERT,
    added,
    grains_of,
)
from infra.kernel.context import Context
from infra.kernel.ids import uuid7

_FOLD = f"""
WITH taken AS (
  DELETE FROM case_marks WHERE tenant_id = $1 AND id = ANY (ARRAY(
    SELECT id FROM case_marks WHERE tenant_id = $1 ORDER BY id LIMIT $2))
  RETURNING case_id
), touched AS MATERIALIZED (
  SELECT array_agg(DISTINCT case_id) AS ids, count(*) AS marks FROM taken
), before AS MATERIALIZED (
  SELECT o AS f FROM case_figures o
   WHERE o.tenant_id = $1 AND o.id = ANY (ARRAY(SELECT unnest(ids) FROM touched))
), after AS MATERIALIZED (
  SELECT {NOW} AS f FROM case_figures_now n
   WHERE n.tenant_id = $1 AND n.id = ANY (ARRAY(SELECT unnest(ids) FROM touched))
), changes AS (
  SELECT -1 AS sign, f FROM before UNION ALL SELECT 1, f FROM after
), gone AS (
  DELETE FROM case_figures WHERE tenant_id = $1
     AND id = ANY (ARRAY(SELECT (b.f).id FROM before b
                         WHERE NOT EXISTS (SELECT FROM after a WHERE (a.f).id = (b.f).id)))
), kept AS (
  INSERT INTO case_figures SELECT (a.f).* FROM after a
  ON CONFLICT (tenant_id, id) DO UPDATE SET {REPLACE}
), added AS (
  INSERT INTO case_counts (tenant_id, dimension, grain, day, group_id, value, {NAMES})
  SELECT $1, s.* FROM ({added("changes", EVERY_KEY, joined=grains_of(tuple(COLUMNS)))}) s
  {UPSERT}
)
SELECT marks FROM touched
"""


async def hold_head(ctx: Context) -> Any:
    """The tenant's head row, locked and made where there is none; None while another counts."""
    await ctx.execute(
        """INSERT INTO figure_heads (tenant_id, id) VALUES ($1, $2)
           ON CONFLICT (tenant_id) DO NOTHING""",
        ctx.tenant_id,
        uuid7(),
    )
    return await ctx.fetchrow(
        "SELECT zone FROM figure_heads WHERE tenant_id = $1 FOR UPDATE SKIP LOCKED", ctx.tenant_id
    )


async def fold(ctx: Context, most: int) -> int:
    """Count cases that have marks anew; how many marks were taken."""
    marks: int = await ctx.fetchval(_FOLD, ctx.tenant_id, most)
    await ctx.execute(
        "UPDATE figure_heads SET counted_at = $2 WHERE tenant_id = $1", ctx.tenant_id, ctx.now
    )
    return marks


async def is_marked(connection: Any, tenant_id: UUID) -> bool:
    """Whether any case waits to be counted."""
    found: bool = await connection.fetchval(
        "SELECT EXISTS (SELECT FROM case_marks WHERE tenant_id = $1)", tenant_id
    )
    return found


async def zone_of_tenant(ctx: Context) -> str:
    """Where the tenant's days begin: the zone of its default calendar, else UTC."""
    zone: str | None = await ctx.fetchval(
        "SELECT zone FROM calendars WHERE tenant_id = $1 AND is_default", ctx.tenant_id
    )
    return zone or "UTC"


async def zone_counted(ctx: Context) -> str:
    """The zone by which days are counted at present."""
    zone: str | None = await ctx.fetchval(
        "SELECT zone FROM figure_heads WHERE tenant_id = $1", ctx.tenant_id
    )
    return zone or "UTC"


async def rebuild(ctx: Context, zone: str) -> int:
    """Count everything from nothing, by days of this zone; how many cases there are."""
    tenant = ctx.tenant_id
    await ctx.execute("UPDATE figure_heads SET zone = $2 WHERE tenant_id = $1", tenant, zone)
    await ctx.execute("DELETE FROM case_counts WHERE tenant_id = $1", tenant)
    cases: int = await ctx.fetchval(
        f"""WITH forgotten AS (DELETE FROM case_marks WHERE tenant_id = $1),
            gone AS (DELETE FROM case_figures f WHERE f.tenant_id = $1 AND NOT EXISTS
              (SELECT FROM case_figures_now n WHERE n.tenant_id = $1 AND n.id = f.id)),
            kept AS (INSERT INTO case_figures SELECT tenant_id, id, {FIGURES}
                       FROM case_figures_now WHERE tenant_id = $1
                     ON CONFLICT (tenant_id, id) DO UPDATE SET {REPLACE} RETURNING 1)
            SELECT count(*) FROM kept""",
        tenant,
    )
    for dimension in COLUMNS:
        await ctx.execute(
            f"""INSERT INTO case_counts (tenant_id, dimension, grain, day, group_id, value, {NAMES})
                SELECT $1, s.* FROM ({recount(dimension)}) s""",
            tenant,
        )
    return cases


def recount(dimension: str) -> str:
    """The sums of a dimension as the figures of cases have them."""
    figures = "(SELECT 1 AS sign, f FROM case_figures f WHERE f.tenant_id = $1)"
    return added(figures, EVERY_KEY, joined=grains_of((dimension,)))


_KEY = "dimension, grain, day, group_id, value"
_EMPTY = " AND ".join([*(f"{c} = 0" for c in SUMS), *(f"{c} = '{{}}'" for c in BINS)])


async def wrong_sums(ctx: Context, dimension: str) -> list[Any]:
    """Keys whose sums are not what the figures of cases add up to; none where all is well."""
    return await ctx.fetch(
        f"""WITH stored AS (SELECT {_KEY}, {NAMES} FROM case_counts
                             WHERE tenant_id = $1 AND dimension = $2 AND NOT ({_EMPTY})),
                 true_ones AS ({recount(dimension)})
            SELECT DISTINCT {_KEY} FROM (
              (SELECT * FROM stored EXCEPT SELECT * FROM true_ones) UNION ALL
              (SELECT * FROM true_ones EXCEPT SELECT * FROM stored)) apart ORDER BY {_KEY}""",
        ctx.tenant_id,
        dimension,
    )


async def mend_sums(ctx: Context, dimension: str) -> None:
    """Put the sums of a dimension as they have to be."""
    await ctx.execute(
        "DELETE FROM case_counts WHERE tenant_id = $1 AND dimension = $2", ctx.tenant_id, dimension
    )
    await ctx.execute(
        f"""INSERT INTO case_counts (tenant_id, dimension, grain, day, group_id, value, {NAMES})
            SELECT $1, s.* FROM ({recount(dimension)}) s""",
        ctx.tenant_id,
    )


async def note_mended(ctx: Context) -> None:
    """Count the times that sums had to be put right: there should be none."""
    await ctx.execute(
        "UPDATE figure_heads SET mended = mended + 1 WHERE tenant_id = $1", ctx.tenant_id
    )


async def mark_astray(ctx: Context, after: UUID, most: int) -> tuple[UUID | None, int]:
    """Mark cases whose figures are not what they should be, a page of them in the order of ids;
    the last id looked at, None at the end, and how many were found. A case that has a mark
    already is on its way."""
    (row,) = await ctx.fetch(
        """WITH page AS MATERIALIZED (
              SELECT id FROM (
                (SELECT id FROM cases WHERE tenant_id = $1 AND id > $2 ORDER BY id LIMIT $3)
                UNION (SELECT id FROM case_figures WHERE tenant_id = $1 AND id > $2
                        ORDER BY id LIMIT $3)) ids ORDER BY id LIMIT $3),
            astray AS (
              SELECT coalesce(o.id, n.id) AS id
                FROM (SELECT f.id, to_jsonb(f) AS told FROM case_figures f
                       WHERE f.tenant_id = $1 AND f.id = ANY (ARRAY(SELECT id FROM page))) o
                FULL JOIN (SELECT n.id, to_jsonb(n) AS told FROM case_figures_now n
                       WHERE n.tenant_id = $1 AND n.id = ANY (ARRAY(SELECT id FROM page))) n
                  ON n.id = o.id
               WHERE o.told IS DISTINCT FROM n.told
                 AND NOT EXISTS (SELECT FROM case_marks m WHERE m.tenant_id = $1
                                  AND m.case_id = coalesce(o.id, n.id))),
            marked AS (INSERT INTO case_marks (tenant_id, case_id)
                       SELECT $1, id FROM astray RETURNING 1)
            SELECT (SELECT id FROM page ORDER BY id DESC LIMIT 1) AS last,
                   (SELECT count(*) FROM page) AS looked_at,
                   (SELECT count(*) FROM marked) AS found""",
        ctx.tenant_id,
        after,
        most,
    )
    return (row["last"] if row["looked_at"] >= most else None), row["found"]
