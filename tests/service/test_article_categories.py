"""Categories of a base, below each other; and a base that is closed shows nothing."""

from typing import Any

import pytest

from backend.service.knowledge.errors import CategoryCycle
from infra.kernel.errors import BadRequest, NotFound, Problem
from tests.service.articles import a_base, a_visitor, an_article, published
from tests.world import Tenant, World


async def a_category(
    tenant: Tenant, base: dict[str, Any], key: str, parent: dict[str, Any] | None = None
) -> dict[str, Any]:
    made: dict[str, Any] = await tenant.admin.do(
        "article_categories.create", knowledge_base_id=str(base["id"]), key=key,
        name=key.title(), parent_id=str(parent["id"]) if parent else None,
    )  # fmt: skip
    return made


async def test_a_category_never_lies_below_itself(world: World) -> None:
    tenant = await world.tenant()
    base = await a_base(tenant)
    top = await a_category(tenant, base, "network")
    below = await a_category(tenant, base, "routers", top)
    with pytest.raises(CategoryCycle):
        await tenant.admin.do("article_categories.update", top["id"], parent_id=str(below["id"]))
    with pytest.raises(Problem):
        await tenant.admin.do("article_categories.update", top["id"], parent_id=str(top["id"]))
    assert (await tenant.admin.read("article_categories", top["id"]))["parent_id"] is None


async def test_categories_and_articles_stay_in_their_base(world: World) -> None:
    tenant = await world.tenant()
    one, other = await a_base(tenant), await a_base(tenant, name="Inside")
    theirs = await a_category(tenant, other, "network")
    with pytest.raises(Problem):
        await a_category(tenant, one, "routers", theirs)
    with pytest.raises(Problem):
        await an_article(tenant.admin, one, category_id=str(theirs["id"]))
    assert await tenant.admin.list("articles") == []
    mine = await a_category(tenant, one, "network")
    article = await an_article(tenant.admin, one, category_id=str(mine["id"]))
    moved = await tenant.admin.do(
        "articles.update", article["id"], knowledge_base_id=str(other["id"])
    )
    assert (moved["knowledge_base_id"], moved["category_id"]) == (other["id"], None)


async def test_a_category_is_browsed_with_all_below_it(world: World) -> None:
    tenant = await world.tenant()
    base = await a_base(tenant)
    top = await a_category(tenant, base, "network")
    below = await a_category(tenant, base, "routers", top)
    beside = await a_category(tenant, base, "bills")
    for title, category in (("Top", top), ("Below", below), ("Beside", beside)):
        await published(tenant.admin, base, title, category_id=str(category["id"]))
    await an_article(tenant.admin, base, "Not yet", category_id=str(top["id"]))
    visitor = a_visitor(world, tenant)
    asked = {"knowledge_base_id": str(base["id"])}
    shelf = await visitor.do("articles.browse", category_id=str(top["id"]), **asked)
    assert [each.title for each in shelf.data] == ["Below", "Top"]
    assert [each.title for each in (await visitor.do("articles.browse", **asked)).data] == [
        "Below", "Beside", "Top",
    ]  # fmt: skip
    assert [c["key"] for c in await visitor.list("article_categories", sort="name")] == [
        "bills", "network", "routers",
    ]  # fmt: skip


async def test_a_category_that_holds_something_is_not_removed(world: World) -> None:
    tenant = await world.tenant()
    base = await a_base(tenant)
    category = await a_category(tenant, base, "network")
    await an_article(tenant.admin, base, category_id=str(category["id"]))
    client = tenant.admin.http()
    assert (await client.delete(f"/api/v1/article_categories/{category['id']}")).status_code == 409


async def test_a_closed_base_shows_readers_outside_nothing_of_it(world: World) -> None:
    tenant = await world.tenant()
    base, agent = await a_base(tenant), await tenant.member("agent_b2c")
    await a_category(tenant, base, "network")
    article = await published(tenant.admin, base, "No light")
    readers = [a_visitor(world, tenant), await tenant.contact(), await tenant.consumer()]
    await tenant.admin.do("knowledge_bases.update", base["id"], active=False)
    later = await published(tenant.admin, base, "No sound")
    for reader in readers:
        assert await reader.list("articles") == []
        assert await reader.list("article_categories") == []
        for each in (article, later):
            with pytest.raises(NotFound):
                await reader.do("articles.page", each["id"])
        with pytest.raises(BadRequest):
            await reader.do("articles.browse", knowledge_base_id=str(base["id"]))
    assert len(await agent.list("articles")) == 2
    await tenant.admin.do("knowledge_bases.update", base["id"], active=True)
    for reader in readers:
        assert len(await reader.list("articles")) == 2
