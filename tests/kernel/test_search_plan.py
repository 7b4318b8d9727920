"""The word index is really used: with row-level security in the way it easily is not."""

import asyncpg

from infra.kernel.config import Settings
from infra.kernel.ids import uuid7

FILL = """
INSERT INTO search_entries (tenant_id, kind, id, words)
SELECT $1, 'cases', gen_random_uuid(), to_tsvector('simple', 'word' || n || ' common')
  FROM generate_series(1, 20000) n"""
SEARCH = """
EXPLAIN SELECT e.id FROM search_entries e
 WHERE e.tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid
  AND e.kind = 'cases' AND e.words @@ to_tsquery('simple', '''word77'':*')"""


async def test_the_search_function_reads_through_its_word_index(settings: Settings) -> None:
    tenant = uuid7()
    owner = await asyncpg.connect(settings.owner_dsn)
    try:
        await owner.execute(FILL, tenant)
        await owner.execute("ANALYZE search_entries")
        await owner.execute("BEGIN")
        await owner.execute(f"SET LOCAL app.tenant_id = '{tenant}'")
        await owner.execute("SET LOCAL ROLE search_reader")
        plan = "\n".join(row[0] for row in await owner.fetch(SEARCH))
        await owner.execute("ROLLBACK")
        await owner.execute("DELETE FROM search_entries WHERE tenant_id = $1", tenant)
    finally:
        await owner.close()
    assert "search_entries_words" in plan, plan


async def test_the_search_function_shows_no_other_tenants_words(settings: Settings) -> None:
    owner = await asyncpg.connect(settings.owner_dsn)
    outsider = await asyncpg.connect(settings.app_dsn)
    tenant = uuid7()
    ask = "SELECT count(*) FROM app_search('cases', to_tsquery('simple', 'canary'), 100)"
    try:
        await owner.execute(
            """INSERT INTO search_entries (tenant_id, kind, id, words)
               VALUES ($1, 'cases', $1, to_tsvector('simple', 'canary'))""",
            tenant,
        )
        assert await outsider.fetchval(ask) == 0
        await outsider.execute(f"BEGIN; SET LOCAL app.tenant_id = '{uuid7()}'")
        assert await outsider.fetchval(ask) == 0
        await outsider.execute("ROLLBACK")
        await outsider.execute(f"BEGIN; SET LOCAL app.tenant_id = '{tenant}'")
        assert await outsider.fetchval(ask) == 1
    finally:
        await owner.execute("DELETE FROM search_entries WHERE tenant_id = $1", tenant)
        await owner.close()
        await outsider.close()
