"""Articles: drafted, published in editions, revised, retired, and read by those they are for."""

from typing import Any
from uuid import UUID

import pytest

from backend.service.knowledge.errors import (
    ArticleIsPublished,
    ArticleNotPublished,
    NothingToPublish,
)
from infra.kernel.access import Caller
from infra.kernel.errors import Forbidden, Invalid, NotFound
from tests.service.desk import Desk
from tests.world import Actor, Tenant, World


async def an_article(writer: Actor, audience: str = "public", **values: Any) -> dict[str, Any]:
    base = await writer.do("knowledge_bases.create", name=f"Base {audience} {len(values)}")
    made: dict[str, Any] = await writer.do(
        "articles.create",
        knowledge_base_id=str(base["id"]),
        title=values.pop("title", "No light"),
        body=values.pop("body", "Check the **fuse**."),
        audience=audience,
        **values,
    )
    return made


def a_visitor(world: World, tenant: Tenant) -> Actor:
    caller = Caller(tenant_id=tenant.id, audience="public", roles=frozenset({"visitor"}))
    return Actor(world, caller)


async def test_readers_see_a_revision_once_it_is_published(world: World) -> None:
    tenant = await world.tenant()
    writer = await tenant.member("knowledge_manager")
    visitor = a_visitor(world, tenant)
    article = await an_article(writer)
    assert article["number"].startswith("KB000")
    with pytest.raises(NotFound):
        await visitor.read("articles", article["id"])
    await writer.do("articles.publish", article["id"])
    assert (await visitor.read("articles", article["id"]))["title"] == "No light"
    await writer.do("articles.revise", article["id"], title="No light at all")
    assert (await visitor.read("articles", article["id"]))["title"] == "No light"
    told = await writer.do("articles.publish", article["id"])
    assert (told["edition"], told["title"], told["draft_title"]) == (2, "No light at all", None)
    editions = await writer.list("article_versions", article_id=str(article["id"]))
    assert [(e["edition"], e["title"]) for e in editions] == [
        (2, "No light at all"),
        (1, "No light"),
    ]


async def test_published_text_is_revised_and_never_overwritten(world: World) -> None:
    tenant = await world.tenant()
    article = await an_article(tenant.admin)
    with pytest.raises(ArticleNotPublished):
        await tenant.admin.do("articles.revise", article["id"], title="x")
    await tenant.admin.do("articles.update", article["id"], title="Dark")
    await tenant.admin.do("articles.publish", article["id"])
    with pytest.raises(ArticleIsPublished):
        await tenant.admin.do("articles.update", article["id"], body="x")
    with pytest.raises(NothingToPublish):
        await tenant.admin.do("articles.publish", article["id"])
    with pytest.raises(ArticleIsPublished):
        await tenant.admin.do("articles.delete", article["id"])


async def test_what_is_retired_is_gone_for_readers(world: World) -> None:
    tenant = await world.tenant()
    article = await an_article(tenant.admin)
    await tenant.admin.do("articles.publish", article["id"])
    await tenant.admin.do("articles.retire", article["id"])
    with pytest.raises(NotFound):
        await a_visitor(world, tenant).read("articles", article["id"])
    with pytest.raises(ArticleNotPublished):
        await tenant.admin.do("articles.retire", article["id"])


async def test_each_audience_reads_its_own(world: World) -> None:
    tenant = await world.tenant()
    for audience in ("public", "customer", "partner", "internal"):
        article = await an_article(tenant.admin, audience, title=audience)
        await tenant.admin.do("articles.publish", article["id"])
    await an_article(tenant.admin, title="draft", language="de")
    readers = {
        "visitor": (a_visitor(world, tenant), {"public"}),
        "customer": (await tenant.contact(), {"public", "customer"}),
        "consumer": (await tenant.consumer(), {"public", "customer"}),
        "agent": (await tenant.member("agent_b2c"), {"public", "customer", "partner", "internal"}),
    }
    for reader, titles in readers.values():
        assert {row["title"] for row in await reader.list("articles")} == titles


async def test_the_page_of_an_article_is_safe_html(world: World) -> None:
    tenant = await world.tenant()
    article = await an_article(tenant.admin, body="**Bold** <script>alert(1)</script>")
    await tenant.admin.do("articles.publish", article["id"])
    page = await a_visitor(world, tenant).do("articles.page", article["id"])
    assert "<strong>Bold</strong>" in page.html
    assert "<script" not in page.html


async def test_who_gives_feedback_again_replaces_it(world: World) -> None:
    tenant = await world.tenant()
    reader, article = await tenant.consumer(), await an_article(tenant.admin)
    with pytest.raises(NotFound):
        await reader.do("articles.feedback", article["id"], helpful=True)
    await tenant.admin.do("articles.publish", article["id"])
    await reader.do("articles.feedback", article["id"], helpful=True)
    await reader.do("articles.feedback", article["id"], helpful=False, comment="Too short")
    visitor = a_visitor(world, tenant)
    await visitor.do("articles.feedback", article["id"], helpful=True)
    await visitor.do("articles.feedback", article["id"], helpful=True)
    said = await tenant.admin.list("article_feedback")
    assert sorted(row["helpful"] for row in said) == [False, True, True]


async def test_an_article_names_product_models_that_exist(world: World) -> None:
    tenant = await world.tenant()
    with pytest.raises(Invalid) as refused:
        await an_article(tenant.admin, product_model_ids=[str(UUID(int=7))])
    assert [fault.pointer for fault in refused.value.faults] == ["/product_model_ids/0"]


async def test_an_agent_drafts_and_does_not_publish(world: World) -> None:
    tenant = await world.tenant()
    agent = await tenant.member("agent_b2c")
    base = await tenant.admin.do("knowledge_bases.create", name="Base")
    draft = await agent.do(
        "articles.create", knowledge_base_id=str(base["id"]), title="Mine", body="Words"
    )
    await agent.do("articles.update", draft["id"], title="Still mine")
    with pytest.raises(Forbidden):
        await agent.do("articles.publish", draft["id"])
    await tenant.admin.do("articles.publish", draft["id"])
    with pytest.raises(NotFound):
        await agent.do("articles.update", draft["id"], audience="public")


async def test_a_published_article_is_used_on_a_case_once(desk: Desk) -> None:
    case, article = await desk.case(), await an_article(desk.admin)
    with pytest.raises(Invalid):
        await desk.agent.do("cases.attach_article", case["id"], article_id=str(article["id"]))
    with pytest.raises(ArticleNotPublished):
        await desk.admin.do("cases.attach_article", case["id"], article_id=str(article["id"]))
    await desk.admin.do("articles.publish", article["id"])
    first = await desk.agent.do("cases.attach_article", case["id"], article_id=str(article["id"]))
    again = await desk.agent.do("cases.attach_article", case["id"], article_id=str(article["id"]))
    assert (first["id"], first["edition"]) == (again["id"], 1)
    assert len(await desk.admin.list("case_articles")) == 1
