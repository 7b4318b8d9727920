"""The statements that count cases.

Each sees one moment of the database, in which a case either has its mark or is counted as it is: so
taking marks and adding what changed is exact however many write meanwhile.
"""

from typing import Any
from uuid import UUID

from backend.service.insights.sums import (
    BINS,
    FIGURES,
    NAMES,
    REPLACE,
    SUM_KEY,
    SUMS,
    UPSERT,
    added_everywhere,
)
from infra.kernel.context import Context
from infra.kernel.ids import uuid7

NIL = UUID(int=0)
LOOK_SECONDS_MAX = 600
_COUNTED = f"""
before AS MATERIALIZED (
  SELECT -1 AS sign, tenant_id, id, {FIGURES} FROM case_figures
   WHERE tenant_id = $1 AND id = ANY (ARRAY(SELECT unnest(ids) FROM touched))
), after AS MATERIALIZED (
  SELECT 1 AS sign, tenant_id, id, {FIGURES} FROM case_figures_now
   WHERE tenant_id = $1 AND id = ANY (ARRAY(SELECT unnest(ids) FROM touched))
), changes AS MATERIALIZED (
  SELECT * FROM before UNION ALL SELECT * FROM after
), gone AS (
  DELETE FROM case_figures WHERE tenant_id = $1
     AND id = ANY (ARRAY(SELECT id FROM before EXCEPT SELECT id FROM after))
), kept AS (
  INSERT INTO case_figures AS o (tenant_id, id, {FIGURES})
  SELECT tenant_id, id, {FIGURES} FROM after
  ON CONFLICT (tenant_id, id) DO UPDATE SET {REPLACE} WHERE (o.*) IS DISTINCT FROM (EXCLUDED.*)
), added AS (
  INSERT INTO case_counts (tenant_id, {SUM_KEY}, {NAMES})
  SELECT $1, s.* FROM ({added_everywhere("changes")}) s
  {UPSERT}
)"""
"""Counts the cases in `touched.ids` as they are, in place of how they were counted before."""
_FOLD = f"""
WITH taken AS (
  DELETE FROM case_marks WHERE tenant_id = $1 AND id = ANY (ARRAY(
    SELECT id FROM case_marks WHERE tenant_id = $1 ORDER BY id LIMIT $2))
  RETURNING case_id
), touched AS MATERIALIZED (
  SELECT array_agg(DISTINCT case_id) AS ids, count(*) AS marks FROM taken
), {_COUNTED}
SELECT marks FROM touched
"""
_PAGE = """page AS MATERIALIZED (
  SELECT id FROM (
    (SELECT id FROM cases WHERE tenant_id = $1 AND id > $2 ORDER BY id LIMIT $3)
    UNION (SELECT id FROM case_figures WHERE tenant_id = $1 AND id > $2 ORDER BY id LIMIT $3)) ids
   ORDER BY id LIMIT $3)"""
"""Cases that there are or were counted, in the order of their ids."""
_COUNT_PAGE = f"""
WITH {_PAGE}, touched AS MATERIALIZED (
  SELECT array_agg(id ORDER BY id) AS ids, count(*) AS cases FROM page
), taken AS (
  DELETE FROM case_marks WHERE tenant_id = $1
     AND case_id = ANY (ARRAY(SELECT unnest(ids) FROM touched))
), {_COUNTED}
SELECT ids[cases] AS last, cases FROM touched
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
        """SELECT zone, counting_after FROM figure_heads WHERE tenant_id = $1
              FOR UPDATE SKIP LOCKED""",
        ctx.tenant_id,
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


async def is_counting(ctx: Context) -> bool:
    """Whether cases are being counted from the first to the last, and some still wait for it."""
    found: bool = await ctx.fetchval(
        """SELECT EXISTS (SELECT FROM figure_heads WHERE tenant_id = $1
                           AND counting_after IS NOT NULL)""",
        ctx.tenant_id,
    )
    return found


async def begin_count(ctx: Context, zone: str) -> None:
    """From here on all cases are counted anew, by days of this zone, a page at a time."""
    await ctx.execute(
        "UPDATE figure_heads SET zone = $2, counting_after = $3 WHERE tenant_id = $1",
        ctx.tenant_id,
        zone,
        NIL,
    )


async def count_page(ctx: Context, after: UUID, most: int) -> bool:
    """Count the cases that follow; whether there may be more. The head remembers how far it is."""
    await _take_time(ctx)
    (row,) = await ctx.fetch(_COUNT_PAGE, ctx.tenant_id, after, most)
    last: UUID | None = row["last"] if row["cases"] >= most else None
    await ctx.execute(
        "UPDATE figure_heads SET counting_after = $2, counted_at = $3 WHERE tenant_id = $1",
        ctx.tenant_id,
        last,
        ctx.now,
    )
    return last is not None


_EMPTY = " AND ".join([*(f"{c} = 0" for c in SUMS), *(f"{c} = '{{}}'" for c in BINS)])
_APART = f"""
figures AS MATERIALIZED (
  SELECT 1 AS sign, f.* FROM case_figures f WHERE f.tenant_id = $1
), true_ones AS MATERIALIZED (
  {added_everywhere("figures")}
), stored AS (
  SELECT {SUM_KEY}, {NAMES} FROM case_counts WHERE tenant_id = $1 AND NOT ({_EMPTY})
), apart AS MATERIALIZED (
  SELECT DISTINCT {SUM_KEY} FROM (
    (SELECT * FROM stored EXCEPT SELECT * FROM true_ones) UNION ALL
    (SELECT * FROM true_ones EXCEPT SELECT * FROM stored)) differing
)"""
"""Keys whose sums are not what the figures of cases add up to."""
_MEND = f"""
WITH {_APART}, gone AS (
  DELETE FROM case_counts WHERE tenant_id = $1 AND ({SUM_KEY}) IN (
    SELECT {SUM_KEY} FROM apart EXCEPT SELECT {SUM_KEY} FROM true_ones)
), put AS (
  INSERT INTO case_counts (tenant_id, {SUM_KEY}, {NAMES})
  SELECT $1, t.* FROM true_ones t JOIN apart USING ({SUM_KEY})
  ON CONFLICT (tenant_id, {SUM_KEY})
  DO UPDATE SET {", ".join(f"{name} = EXCLUDED.{name}" for name in (*SUMS, *BINS))}
)
SELECT count(*) FROM apart
"""


async def wrong_sums(ctx: Context) -> list[Any]:
    """Keys of sums that are wrong; none where all is well."""
    await _take_time(ctx)
    return await ctx.fetch(f"WITH {_APART} SELECT * FROM apart ORDER BY {SUM_KEY}", ctx.tenant_id)


async def mend_sums(ctx: Context) -> int:
    """Put wrong sums as they have to be; how many there were."""
    await _take_time(ctx)
    wrong: int = await ctx.fetchval(_MEND, ctx.tenant_id)
    return wrong


async def _take_time(ctx: Context) -> None:
    """Many cases are added up in more than a request's time and room; nobody waits for it."""
    await ctx.execute(
        f"SET LOCAL statement_timeout = '{LOOK_SECONDS_MAX}s'; SET LOCAL work_mem = '64MB'"
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
        f"""WITH {_PAGE},
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
