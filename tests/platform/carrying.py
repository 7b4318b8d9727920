"""Sending files in and fetching files out, as a person would over the API."""

import base64
import csv
import io
from typing import Any
from uuid import UUID

import orjson

from infra.kernel.attachments import Attachment, attachments, record_file, storage_of
from tests.world import Actor, Tenant, World


def csv_of(*rows: dict[str, Any], delimiter: str = ",") -> bytes:
    """The rows under the headings of the first."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), delimiter=delimiter, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


async def upload(actor: Actor, content: bytes, name: str = "file") -> str:
    """A file of the actor's own, whatever its size."""
    services, caller = actor._world.services, actor.caller
    if len(content) < 500_000:
        given = base64.b64encode(content).decode()
        made = await actor.do("attachments.create", name=name, content=given)
        return str(made["id"])
    stored = await storage_of(services).keep(caller.tenant_id, content)
    async with services.system(caller.tenant_id, reason="test") as ctx:
        row = await record_file(ctx, stored, name, "text/plain")
        row.created_by = caller.profile_id
    return str(row.id)


async def ask(
    actor: Actor, resource: str, content: bytes, written: str = "csv", **more: Any
) -> dict[str, Any]:
    """An import that waits."""
    file = await upload(actor, content)
    made: dict[str, Any] = await actor.do(
        "imports.create", attachment_id=file, resource=resource, format=written, **more
    )
    return made


async def bring_in(
    tenant: Tenant, actor: Actor, resource: str, content: bytes, written: str = "csv", **more: Any
) -> dict[str, Any]:
    """An import that has come to its end."""
    made = await ask(actor, resource, content, written, **more)
    await tenant.world.work(tenant)
    return await actor.read("imports", made["id"])


async def faults_of(actor: Actor, made: dict[str, Any]) -> list[dict[str, Any]]:
    return await actor.list("import_faults", import_id=str(made["id"]))


async def take_out(
    tenant: Tenant, actor: Actor, resource: str, written: str = "csv", **more: Any
) -> dict[str, Any]:
    """An export that has come to its end."""
    made = await actor.do("exports.create", resource=resource, format=written, **more)
    await tenant.world.work(tenant)
    return await actor.read("exports", made["id"])


async def content_of(world: World, tenant: Tenant, attachment_id: Any) -> bytes:
    """A file as it lies on disk."""
    async with world.services.system(tenant.id, reason="test") as ctx:
        row: Attachment = await ctx.find(attachments, UUID(str(attachment_id)))
    return storage_of(world.services).path(tenant.id, row.storage_key).read_bytes()


def cells_of(content: bytes) -> list[list[str]]:
    """A CSV file's rows."""
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def objects_of(content: bytes) -> list[dict[str, Any]]:
    """An NDJSON file's records."""
    return [orjson.loads(line) for line in content.splitlines()]
