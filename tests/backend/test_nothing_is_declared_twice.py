"""A reference or an index that is there twice costs every write twice and finds nothing more."""

import asyncpg

from infra.kernel.config import Settings

REFERENCES = """
SELECT conrelid::regclass::text AS name, array_agg(conname::text ORDER BY conname) AS same
  FROM pg_constraint WHERE contype = 'f' AND conparentid = 0
 GROUP BY conrelid, conkey, confrelid, confkey HAVING count(*) > 1"""
INDEXES = """
SELECT x.indrelid::regclass::text AS name,
       array_agg(x.indexrelid::regclass::text ORDER BY x.indexrelid) AS same
  FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
 WHERE NOT i.relispartition AND i.relnamespace = 'public'::regnamespace
 GROUP BY x.indrelid, i.relam, x.indkey::text, x.indclass::text, x.indoption::text,
          pg_get_expr(x.indexprs, x.indrelid), pg_get_expr(x.indpred, x.indrelid)
HAVING count(*) > 1"""


async def test_no_reference_and_no_index_is_declared_twice(settings: Settings) -> None:
    connection = await asyncpg.connect(settings.owner_dsn)
    try:
        rows = await connection.fetch(REFERENCES) + await connection.fetch(INDEXES)
    finally:
        await connection.close()
    assert {row["name"]: row["same"] for row in rows} == {}
