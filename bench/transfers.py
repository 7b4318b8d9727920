"""Import: rows a second of accounts and contacts from a file, beside the same rows, audit entries,
events and search entries written by bare statements; and what it holds in memory meanwhile."""

import asyncio
import time
from pathlib import Path
from uuid import UUID

import asyncpg
import orjson

from backend.platform.transfers.importing import run_import
from bench.ground import Firm, Ground
from bench.results import Result, limit, reach
from infra.kernel.attachments import record_file, storage_of
from infra.kernel.ids import uuid7
from infra.kernel.jobs import JobRun

PER_SECOND_MIN = 1_000.0
MEGABYTES_MAX = 60.0
BATCH = 500

_FLOOR = """
WITH a AS (
  INSERT INTO accounts (tenant_id, id, number, name, code, path, email, phone, created_at,
                        updated_at)
  SELECT $1, n.id, 'F' || n.code, n.name, n.code, n.code || '/', n.email, n.phone, now(), now()
    FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[])
      AS n (id, name, code, email, phone)),
u AS (
  INSERT INTO audit_entries (tenant_id, id, at, actor, action, kind, record_id, changes, request_id,
                             origin)
  SELECT $1, n.entry, now(), '{}', 'accounts.import', 'accounts', n.id, n.changes::jsonb, '', ''
    FROM unnest($2::uuid[], $7::uuid[], $9::text[]) AS n (id, entry, changes)),
e AS (
  INSERT INTO events (tenant_id, id, type, kind, record_id, at, actor, payload, request_id)
  SELECT $1, n.event, 'accounts.created', 'accounts', n.id, now(), '{}', n.changes::jsonb, ''
    FROM unnest($2::uuid[], $8::uuid[], $9::text[]) AS n (id, event, changes))
INSERT INTO search_entries (tenant_id, kind, id, words)
SELECT $1, 'accounts', n.id, to_tsvector('simple', n.name || ' ' || n.code)
  FROM unnest($2::uuid[], $3::text[], $4::text[]) AS n (id, name, code)
"""


def _row(number: int) -> tuple[str, str, str, str]:
    return (
        f"Company {number}", f"X{number}", f"x{number}@example.com", f"+49 30 {number}",
    )  # fmt: skip


async def imported(ground: Ground) -> list[Result]:
    """Accounts, then contacts who name their account and have an address of their own."""
    number = 5_000 if ground.is_quick else 100_000
    firm = await ground.found("imports", 0)
    accounts = "external_id,name,code,email,phone\r\n" + "".join(
        f"{n},{','.join(_row(n))}\r\n" for n in range(number)
    )
    contacts = "name,email,account.external_id\r\n" + "".join(
        f"Person {n},p{n}@example.com,{n}\r\n" for n in range(number)
    )
    floor = await _floor(ground, number)
    await _import(ground, firm, "skills", b"name\r\nwarm\r\n")
    before = _megabytes()
    ours = await _import(ground, firm, "accounts", accounts.encode())
    people = await _import(ground, firm, "contacts", contacts.encode())
    return [
        reach("import  accounts", number / ours, "/s", PER_SECOND_MIN, number / floor),
        reach("import  contacts with their users", number / people, "/s", PER_SECOND_MIN / 2),
        limit(f"import  memory over rest, {number:,} rows", _peak - before, "MB", MEGABYTES_MAX),
    ]


async def _import(ground: Ground, firm: Firm, resource: str, content: bytes) -> float:
    """Seconds of one import, run here."""
    services, profile = ground.services, firm.admin.profile_id
    stored = await storage_of(services).keep(firm.id, content)
    async with services.system(firm.id, reason="bench") as ctx:
        file = await record_file(ctx, stored, "file.csv", "text/csv")
        file.created_by = profile
    made = await ground.do(
        firm, "imports.create", attachment_id=str(file.id), resource=resource, format="csv",
        source="bench",
    )  # fmt: skip
    run = await _hold(ground, firm)
    watching = asyncio.create_task(_watch())
    began = time.perf_counter()
    await run_import(run, import_id=UUID(str(made["id"])))
    spent = time.perf_counter() - began
    watching.cancel()
    (row,) = await ground.list_of(firm, "imports", id=str(made["id"]))
    if row["state"] != "done" or row["failed_count"]:
        raise RuntimeError(f"the import of {resource} is {row['state']}: {row['problem']}")
    return spent


async def _hold(ground: Ground, firm: Firm) -> JobRun:
    """The import's job, as a worker holds it."""
    async with ground.services.database.transaction(firm.id) as connection:
        row = await connection.fetchrow(
            """UPDATE jobs SET state = 'running', fence = fence + 1,
                 lease_until = now() + interval '1 hour'
               WHERE tenant_id = $1 AND name = 'transfers.import' AND state = 'queued'
               RETURNING id, fence""",
            firm.id,
        )
    return JobRun(ground.services, firm.id, row["id"], "transfers.import", 1, 9, row["fence"])


_peak = 0.0


async def _watch() -> None:
    global _peak  # noqa: PLW0603  the highest that was seen
    while True:
        _peak = max(_peak, _megabytes())
        await asyncio.sleep(0.05)


def _megabytes() -> float:
    told = Path("/proc/self/status").read_text()
    return int(next(row for row in told.splitlines() if row.startswith("VmRSS")).split()[1]) / 1024


async def _floor(ground: Ground, number: int) -> float:
    """Seconds for the same rows of another tenant, under the application's role."""
    other = await ground.found("imports-floor", 0)
    connection = await asyncpg.connect(ground.addresses.app_dsn)
    began = time.perf_counter()
    try:
        for start in range(0, number, BATCH):
            rows = [_row(n) for n in range(start, min(number, start + BATCH))]
            ids = [[uuid7() for _ in rows] for _ in range(3)]
            changes = [
                orjson.dumps({"name": [None, r[0]], "code": [None, r[1]]}).decode() for r in rows
            ]
            names, codes, emails, phones = (list(column) for column in zip(*rows, strict=True))
            await connection.execute(f"BEGIN; SET LOCAL app.tenant_id = '{other.id}'")
            await connection.execute(
                _FLOOR, other.id, ids[0], names, codes, emails, phones, ids[1], ids[2], changes
            )
            await connection.execute("COMMIT")
    finally:
        await connection.close()
    return time.perf_counter() - began
