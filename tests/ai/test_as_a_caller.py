"""Search and endpoints through the kernel's own plans, as people of a tenant reach them."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from ai.indexing import Part, Source, refresh
from ai.models import Purpose
from ai.providers import providers_of
from ai.resources import ai_endpoints
from ai.retrieval import Hit, search_as
from backend.service.knowledge.resources import articles
from infra.kernel.context import Context
from infra.kernel.errors import Duplicate, Forbidden, Invalid, NotFound
from infra.kernel.services import Services
from tests.world import Actor, Tenant, World

OPEN_FOR: dict[str, tuple[str, ...]] = {
    "internal": ("staff",),
    "customer": ("staff", "customer", "partner"),
    "public": ("staff", "customer", "partner", "public"),
}


async def article(world: World, tenant: Tenant, base: Any, body: str, audience: str) -> UUID:
    """A published article whose pieces are tagged for everybody, so that access alone decides."""
    made = await tenant.admin.do(
        "articles.create",
        title="About routers",
        body=body,
        knowledge_base_id=str(base["id"]),
        audience=audience,
    )
    await tenant.admin.do("articles.publish", made["id"])
    services = world.services
    source = Source("articles", made["id"], 1, (Part(body, OPEN_FOR["public"]),))
    await refresh(
        lambda: services.system(tenant.id, reason="test"),
        providers_of(services).built_in,
        source,
        tenant_id=tenant.id,
    )
    return UUID(str(made["id"]))


async def ask(world: World, actor: Actor, text: str, **columns: Any) -> list[Hit]:
    embedder = providers_of(world.services).built_in
    (vector,) = await embedder.embed([text])

    async def work(connection: Any, caller: Any) -> list[Hit]:
        ctx = Context(world.services, connection, caller)
        return await search_as(
            ctx,
            text,
            vector,
            model=embedder.model,
            wanted={articles: columns.get("columns", ("title", "body"))},
        )

    return await world.services.transact(actor.caller, work)


async def test_each_audience_finds_what_it_may_read_and_nothing_else(world: World) -> None:
    tenant = await world.tenant()
    base = await tenant.admin.do("knowledge_bases.create", name="Help")
    public = await article(world, tenant, base, "Reset the router with its button.", "public")
    inner = await article(world, tenant, base, "Reset the router from the back office.", "internal")
    question = "reset the router"

    agent = await tenant.member("agent_b2c")
    assert {h.record_id for h in await ask(world, agent, question)} == {public, inner}
    consumer = await tenant.consumer()
    assert {h.record_id for h in await ask(world, consumer, question)} == {public}
    for actor in (agent, consumer, tenant.admin):
        listed = {UUID(str(a["id"])) for a in await actor.list("articles")}
        assert {h.record_id for h in await ask(world, actor, question)} == listed
    narrow = replace(consumer.caller, roles=frozenset())
    assert await ask(world, Actor(world, narrow), question) == []
    # Who may not read a column that pieces quote searches none of them.
    assert await ask(world, consumer, question, columns=("title", "draft_body")) == []

    await tenant.admin.do("articles.retire", public)
    assert await ask(world, consumer, question) == []


async def test_another_tenants_people_find_nothing(world: World) -> None:
    tenant, other = await world.tenant(), await world.tenant()
    base = await tenant.admin.do("knowledge_bases.create", name="Help")
    await article(world, tenant, base, "The canary word is zqxjkvelp.", "public")
    assert await ask(world, other.admin, "canary word zqxjkvelp") == []
    assert len(await ask(world, tenant.admin, "canary word zqxjkvelp")) == 1


async def endpoint(tenant: Tenant, **values: Any) -> Any:
    return await tenant.admin.do(
        "ai_endpoints.create",
        **{
            "purpose": "summaries",
            "base_url": "https://models.example.com/v1/",
            "model": "m",
            "api_key": "sk-canary-key",
        }
        | values,
    )


async def test_an_endpoints_key_is_stored_sealed_and_never_shown(
    world: World, services: Services
) -> None:
    tenant = await world.tenant()
    made = await endpoint(tenant)
    assert made["base_url"] == "https://models.example.com/v1"
    told = await tenant.admin.read("ai_endpoints", made["id"])
    listed = await tenant.admin.list("ai_endpoints")
    assert "canary" not in f"{made}{told}{listed}"
    async with services.database.transaction(tenant.id) as connection:
        stored = await connection.fetchval(
            "SELECT sealed_key FROM ai_endpoints WHERE tenant_id = $1", tenant.id
        )
        audit = await connection.fetchval(
            "SELECT string_agg(changes::text, '') FROM audit_entries WHERE tenant_id = $1",
            tenant.id,
        )
    assert stored.startswith("v1:")
    assert "sk-canary" not in stored + audit


async def test_a_tenants_endpoint_writes_its_summaries_and_nobody_elses(
    world: World, services: Services
) -> None:
    tenant, other = await world.tenant(), await world.tenant()
    made = await endpoint(tenant)
    async with services.system(tenant.id, reason="test") as ctx:
        writer = await providers_of(services).summarizer(ctx)
        assert writer is not None
        assert writer.model == "endpoint:m"
        assert await providers_of(services).embedder(ctx) is providers_of(services).built_in
    async with services.system(other.id, reason="test") as ctx:
        assert await providers_of(services).summarizer(ctx) is None
    await tenant.admin.do("ai_endpoints.update", made["id"], active=False)
    async with services.system(tenant.id, reason="test") as ctx:
        assert await providers_of(services).summarizer(ctx) is None
    await tenant.admin.do("ai_endpoints.delete", made["id"])
    async with services.system(tenant.id, reason="test") as ctx:
        assert not await ctx.every(ai_endpoints).filter(purpose=Purpose.SUMMARIES).exists()


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:9/v1",
        "http://localhost:8000/v1",
        "https://10.0.0.1/v1",
        "file:///etc/passwd",
        "https://user:word@models.example.com/v1",
        "https://models.example.com:5432/v1",
        "https://models.example.com/v1?key=1",
        "nonsense",
    ],
)
async def test_an_address_that_we_do_not_go_to_is_refused(world: World, address: str) -> None:
    tenant = await world.tenant()
    with pytest.raises(Invalid) as refused:
        await endpoint(tenant, base_url=address)
    assert {f.pointer for f in refused.value.faults} == {"/base_url"}
    assert await tenant.admin.list("ai_endpoints") == []


async def test_a_new_address_wants_the_key_again(world: World) -> None:
    tenant = await world.tenant()
    made = await endpoint(tenant)
    with pytest.raises(Invalid, match="given again"):
        await tenant.admin.do(
            "ai_endpoints.update", made["id"], base_url="https://evil.example.com/v1"
        )
    with pytest.raises(Duplicate):
        await endpoint(tenant)
    agent = await tenant.member("agent_b2b")
    with pytest.raises((Forbidden, NotFound)):
        await agent.read("ai_endpoints", made["id"])


async def test_pieces_without_a_vector_get_one_in_the_background(
    world: World, services: Services
) -> None:
    tenant = await world.tenant()
    base = await tenant.admin.do("knowledge_bases.create", name="Help")
    await article(world, tenant, base, "Reset the router with its button.", "public")
    async with services.database.transaction(tenant.id) as connection:
        await connection.execute(
            "UPDATE chunks SET model = NULL, embedding = NULL WHERE tenant_id = $1", tenant.id
        )
    async with services.system(tenant.id, reason="test") as ctx:
        ctx.enqueue("ai.catch_up", key="ai.catch_up")
    await world.work(tenant)
    async with services.database.transaction(tenant.id) as connection:
        waiting = await connection.fetchval(
            "SELECT count(*) FROM chunks WHERE tenant_id = $1 AND embedding IS NULL", tenant.id
        )
    assert waiting == 0
