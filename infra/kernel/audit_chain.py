"""Seals audit entries into a tenant's chain, and exports the chain for `audit_verify`.

Entries are appended by the business transaction without a lock; the relay seals them in turn after
commit. An entry that is sealed cannot be changed any more, even by the application's own role.
"""

import base64
import hashlib
import json
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from infra.kernel import audit_verify
from infra.kernel.database import Database

SEAL_MAX = 500
EXPORT_PAGE = 1000

_COLUMNS = (
    "id, at, actor::text AS actor, action, kind, record_id, changes::text AS changes, "
    "request_id, origin"
)


class ChainKey:
    """The installation's signing key, derived from its secret, so that there is nothing to keep."""

    def __init__(self, secret_key: str) -> None:
        seed = hashlib.sha256(b"atrium audit head\0" + secret_key.encode()).digest()
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self._private.public_key().public_bytes_raw()

    def sign(self, tenant_id: UUID, seq: int, head: bytes) -> bytes:
        return self._private.sign(audit_verify.head_message(str(tenant_id), seq, head))


def moment(at: datetime) -> str:
    """A time in the one spelling that is hashed: UTC, always with microseconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def entry_of(tenant_id: UUID, row: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a row that its hash covers."""
    return {
        "tenant_id": str(tenant_id),
        "id": str(row["id"]),
        "at": moment(row["at"]),
        "actor": json.loads(row["actor"]),
        "action": row["action"],
        "kind": row["kind"],
        "record_id": str(row["record_id"]),
        "changes": json.loads(row["changes"]),
        "request_id": row["request_id"],
        "origin": row["origin"],
    }


async def seal(connection: Any, tenant_id: UUID, seq: int, head: bytes, key: ChainKey) -> int:
    """Seal the oldest unsealed entries after `head`, which the caller holds locked; how many."""
    rows = await connection.fetch(
        f"""SELECT {_COLUMNS} FROM audit_entries
            WHERE tenant_id = $1 AND seq IS NULL ORDER BY id LIMIT {SEAL_MAX}""",
        tenant_id,
    )
    if not rows:
        return 0
    head = head or audit_verify.GENESIS
    hashes: list[bytes] = []
    for number, row in enumerate(rows, seq + 1):
        digest = audit_verify.content_digest(entry_of(tenant_id, row))
        head = audit_verify.link(head, number, digest)
        hashes.append(head)
    last = seq + len(rows)
    await connection.execute(
        """UPDATE audit_entries a SET seq = s.seq, hash = s.hash
           FROM unnest($2::uuid[], $3::bigint[], $4::bytea[]) AS s (id, seq, hash)
           WHERE a.tenant_id = $1 AND a.id = s.id""",
        tenant_id,
        [row["id"] for row in rows],
        list(range(seq + 1, last + 1)),
        hashes,
    )
    await connection.execute(
        """UPDATE audit_heads SET seq = $2, hash = $3, signature = $4, sealed_at = now()
           WHERE tenant_id = $1""",
        tenant_id,
        last,
        head,
        key.sign(tenant_id, last, head),
    )
    return len(rows)


async def export(database: Database, tenant_id: UUID, key: ChainKey) -> AsyncIterator[bytes]:
    """The sealed chain as NDJSON lines, in bounded memory; what is sealed meanwhile is left out."""
    connection: Any
    async with database.transaction(tenant_id) as connection:
        head = await connection.fetchrow(
            "SELECT seq, hash, signature FROM audit_heads WHERE tenant_id = $1", tenant_id
        )
    public = base64.b64encode(key.public).decode()
    yield _line({"format": audit_verify.FORMAT, "tenant_id": str(tenant_id), "public_key": public})
    last, seq = (head["seq"] if head else 0), 0
    while seq < last:
        async with database.transaction(tenant_id) as connection:
            rows = await connection.fetch(
                f"""SELECT {_COLUMNS}, seq, hash, redacted_digest FROM audit_entries
                    WHERE tenant_id = $1 AND seq > $2 AND seq <= $3
                    ORDER BY seq LIMIT {EXPORT_PAGE}""",
                tenant_id,
                seq,
                last,
            )
        if not rows:
            break  # the verifier names the gap
        for row in rows:
            sealed = {"seq": row["seq"], "hash": bytes(row["hash"]).hex()}
            if row["redacted_digest"]:
                sealed["redacted_digest"] = bytes(row["redacted_digest"]).hex()
            yield _line(entry_of(tenant_id, row) | sealed)
        seq = rows[-1]["seq"]
    told = bytes(head["hash"]) if head and head["hash"] else audit_verify.GENESIS
    signature = base64.b64encode(head["signature"]).decode() if head else ""
    yield _line({"head": {"seq": last, "hash": told.hex(), "signature": signature}})


def _line(row: dict[str, Any]) -> bytes:
    return audit_verify.canonical(row) + b"\n"
