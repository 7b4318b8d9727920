"""F16: a migration is killed in the middle of each file; running it again ends where it should."""

import asyncio
import signal
import sys

import asyncpg

from infra.embedded.stack import Addresses
from infra.migrations.runner import DIRECTORY, migrate, pending, read_migrations
from infra.migrations.splitter import split_statements
from tests.faults.process import ROOT

# Dies by itself at a statement of one file: the 1st, 2nd … of the file that is applied next.
CUT_OFF = """
import asyncio, os, signal, sys
import asyncpg
from infra.migrations import runner

dsn, at = sys.argv[1], int(sys.argv[2])
done, real = 0, asyncpg.Connection.execute

async def execute(self, query, *args, **more):
    global done
    done += self.is_in_transaction()
    if done == at:
        os.kill(os.getpid(), signal.SIGKILL)
    return await real(self, query, *args, **more)

asyncpg.Connection.execute = execute
asyncio.run(runner.migrate(dsn))
"""

SHAPE = """
SELECT md5(string_agg(line, E'\\n' ORDER BY line)) FROM (
  SELECT format('%s.%s %s %s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
                a.attnotnull, pg_get_expr(d.adbin, d.adrelid)) AS line
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
   WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
  UNION ALL SELECT format('%s %s', conrelid::regclass, pg_get_constraintdef(oid))
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
  UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
  UNION ALL SELECT format('%s %s %s %s', tablename, policyname, qual, with_check)
    FROM pg_policies WHERE schemaname = 'public') lines
"""


async def shape(dsn: str) -> str:
    connection = await asyncpg.connect(dsn)
    try:
        found: str = await connection.fetchval(SHAPE)
        return found
    finally:
        await connection.close()


async def cut_off(dsn: str, at: int) -> int:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", CUT_OFF, dsn, str(at), cwd=ROOT, stderr=asyncio.subprocess.DEVNULL
    )
    return await process.wait()


async def test_a_migration_killed_in_any_file_is_finished_by_running_it_again(
    empty_database: Addresses, servers: Addresses, template: str
) -> None:
    dsn = empty_database.owner_dsn
    files = read_migrations(DIRECTORY)
    before = None
    for number, migration in enumerate(files):
        # Half-way, and on every other file as it commits. Around its statements a file sets a
        # limit, writes itself into the book and commits.
        statements = len(list(split_statements(migration.text)))
        at = statements // 2 + 1 if number % 2 else statements + 3
        if before is not None:
            at += before + 3
        assert await cut_off(dsn, at) == -signal.SIGKILL
        waiting = await pending(dsn)
        assert waiting == [each.label for each in files[number:]], "the file left nothing behind"
        before = statements
    assert await migrate(dsn) == [files[-1].label]
    assert await migrate(dsn) == []
    whole = servers.owner_dsn.replace("/atrium?", f"/{template}?")
    assert await shape(dsn) == await shape(whole)
