"""Webhooks as the Standard Webhooks spec says: events told to endpoints that tenants name, signed.

A delivery is a network job, so an endpoint may hear of an event twice; `webhook-id` is the event's
id and stays the same, which is what receivers tell repetitions by.
"""

import base64
import binascii
import hashlib
import hmac
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from cryptography.fernet import Fernet, InvalidToken

from infra.kernel.audit_chain import moment
from infra.kernel.egress import Answer, Egress, EgressFailed, EgressRefused
from infra.kernel.errors import NotFound, Unauthorized
from infra.kernel.event_log import allowed_events, document
from infra.kernel.events import EVENT_COLUMNS, RecordedEvent, event_from_row
from infra.kernel.jobs import GiveUp, JobRun, job
from infra.kernel.relay import DELIVER, DELIVER_ATTEMPTS_MAX

PREFIX = "whsec_"
TOLERANCE_SECONDS = 300
ROTATION = timedelta(hours=24)
FAILURES_MAX = 60
"""Failed attempts in a row, over all deliveries, after which an endpoint is switched off."""
GONE = 410


class BadSignature(Unauthorized):
    type, title = "bad-signature", "The webhook's signature is not valid"


class DeliveryFailed(Exception):
    """The endpoint did not take it this time."""


# ── Secrets and signatures ─────────────────────────────────────────────────────────────────────


def new_secret() -> str:
    """A fresh secret as it is shown to the tenant, once."""
    return PREFIX + base64.b64encode(os.urandom(32)).decode()


