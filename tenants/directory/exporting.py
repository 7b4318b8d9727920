"""All that a tenant has, as one zip: a file of JSON lines per table, one of facts, and its files.

Whatever would let somebody in (digests of tokens and passwords, client secrets) stays behind: it
is of no use elsewhere and a danger everywhere.
"""

import asyncio
import json
import zipfile
from pathlib import Path
from typing import Any
from uuid import UUID

from infra.kernel.database import Connection
from infra.kernel.services import Services
from tenants.directory.catalog import Table, tenant_tables

SECRET_COLUMNS = frozenset(
    (
        "secret_hash", "password_hash", "token_hash", "code_hash", "state_hash", "browser_hash",
        "client_secret", "secrets", "secret", "nonce", "verifier", "code_challenge",
    )
)  # fmt: skip
SECRET_TABLES = frozenset({"oidc_states", "oauth_codes", "password_resets", "idempotency_keys"})
_BATCH = 1000


async def write_export(services: Services, tenant_id: UUID, to: Path) -> dict[str, int]:
    """Write the zip and answer rows by table, as of one moment. The file must not exist."""
    counts: dict[str, int] = {}
    files: list[str] = []
    with zipfile.ZipFile(to, "x", zipfile.ZIP_DEFLATED) as archive:
        async with services.database.transaction(tenant_id) as connection:
            await connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            await connection.execute("SET LOCAL statement_timeout = 0")
            for table in await tenant_tables(connection):
                if table.name not in SECRET_TABLES:
                    counts[table.name] = await _write_table(connection, archive, table, tenant_id)
            rows = await connection.fetch(
                "SELECT storage_key FROM attachments WHERE tenant_id = $1", tenant_id
            )
            files = [row["storage_key"] for row in rows]
        await asyncio.to_thread(_write_files, archive, files_of(services, tenant_id), files)
        facts = {"tenant_id": str(tenant_id), "rows": counts, "files": len(files)}
        archive.writestr("export.json", json.dumps(facts, indent=2))
    return counts


def files_of(services: Services, tenant_id: UUID) -> Path:
    """The directory below which a tenant's files lie."""
    return services.settings.files_dir / tenant_id.hex


async def _write_table(
    connection: Connection, archive: zipfile.ZipFile, table: Table, tenant_id: UUID
) -> int:
    shown = ", ".join(f'"{name}"' for name in table.columns if name not in SECRET_COLUMNS)
    key = ", ".join(f'"{name}"' for name in ("kind", "id") if name in table.columns) or "1"
    query = f"""SELECT row_to_json(t)::text FROM (SELECT {shown} FROM "{table.name}"
                WHERE tenant_id = $1 ORDER BY {key}) t"""
    count = 0
    with archive.open(f"{table.name}.ndjson", "w", force_zip64=True) as file:
        batch: list[str] = []
        async for record in connection.cursor(query, tenant_id, prefetch=_BATCH):
            batch.append(record[0])
            if len(batch) == _BATCH:
                count += await _write_lines(file, batch)
        count += await _write_lines(file, batch)
    return count


async def _write_lines(file: Any, batch: list[str]) -> int:
    """Compress off the event loop, and empty the batch."""
    lines = "".join(f"{line}\n" for line in batch).encode()
    written = len(batch)
    batch.clear()
    if lines:
        await asyncio.to_thread(file.write, lines)
    return written


def _write_files(archive: zipfile.ZipFile, root: Path, keys: list[str]) -> None:
    for key in keys:
        path = root / key
        if path.is_file():
            archive.write(path, f"files/{key}")
