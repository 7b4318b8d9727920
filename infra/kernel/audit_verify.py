"""Checks an exported audit chain with nothing of ours but this file (signatures: `cryptography`).

    python -m infra.kernel.audit_verify export.ndjson [--key BASE64]

The export is one JSON object a line: a header, the entries in their order, a head. Each entry's
hash is SHA-256 over the hash before it and over the digest of its content, and the head's hash is
signed. So nobody can change, drop, add or swap an entry without breaking the chain from there on,
and nobody without the key can close it again. An entry that an erased person's words were taken
out of keeps its first digest, and a later entry tells what was left of it.

Exit codes: 0 whole, 1 broken (the first broken entry is named), 2 the file cannot be read.
"""

import argparse
import base64
import binascii
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORMAT = "atrium-audit-1"
FIELDS = (
    "tenant_id", "id", "at", "actor", "action", "kind", "record_id", "changes", "request_id",
    "origin",
)  # fmt: skip
REDACTING = "audit_entries.redact"
"""The action of entries that tell which entries were redacted, and to what."""
GENESIS = hashlib.sha256(b"atrium audit chain").digest()


class Broken(Exception):
    """The chain does not hold; the message names the first entry where it does not."""


@dataclass(frozen=True)
class Verdict:
    """What a whole chain proves."""

    entries: int
    seq: int
    signed: bool


class Redactions:
    """Entries that words were taken out of, when somebody was erased.

    Such an entry holds the digest that the chain was closed over. What it says now counts only if
    a later entry of the chain tells that it was redacted, and the digest of what was left.
    """

    def __init__(self) -> None:
        self._left: dict[str, tuple[int, str]] = {}
        self._told: dict[str, tuple[int, str]] = {}

    def see(self, row: dict[str, Any]) -> None:
        """Take note of a redacted entry, or of one that tells of redactions."""
        if row.get("redacted_digest"):
            self._left[row["id"]] = (row["seq"], content_digest(row).hex())
        elif row["action"] == REDACTING:
            for key, digest in dict(row["changes"]["redacted"]).items():
                self._told[key] = (row["seq"], str(digest))

    def require_told(self) -> None:
        """Raises Broken for the first entry of which no later one tells what was left of it."""
        for key, (seq, digest) in self._left.items():
            told_at, told = self._told.get(key, (0, ""))
            if told_at <= seq or told != digest:
                raise Broken(f"entry {seq} ({key}) was redacted, and no later entry says to what")


def canonical(value: Any) -> bytes:
    """The value as JSON in one spelling only: sorted keys, no blanks, UTF-8 (after RFC 8785)."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8", "surrogatepass")


def content_digest(entry: dict[str, Any]) -> bytes:
    """SHA-256 of an entry's fixed fields."""
    return hashlib.sha256(canonical({name: entry[name] for name in FIELDS})).digest()


def link(before: bytes, seq: int, digest: bytes) -> bytes:
    """The hash of an entry, given the one before it."""
    return hashlib.sha256(before + seq.to_bytes(8, "big") + digest).digest()


def head_message(tenant_id: str, seq: int, head: bytes) -> bytes:
    """What a head's signature signs."""
    return canonical({"format": FORMAT, "hash": head.hex(), "seq": seq, "tenant_id": tenant_id})


def verify(lines: Iterable[str], key: bytes | None = None) -> Verdict:
    """Check a whole export; raises Broken, or ValueError where it is no export at all.

    Without `key` the key in the header is used: that proves a chain whole, not whose it is.
    """
    rows = iter(_rows(lines))
    header = next(rows, None)
    if not header or header.get("format") != FORMAT:
        raise ValueError(f"the first line is no header of {FORMAT}")
    tenant, seq, head, count = str(header["tenant_id"]), 0, GENESIS, 0
    redactions = Redactions()
    for row in rows:
        if "head" in row:
            if next(rows, None) is not None:
                raise Broken("there are lines after the head")
            redactions.require_told()
            signed = _check_head(row["head"], tenant, seq, head, key or _key(header))
            return Verdict(entries=count, seq=seq, signed=signed)
        head = _check_entry(row, tenant, seq, head)
        redactions.see(row)
        seq, count = seq + 1, count + 1
    raise Broken(f"the export ends after entry {seq} without a head")


def _check_entry(row: dict[str, Any], tenant: str, seq: int, before: bytes) -> bytes:
    name = f"entry {row.get('seq')} ({row.get('id')})"
    if missing := [field for field in (*FIELDS, "seq", "hash") if field not in row]:
        raise Broken(f"{name} lacks {', '.join(missing)}")
    if row["seq"] != seq + 1:
        verb = "is missing" if row["seq"] > seq + 1 else "is out of order"
        raise Broken(f"entry {seq + 1} {verb}: found {name} in its place")
    if row["tenant_id"] != tenant:
        raise Broken(f"{name} belongs to another tenant")
    redacted = row.get("redacted_digest")
    digest = bytes.fromhex(redacted) if redacted else content_digest(row)
    found = link(before, row["seq"], digest)
    if found.hex() != row["hash"]:
        raise Broken(f"{name} was altered, or the entry before it was")
    return found


def _check_head(
    told: dict[str, Any], tenant: str, seq: int, head: bytes, key: bytes | None
) -> bool:
    if told.get("seq") != seq:
        raise Broken(f"the head says {told.get('seq')} entries, the last one here is {seq}")
    if told.get("hash") != head.hex():
        raise Broken(f"the head's hash is not that of entry {seq}")
    signature = told.get("signature") or ""
    if not signature:
        if key is not None and seq:
            raise Broken("the head is not signed")
        return False
    if key is None:
        return False
    try:
        message = head_message(tenant, seq, head)
        Ed25519PublicKey.from_public_bytes(key).verify(base64.b64decode(signature), message)
    except (InvalidSignature, ValueError):
        raise Broken("the head's signature is not by this key") from None
    return True


def _key(header: dict[str, Any]) -> bytes | None:
    text = header.get("public_key")
    return base64.b64decode(text) if text else None


def _rows(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError:
            raise Broken(f"line {number} is not JSON") from None
        if not isinstance(row, dict):
            raise Broken(f"line {number} is not an object")
        yield row


def main(arguments: list[str] | None = None) -> int:
    """The command; answers its exit code."""
    parser = argparse.ArgumentParser(prog="audit_verify", description="Check an audit export.")
    parser.add_argument("export", type=Path)
    parser.add_argument("--key", help="the installation's public key, base64")
    given = parser.parse_args(arguments)
    try:
        key = base64.b64decode(given.key, validate=True) if given.key else None
        with given.export.open(encoding="utf-8") as file:
            verdict = verify(file, key)
    except Broken as broken:
        print(f"BROKEN: {broken}")
        return 1
    except (OSError, ValueError, KeyError, TypeError, AttributeError, binascii.Error) as error:
        print(f"cannot be read: {error}", file=sys.stderr)
        return 2
    signature = "signed" if verdict.signed else "NOT signed"
    print(f"whole: {verdict.entries} entries up to {verdict.seq}, head {signature}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
