"""The kernel's own nouns, as admins see them: webhooks, deliveries, jobs, audit, mail."""

from typing import Any
from uuid import UUID

from pydantic import BaseModel
from tortoise import fields

from infra.kernel import jobs as queue
from infra.kernel import mail
from infra.kernel.actions import action
from infra.kernel.configured import Configured
from infra.kernel.context import Context
from infra.kernel.egress import url_fault
from infra.kernel.errors import Conflict, Fault, Invalid
from infra.kernel.jobs import job_of
from infra.kernel.model import BytesField, Record, Row, TextArrayField
from infra.kernel.quotas import require_room
from infra.kernel.registry import Domain
from infra.kernel.resource import Resource, View
from infra.kernel.webhooks import Vault, deliver, rotate


class Webhook(Record):
    """An address that is told of events."""

    name = fields.CharField(max_length=120)
    url = fields.CharField(max_length=2000)
    event_types = TextArrayField(default=list)
    secrets: Any = fields.JSONField(default=list)
    active = fields.BooleanField(default=True)
    failures = fields.IntField(default=0)
    disabled_reason: str | None = fields.TextField(null=True)
    profile_id = fields.UUIDField(null=True)

    class Meta:
        table = "webhooks"


class WebhookDelivery(Record):
    """One event on its way to one webhook."""

    webhook_id = fields.UUIDField()
    event_id = fields.UUIDField()
    event_type = fields.TextField()
    state = fields.CharField(max_length=20, default="queued")
    attempts = fields.IntField(default=0)
    status = fields.IntField(null=True)
    error: str | None = fields.TextField(null=True)
    delivered_at = fields.DatetimeField(null=True)

    class Meta:
        table = "webhook_deliveries"


class Job(Record):
    """Work that goes on after the answer."""

    name = fields.TextField()
    queue = fields.TextField(default="default")
    state = fields.TextField(default="queued")
    priority = fields.SmallIntField(default=5)
    run_at = fields.DatetimeField()
    attempts = fields.IntField(default=0)
    attempts_max = fields.IntField(default=8)
    progress: Any = fields.JSONField(null=True)
    result: Any = fields.JSONField(null=True)
    error: str | None = fields.TextField(null=True)
    request_id = fields.TextField(default="")
    finished_at = fields.DatetimeField(null=True)

    class Meta:
        table = "jobs"


class AuditEntry(Row):
    """Who changed what, when, as whom and from where; sealed in a chain."""

    at = fields.DatetimeField()
    actor: Any = fields.JSONField()
    action = fields.TextField()
    kind = fields.TextField()
    record_id = fields.UUIDField()
    changes: Any = fields.JSONField()
    request_id = fields.TextField(default="")
    origin = fields.TextField(default="")
    seq = fields.BigIntField(null=True)
    hash = BytesField(null=True)

    class Meta:
        table = "audit_entries"


class OutboundMail(Record):
    """A letter on its way."""

    message_id = fields.TextField()
    sender = fields.TextField()
    recipient = fields.TextField()
    subject = fields.TextField()
    state = fields.TextField(default="queued")
    kind = fields.TextField(null=True)
    record_id = fields.UUIDField(null=True)
    error: str | None = fields.TextField(null=True)
    sent_at = fields.DatetimeField(null=True)

    class Meta:
        table = "outbound_mails"


_STAMPS = ("created_at", "updated_at", "version")
_WEBHOOK = ("name", "url", "event_types", "active")
_DELIVERY = (
    "id", "webhook_id", "event_id", "event_type", "state", "attempts", "status", "error",
    "delivered_at", "created_at", "version",
)  # fmt: skip
_JOB = (
    "id", "name", "queue", "state", "priority", "run_at", "attempts", "attempts_max", "progress",
    "result", "error", "request_id", "created_at", "finished_at", "version",
)  # fmt: skip
_ENTRY = (
    "id", "at", "actor", "action", "kind", "record_id", "changes", "request_id", "origin", "seq",
)  # fmt: skip
_MAIL = (
    "id", "message_id", "recipient", "subject", "state", "kind", "record_id", "error", "sent_at",
    "created_at",
)  # fmt: skip

webhooks = Resource(
    name="webhooks",
    model=Webhook,
    summary="Addresses told of events, signed as the Standard Webhooks specification says.",
    label="name",
    views={
        "staff": View(
            read=(
                "id",
                *_WEBHOOK,
                "failures",
                "disabled_reason",
                "created_at",
                "updated_at",
                "version",
            ),
            create=_WEBHOOK,
            update=_WEBHOOK,
        )
    },
    filters=("active",),
    sorts=("name",),
    default_sort="name",
    generic=("delete",),
    configured=Configured(unique=False, secrets=("secrets",)),
)

