"""Two tenants side by side, one with a life in it, and the contract to attack it along."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import orjson

from infra.kernel.ids import uuid7
from tenants.credentials import queries as credentials
from tests.service.desk import Desk, a_desk
from tests.world import Actor, Tenant, World

METHODS = ("get", "post", "patch", "put", "delete")
# What the tenant itself does not change when somebody merely asks.
RESTLESS = frozenset({"credentials"})


@dataclass
class Neighbours:
    """A service desk, and the admin of another tenant."""

    world: World
    desk: Desk
    other: Tenant
    document: dict[str, Any]
    case: dict[str, Any]
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def home(self) -> Tenant:
        return self.desk.tenant

    def http(self, tenant: Tenant) -> httpx2.AsyncClient:
        return tenant.admin.http()

    def id_of(self, collection: str) -> str:
        """A record of the home tenant, where it has one of this kind."""
        return self.ids.get(collection) or str(uuid7())


async def neighbours(world: World) -> Neighbours:
    """A tenant with something of nearly everything, and an empty one."""
    home, other = await world.tenant("Home"), await world.tenant("Foreign")
    desk = await a_desk(home)
    case = await desk.case(description="The light went out on Thursday")
    await desk.agent.do("cases.comment", case["id"], body="We are looking at it")
    await desk.agent.do("cases.note", case["id"], body="Third time this month")
    admin = home.admin
    await admin.do("case_tasks.create", case_id=str(case["id"]), subject="Measure the line")
    base = await admin.do("knowledge_bases.create", name="Help")
    await admin.do(
        "articles.create", title="No light", body="Turn it on.", knowledge_base_id=str(base["id"])
    )
    await _furnish_catalogue(desk)
    await admin.do("attachments.create", name="photo.txt", content="aGVsbG8=")
    await admin.do("webhooks.create", name="hook", url="https://example.com/hook", active=False)
    await admin.do("skills.create", name="fibre")
    await admin.do("api_keys.create", name="second")
    await home.consumer()
    await world.work(home)
    document = orjson.loads((await world.http().get("/api/openapi.json")).content)
    made = Neighbours(world, desk, other, document, case)
    await _look_up_ids(made)
    return made


async def _furnish_catalogue(desk: Desk) -> None:
    """A sale with all that it leaves, and an item that was requested for it."""
    admin, model = desk.admin, {"product_model_id": str(desk.model["id"])}
    await admin.do("product_warranties.create", name="Two years", months=24, **model)
    offering = await admin.do("service_offerings.create", name="Gold care", tier="gold", **model)
    await admin.do(
        "sold_products.provision", account_id=str(desk.account["id"]),
        service_offering_id=str(offering["id"]), **model,
    )  # fmt: skip
    server, network = [
        await admin.do("configuration_items.create", name=name) for name in ("Server", "Network")
    ]
    await admin.do(
        "configuration_dependencies.create", item_id=str(server["id"]),
        needed_id=str(network["id"]),
    )  # fmt: skip
    shelf = await admin.do("catalogs.create", name="Services")
    heading = await admin.do("catalog_categories.create", name="Moves", catalog_id=str(shelf["id"]))
    item = await admin.do(
        "catalog_items.create", name="Move it", catalog_id=str(shelf["id"]),
        category_id=str(heading["id"]),
    )  # fmt: skip
    await admin.do("product_catalog_items.create", catalog_item_id=str(item["id"]), **model)
    await admin.do("catalog_items.publish", item["id"])
    await desk.contact.do(
        "catalog_items.request", item["id"], sold_product_id=str(desk.router["id"])
    )


async def _look_up_ids(made: Neighbours) -> None:
    async with made.world.services.database.transaction(made.home.id) as connection:
        for resource in made.world.services.registry.resources.values():
            found = await connection.fetchval(
                f'SELECT id FROM "{resource.table}" WHERE tenant_id = $1 LIMIT 1', made.home.id
            )
            if found is not None:
                made.ids[resource.name] = str(found)
    made.ids["cases"] = str(made.case["id"])


async def bearing(world: World, actor: Actor) -> httpx2.AsyncClient:
    """A client with a token of whoever acts."""
    caller = actor.caller
    async with world.services.system(caller.tenant_id, reason="test") as ctx:
        issued = await credentials.issue(
            ctx,
            "access_token",
            lifetime=timedelta(hours=1),
            user_id=caller.user_id,
            profile_id=caller.profile_id,
            scopes=["*"],
        )
    return world.http({"Authorization": f"Bearer {issued.token}"})


@dataclass(frozen=True)
class Operation:
    """One route and verb of the contract."""

    method: str
    path: str
    body: dict[str, Any] | None

    @property
    def collection(self) -> str:
        return self.path.removeprefix("/api/v1/").split("/")[0]

    @property
    def label(self) -> str:
        return f"{self.method.upper()} {self.path}"

    def at(self, key: str) -> str:
        return self.path.replace("{id}", key)


def operations(document: dict[str, Any]) -> Iterator[Operation]:
    """Every route and verb of the API, each with a body that its schema accepts."""
    for path, item in document["paths"].items():
        if not path.startswith("/api/v1/") or path.endswith(("/stream", "openapi.json")):
            continue
        for method in METHODS:
            if method in item:
                yield Operation(method, path, _body(document, item[method]))


def _body(document: dict[str, Any], operation: dict[str, Any]) -> dict[str, Any] | None:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return None
    sample: dict[str, Any] = a_sample(document, content["schema"])
    return sample


def a_sample(document: dict[str, Any], schema: dict[str, Any]) -> Any:
    """The smallest value of this schema."""
    if reference := schema.get("$ref"):
        return a_sample(document, document["components"]["schemas"][reference.split("/")[-1]])
    for key in ("enum", "examples"):
        if schema.get(key):
            return schema[key][0]
    if "const" in schema or "default" in schema:
        return schema.get("const", schema.get("default"))
    for key in ("anyOf", "oneOf", "allOf"):
        if schema.get(key):
            return a_sample(document, schema[key][0])
    match schema.get("type"):
        case "object":
            properties = schema.get("properties", {})
            return {k: a_sample(document, properties[k]) for k in schema.get("required", ())}
        case "array":
            return [a_sample(document, schema["items"])] * schema.get("minItems", 0)
        case "integer" | "number":
            return schema.get("minimum", 1)
        case "boolean":
            return True
    return _text(schema)


def _text(schema: dict[str, Any]) -> str:
    match schema.get("format"):
        case "uuid":
            return str(UUID(int=7))
        case "date":
            return "2026-11-21"
        case "date-time":
            return "2026-11-21T12:00:00Z"
        case "base64":
            return "aGVsbG8="
    return "x" * max(schema.get("minLength", 1), 2)


async def state_of(world: World, tenant: UUID) -> dict[str, str]:
    """A fingerprint of every table of the tenant, its audit and its outbox included."""
    owner = await asyncpg.connect(world.services.settings.owner_dsn)
    try:
        tables = await owner.fetch(
            """SELECT DISTINCT c.table_name AS name FROM information_schema.columns c
                 JOIN information_schema.tables t USING (table_schema, table_name)
                WHERE c.table_schema = 'public' AND c.column_name = 'tenant_id'
                  AND t.table_type = 'BASE TABLE'"""
        )
        found = {}
        for table in {row["name"] for row in tables} - RESTLESS:
            rows = await owner.fetch(
                f'SELECT t::text AS row FROM "{table}" t WHERE tenant_id = $1 ORDER BY 1', tenant
            )
            text = "\n".join(row["row"] for row in rows)
            found[table] = f"{len(rows)} {hashlib.sha256(text.encode()).hexdigest()}"
        return found
    finally:
        await owner.close()


def changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    return sorted(table for table in before if before[table] != after[table])


def words_of(answer: httpx2.Response) -> dict[str, Any]:
    """A problem without what names this request."""
    if not answer.content:
        return {}
    told = answer.json()
    return {k: v for k, v in told.items() if k not in {"instance", "request_id"}}
