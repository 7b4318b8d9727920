"""What the tests of articles build on."""

from typing import Any

from backend.service.knowledge.jobs import clock
from infra.kernel.access import Caller
from tests.world import Actor, Tenant, World


async def a_base(tenant: Tenant, **values: Any) -> dict[str, Any]:
    """A knowledge base."""
    made: dict[str, Any] = await tenant.admin.do(
        "knowledge_bases.create", **({"name": "Help"} | values)
    )
    return made


async def an_article(
    writer: Actor, base: dict[str, Any], title: str = "No light", **values: Any
) -> dict[str, Any]:
    """A draft on a base, for everybody unless said otherwise."""
    given = {"body": "Check the **fuse**.", "audience": "public"} | values
    made: dict[str, Any] = await writer.do(
        "articles.create", knowledge_base_id=str(base["id"]), title=title, **given
    )
    return made


async def published(writer: Actor, base: dict[str, Any], title: str, **values: Any) -> Any:
    """An article that readers have."""
    made = await an_article(writer, base, title, **values)
    return await writer.do("articles.publish", made["id"])


def a_visitor(world: World, tenant: Tenant, locale: str = "en") -> Actor:
    """Somebody whom nobody knows."""
    caller = Caller(
        tenant_id=tenant.id, audience="public", roles=frozenset({"visitor"}), locale=locale
    )
    return Actor(world, caller)


async def let_time_pass(world: World, tenant: Tenant, **moments: str) -> None:
    """Move moments of all articles (`publish_at="-1 hour"` from now) and let the clock look."""
    columns = ", ".join(f"{name} = now() + '{by}'::interval" for name, by in moments.items())
    given = " AND ".join(f"{name} IS NOT NULL" for name in moments)
    async with world.services.database.transaction(tenant.id) as connection:
        await connection.execute(
            f"UPDATE articles SET {columns} WHERE tenant_id = $1 AND {given}", tenant.id
        )
    await look(world, tenant)


async def look(world: World, tenant: Tenant) -> None:
    """What the clock's job does."""
    async with world.services.system(tenant.id, reason="test") as ctx:
        await clock(ctx)
