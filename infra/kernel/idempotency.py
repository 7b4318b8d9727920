"""Replays of POST. The first answer is stored in the transaction of its effect, so either both
are there or neither. A twin that arrives meanwhile is told so; one that slips through between two
looks breaks on the unique key and changes nothing. An answer may hold a secret that is shown once:
it is kept sealed, by a key derived from the installation's own.
"""

import base64
import hashlib
import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import orjson
from cryptography.fernet import Fernet, InvalidToken

from infra.kernel.access import Caller
from infra.kernel.database import Connection
from infra.kernel.errors import BadRequest, Fault, Invalid, KeyInUse
from infra.kernel.ids import uuid7

_KEY = re.compile(r"[\x21-\x7e]{1,255}")


@dataclass(frozen=True)
class Replay:
    """An answer given before."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Keyed:
    """A request that carries an Idempotency-Key."""

    key: str
    fingerprint: bytes
    caller: str
    cipher: Fernet = field(repr=False)

    async def begin(self, connection: Connection) -> Replay | None:
        """The stored answer, or None for the first to come. Raises KeyInUse for a concurrent twin,
        Invalid where the key was used for another request."""
        row = await connection.fetchrow(
            """SELECT pg_try_advisory_xact_lock(hashtextextended($1::text || $2::text, 0)) AS mine,
                 i.fingerprint, i.status, i.headers::text AS headers, i.body
               FROM (SELECT 1) one LEFT JOIN idempotency_keys i
                 ON i.tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid
                AND i.caller = $1 AND i.key = $2""",
            self.caller,
            self.key,
        )
        if row["fingerprint"] is not None:
            if row["fingerprint"] != self.fingerprint:
                raise _reused("was used for a different request")
            return Replay(row["status"], orjson.loads(row["headers"]), self._opened(row["body"]))
        if not row["mine"]:
            raise KeyInUse("wait for it, then send the request again")
        return None

    async def store(
        self, connection: Connection, status: int, headers: dict[str, str], body: bytes
    ) -> None:
        await connection.execute(
            """INSERT INTO idempotency_keys (tenant_id, id, caller, key, fingerprint, status,
                       headers, body)
               VALUES (NULLIF(current_setting('app.tenant_id', true), '')::uuid, $1, $2, $3, $4, $5,
                       $6::text::jsonb, $7)""",
            uuid7(), self.caller, self.key, self.fingerprint, status,
            orjson.dumps(headers).decode(), self.cipher.encrypt(body),
        )  # fmt: skip

    async def answer(self, connection: Connection, status: int, body: bytes) -> None:
        """Put the answer where `store` has noted that the request is under way."""
        await connection.execute(
            """UPDATE idempotency_keys SET status = $3, body = $4
               WHERE tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid
                 AND caller = $1 AND key = $2""",
            self.caller, self.key, status, self.cipher.encrypt(body),
        )  # fmt: skip

    def _opened(self, sealed: bytes) -> bytes:
        try:
            return self.cipher.decrypt(sealed)
        except InvalidToken:
            raise _reused("was used under another key of the installation") from None


def _reused(text: str) -> Invalid:
    return Invalid([Fault("Idempotency-Key", "key_reused", text)])


@cache
def _cipher(secret_key: str) -> Fernet:
    digest = hashlib.sha256(b"atrium replayed answers\0" + secret_key.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))


def keyed(
    key: str | None, caller: Caller, address: str, body: Any, *, secret_key: str
) -> Keyed | None:
    """Raises BadRequest for a malformed key."""
    if key is None:
        return None
    if not _KEY.fullmatch(key):
        raise BadRequest([Fault("Idempotency-Key", "malformed", "is 1 to 255 visible characters")])
    content = (
        address.encode() + b"\n" + orjson.dumps(body, default=str, option=orjson.OPT_SORT_KEYS)
    )
    who = str(caller.profile_id or (caller.proof and caller.proof.credential_id) or caller.audience)
    return Keyed(key, hashlib.sha256(content).digest(), who, _cipher(secret_key))