def sign(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """One `v1,…` signature."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def signed_headers(
    secrets: Iterable[str], message_id: str, timestamp: int, body: bytes
) -> dict[str, str]:
    """The three headers of the spec; one signature for each secret that is valid now."""
    return {
        "content-type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(sign(s, message_id, timestamp, body) for s in secrets),
    }


def verify(secrets: Iterable[str], headers: Mapping[str, str], body: bytes, now: datetime) -> str:
    """The id of an incoming message that is genuine and fresh; raises BadSignature.

    Whoever calls keeps the ids that it has seen: a replay inside the tolerance is genuine too.
    """
    told = {name.lower(): value for name, value in headers.items()}
    message_id, stamp = told.get("webhook-id", ""), told.get("webhook-timestamp", "")
    if not message_id or not stamp.isascii() or not stamp.isdigit() or len(stamp) > 12:
        raise BadSignature("webhook-id or webhook-timestamp is missing")
    if abs(now.timestamp() - int(stamp)) > TOLERANCE_SECONDS:
        raise BadSignature("the message is too old")
    given = [part.encode() for part in told.get("webhook-signature", "").split()[:10]]
    expected = [sign(secret, message_id, int(stamp), body).encode() for secret in secrets]
    matches = [hmac.compare_digest(one, other) for one in expected for other in given]
    if not any(matches):
        raise BadSignature
    return message_id


class Vault:
    """Keeps secrets unreadable in the database, by a key derived from the installation's own."""

    def __init__(self, secret_key: str) -> None:
        digest = hashlib.sha256(b"atrium webhook secrets\0" + secret_key.encode()).digest()
        self._fernet = Fernet(base64.urlsafe_b64encode(digest))

    def seal(self, secret: str, expires_at: datetime | None = None) -> dict[str, Any]:
        """The secret as an element of the column `secrets`."""
        until = moment(expires_at) if expires_at else None
        return {"sealed": self._fernet.encrypt(secret.encode()).decode(), "expires_at": until}

    def open(self, sealed: Sequence[Mapping[str, Any]], now: datetime) -> list[str]:
        """The secrets that are valid now, newest first."""
        valid = [
            entry
            for entry in sealed
            if not entry["expires_at"] or datetime.fromisoformat(entry["expires_at"]) > now
        ]
        try:
            return [self._fernet.decrypt(entry["sealed"]).decode() for entry in valid]
        except (InvalidToken, binascii.Error):
            raise GiveUp("the endpoint's secret was sealed with another installation key") from None

    def rotated(
        self, sealed: Sequence[Mapping[str, Any]], now: datetime
    ) -> tuple[str, list[dict[str, Any]]]:
        """A new secret, and the column with the last one valid for another day."""
        secret = new_secret()
        until = moment(now + ROTATION)
        return secret, [
            self.seal(secret),
            *({**entry, "expires_at": until} for entry in sealed[:1]),
        ]


async def rotate(ctx: Any, webhook_id: UUID) -> str:
    """Give an endpoint a new secret beside its last one; answers it, once. Raises NotFound."""
    told = await ctx.fetchval(
        "SELECT secrets::text FROM webhooks WHERE tenant_id = $1 AND id = $2 FOR UPDATE",
        ctx.tenant_id,
        webhook_id,
    )
    if told is None:
        raise NotFound("no such webhook")
    vault = Vault(ctx.services.settings.secret_key)
    secret, column = vault.rotated(json.loads(told), ctx.now)
    await ctx.execute(
        """UPDATE webhooks SET secrets = $3::text::jsonb, updated_at = $4, version = version + 1
           WHERE tenant_id = $1 AND id = $2""",
        ctx.tenant_id,
        webhook_id,
        orjson.dumps(column).decode(),
        ctx.now,
    )
    return secret


# ── Deliveries ─────────────────────────────────────────────────────────────────────────────────


def message_of(event: RecordedEvent, told: Mapping[str, Any]) -> bytes:
    """The body of the spec: the same bytes at every attempt."""
    message = {"type": event.type, "timestamp": moment(event.at), "data": told}
    return orjson.dumps(message, option=orjson.OPT_SORT_KEYS)


async def _told(
    services: Any, tenant_id: UUID, profile_id: UUID | None, event: RecordedEvent
) -> dict[str, Any] | None:
    """What the endpoint may hear: what the profile that made it may read now, else None."""
    caller = services.system_of(tenant_id)
    if profile_id is not None:
        try:
            caller = await services.callers.of_profile(tenant_id, profile_id)
        except (NotFound, Unauthorized):
            return None
    if not await allowed_events(services, caller, [event]):
        return None
    return document(services, caller, event)


@job(DELIVER, network=True, attempts_max=DELIVER_ATTEMPTS_MAX, timeout_seconds=25)
async def deliver(run: JobRun, *, delivery_id: UUID) -> None:
    """Tell one endpoint of one event."""
    async with run.transaction() as ctx:
        hook, event = await _wanted(ctx, delivery_id)
        now = ctx.now
    if hook is None or event is None:
        return
    told = await _told(run.services, run.tenant_id, hook["profile_id"], event)
    if told is None:
        async with run.transaction() as ctx:
            error = "the endpoint's owner may not read this record"
            await ctx.execute(_NOT_TAKEN, run.tenant_id, delivery_id, "dead", None, error, 0)
        return
    body = message_of(event, told)
    secrets = Vault(run.services.settings.secret_key).open(json.loads(hook["secrets"]), now)
    headers = signed_headers(secrets, str(event.id), int(now.timestamp()), body)
    answer, error = await _post(run.services.get(Egress), hook["url"], headers, body)
    taken = answer is not None and 200 <= answer.status < 300
    async with run.transaction() as ctx:
        if taken and answer is not None:
            await ctx.execute(_TAKEN, run.tenant_id, delivery_id, answer.status, run.attempt)
            await ctx.execute(_RECOVERED, run.tenant_id, hook["id"])
            return
        dead = run.is_last_attempt or (answer is not None and answer.status == GONE)
        status = answer.status if answer else None
        await ctx.execute(
            _NOT_TAKEN, run.tenant_id, delivery_id, "dead" if dead else "failed", status, error,
            run.attempt,
        )  # fmt: skip
        await ctx.execute(_FAILING, run.tenant_id, hook["id"], FAILURES_MAX, status == GONE)
    if status == GONE:
        raise GiveUp(error)
    raise DeliveryFailed(error)


async def _wanted(ctx: Any, delivery_id: UUID) -> tuple[Any, RecordedEvent | None]:
    hook = await ctx.fetchrow(
        """SELECT w.id, w.url, w.secrets::text AS secrets, w.active, w.profile_id, d.event_id,
                  d.state
             FROM webhook_deliveries d
             JOIN webhooks w ON w.tenant_id = d.tenant_id AND w.id = d.webhook_id
            WHERE d.tenant_id = $1 AND d.id = $2""",
        ctx.tenant_id,
        delivery_id,
    )
    if hook is None or hook["state"] == "delivered":
        return None, None
    if not hook["active"]:
        error = "the endpoint is switched off"
        await ctx.execute(_NOT_TAKEN, ctx.tenant_id, delivery_id, "dead", None, error, 0)
        return None, None
    row = await ctx.fetchrow(
        f"SELECT {EVENT_COLUMNS} FROM events WHERE tenant_id = $1 AND id = $2",
        ctx.tenant_id,
        hook["event_id"],
    )
    if row is None:
        error = "the event is no longer kept"
        await ctx.execute(_NOT_TAKEN, ctx.tenant_id, delivery_id, "dead", None, error, 0)
        return None, None
    return hook, event_from_row(row)


async def _post(
    egress: Egress, url: str, headers: Mapping[str, str], body: bytes
) -> tuple[Answer | None, str]:
    """The answer and what to tell the tenant: a status at most, never what the endpoint said."""
    try:
        answer = await egress.request("POST", url, headers=headers, content=body, bytes_max=65536)
    except EgressRefused as refused:
        return None, f"blocked: {refused}"
    except EgressFailed as failed:
        return None, str(failed)
    return answer, f"the endpoint answered {answer.status}"


_TAKEN = """
UPDATE webhook_deliveries SET state = 'delivered', status = $3, error = NULL, attempts = $4,
       delivered_at = now(), updated_at = now(), version = version + 1
 WHERE tenant_id = $1 AND id = $2
"""
_NOT_TAKEN = """
UPDATE webhook_deliveries SET state = $3, status = $4, error = $5,
       attempts = greatest(attempts, $6), updated_at = now(), version = version + 1
 WHERE tenant_id = $1 AND id = $2
"""
_RECOVERED = """
UPDATE webhooks SET failures = 0, updated_at = now()
 WHERE tenant_id = $1 AND id = $2 AND failures > 0
"""
_FAILING = """
UPDATE webhooks SET failures = failures + 1, updated_at = now(),
       active = active AND failures + 1 < $3 AND NOT $4,
       disabled_reason = CASE WHEN $4 THEN 'the endpoint answered 410 Gone'
                              WHEN failures + 1 >= $3 THEN 'it failed too many times in a row'
                              ELSE disabled_reason END
 WHERE tenant_id = $1 AND id = $2
"""
