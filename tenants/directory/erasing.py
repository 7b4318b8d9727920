"""Erasing a tenant: every row of every table, in an order that foreign keys allow, with a proof.

It happens in one transaction, so a tenant is whole or gone. Files go afterwards: were they to go
first, a failure would leave rows that point nowhere.
"""

import asyncio
import hashlib
import json
import shutil
from typing import Any
from uuid import UUID

from infra.kernel.ids import uuid7
from infra.kernel.services import Services
from tenants.directory import queries
from tenants.directory.catalog import deletion_order, references, tenant_tables
from tenants.directory.exporting import files_of

AUDIT = ("audit_entries", "audit_heads")


async def erase_rows(services: Services, tenant_id: UUID, slug: str) -> dict[str, Any]:
    """Delete all of it and answer the proof: counts by table and a digest over them."""
    counts: dict[str, int] = {}
    async with services.database.transaction(tenant_id) as connection:
        tables = {table.name: table for table in await tenant_tables(connection)}
        order, emptied = deletion_order(tables, await references(connection))
    stuck = [n for n, table in tables.items() if not table.is_deletable and n not in AUDIT]
    if stuck:
        raise RuntimeError(f"the application may not delete from {', '.join(stuck)}")
    async with services.system(tenant_id, reason="erasure") as ctx:
        await ctx.execute("SET LOCAL statement_timeout = 0")
        for edge in emptied:
            await ctx.execute(
                f'UPDATE "{edge.child}" SET "{edge.column}" = NULL WHERE tenant_id = $1', tenant_id
            )
        # Credentials first: nobody is to act, and no trigger has their rows to stamp.
        for name in sorted(order, key=lambda table: table != "credentials"):
            if name not in AUDIT:
                tag = await ctx.execute(f'DELETE FROM "{name}" WHERE tenant_id = $1', tenant_id)
                counts[name] = int(str(tag).rpartition(" ")[2])
        counts["audit_entries"] = await ctx.fetchval("SELECT app_erase_audit()")
        kept = {name: number for name, number in sorted(counts.items()) if number}
        proof = {"tenant_id": str(tenant_id), "slug": slug, "erased_at": ctx.now.isoformat()}
        told = proof | {"counts": kept}
        digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).digest()
        proof_id = uuid7()
        await queries.add_proof(ctx, proof_id, slug, ctx.now, kept, digest)
        await queries.close_tenant(ctx)
    await asyncio.to_thread(shutil.rmtree, files_of(services, tenant_id), ignore_errors=True)
    return told | {"id": str(proof_id), "digest": digest.hex()}