webhook_deliveries = Resource(
    name="webhook_deliveries",
    singular="webhook_delivery",
    model=WebhookDelivery,
    summary="Events on their way to webhooks; the dead ones stay until somebody sends them again.",
    views={"staff": View(read=_DELIVERY)},
    filters=("webhook_id", "event_id", "state", "event_type"),
    default_sort="-id",
    generic=(),
)

jobs = Resource(
    name="jobs",
    model=Job,
    summary="Background work: what waits, runs, is done or has died.",
    label="name",
    views={"staff": View(read=_JOB)},
    filters=("name", "state", "queue", "run_at"),
    default_sort="-id",
    generic=(),
)  # fmt: skip


audit_entries = Resource(
    name="audit_entries",
    singular="audit_entry",
    model=AuditEntry,
    summary="Who changed what. Entries are sealed into a chain that can be verified elsewhere.",
    label="action",
    views={"staff": View(read=_ENTRY)},
    filters=("kind", "record_id", "action", "at", "request_id"),
    default_sort="-id",
    generic=(),
)

outbound_mails = Resource(
    name="outbound_mails",
    model=OutboundMail,
    summary="Letters sent and on their way.",
    label="subject",
    views={"staff": View(read=_MAIL)},
    filters=("state", "kind", "record_id"),
    default_sort="-id",
    generic=(),
)


class WebhookSecret(BaseModel):
    """A webhook with the secret that signs its messages, shown this once."""

    id: UUID
    secret: str


def _require_reachable(ctx: Context, url: str) -> None:
    if fault := url_fault(url, ctx.services.settings):
        raise Invalid([Fault("/url", "unreachable", fault)])


@action(webhooks, on="collection", audiences=("staff",))
async def create(ctx: Context, **values: Any) -> WebhookSecret:
    """Register a webhook; the answer holds its signing secret, which is not shown again."""
    _require_reachable(ctx, values["url"])
    await require_room(ctx, "webhooks_max")
    row = Webhook(**values, profile_id=ctx.caller.profile_id)
    secret, row.secrets = Vault(ctx.services.settings.secret_key).rotated([], ctx.now)
    await ctx.save(row)
    return WebhookSecret(id=row.id, secret=secret)


@action(webhooks, audiences=("staff",))
async def update(ctx: Context, webhook: Webhook, **values: Any) -> None:
    """Change a webhook; activating it forgets its failures."""
    if "url" in values:
        _require_reachable(ctx, values["url"])
    for name, value in values.items():
        setattr(webhook, name, value)
    if values.get("active"):
        webhook.failures, webhook.disabled_reason = 0, None
    await ctx.save(webhook)


@action(webhooks, audiences=("staff",), name="rotate")
async def rotate_secret(ctx: Context, webhook: Webhook) -> WebhookSecret:
    """Give a webhook a new secret; the last one stays valid for a day beside it."""
    return WebhookSecret(id=webhook.id, secret=await rotate(ctx, webhook.id))


class DeliveryNotDead(Conflict):
    type, title = "delivery-not-dead", "Only a dead delivery can be sent again"


@action(webhook_deliveries, audiences=("staff",))
async def resend(ctx: Context, delivery: WebhookDelivery) -> None:
    """Send a dead delivery again."""
    if delivery.state != "dead":
        raise DeliveryNotDead(f"it is {delivery.state}")
    delivery.state, delivery.error, delivery.attempts = "queued", None, 0
    await ctx.save(delivery)
    ctx.enqueue(job_of(deliver).name, {"delivery_id": str(delivery.id)})


@action(jobs, audiences=("staff",))
async def requeue(ctx: Context, job: Job) -> Job:
    """Queue a dead or cancelled job again."""
    await queue.requeue(ctx, job.id)
    ctx.has_news = True
    return await ctx.get(jobs, job.id)  # type: ignore[no-any-return]


@action(jobs, audiences=("staff",))
async def cancel(ctx: Context, job: Job) -> Job:
    """Take a waiting job out of the queue."""
    await queue.cancel(ctx, job.id)
    return await ctx.get(jobs, job.id)  # type: ignore[no-any-return]


domain = Domain(
    name="kernel",
    summary="Webhooks, background work, audit and mail.",
    resources=(webhooks, webhook_deliveries, jobs, audit_entries, outbound_mails),
    actions=(create, update, rotate_secret, resend, requeue, cancel),
    jobs=(deliver, mail.send),
)
