"""What an article said before can be compared, and brought back as the next edition."""

import pytest

from backend.service.knowledge.errors import NothingToPublish
from infra.kernel.errors import BadRequest, Forbidden, Invalid
from tests.service.articles import a_base, a_visitor, an_article, published
from tests.world import Actor, World


async def two_editions(world: World) -> tuple[Actor, Actor, str]:
    tenant = await world.tenant()
    base = await a_base(tenant)
    article = await published(tenant.admin, base, "No light", body="One\nTwo")
    await tenant.admin.do("articles.revise", article["id"], title="Dark", body="One\n2")
    await tenant.admin.do("articles.publish", article["id"])
    return tenant.admin, a_visitor(world, tenant), str(article["id"])


async def test_two_editions_are_compared_line_by_line(world: World) -> None:
    admin, visitor, article = await two_editions(world)
    told = await admin.do("articles.compare", article, before=1, after=2)
    assert (told.title_before, told.title_after) == ("No light", "Dark")
    assert [(line.change, line.text) for line in told.lines] == [
        ("same", "One"), ("removed", "Two"), ("added", "2"),
    ]  # fmt: skip
    await admin.do("articles.revise", article, body="One\n2\n3")
    waiting = await admin.do("articles.compare", article, before=2, after=0)
    assert [line.text for line in waiting.lines if line.change != "same"] == ["3"]
    with pytest.raises(BadRequest) as refused:
        await admin.do("articles.compare", article, before=9, after=2)
    assert [fault.pointer for fault in refused.value.faults] == ["/before"]
    with pytest.raises(Forbidden):
        await visitor.do("articles.compare", article, before=1, after=2)


async def test_an_old_edition_comes_back_once_it_is_published(world: World) -> None:
    admin, visitor, article = await two_editions(world)
    await admin.do("articles.restore", article, edition=1)
    assert (await visitor.read("articles", article))["title"] == "Dark"
    told = await admin.do("articles.publish", article)
    assert (told["edition"], told["title"], told["body"]) == (3, "No light", "One\nTwo")
    editions = await admin.list("article_versions", sort="-published_at")
    assert [each["title"] for each in editions] == ["No light", "Dark", "No light"]


async def test_what_was_never_published_has_nothing_to_come_back_to(world: World) -> None:
    tenant = await world.tenant()
    article = await an_article(tenant.admin, await a_base(tenant))
    with pytest.raises(Invalid):
        await tenant.admin.do("articles.restore", article["id"], edition=1)
    with pytest.raises(Invalid):
        await tenant.admin.do("articles.restore", article["id"], edition=0)
    assert (await tenant.admin.read("articles", article["id"]))["draft_body"] is None


async def test_restoring_the_edition_that_readers_have_makes_nothing_to_publish(
    world: World,
) -> None:
    admin, _, article = await two_editions(world)
    await admin.do("articles.restore", article, edition=2)
    with pytest.raises(NothingToPublish):
        await admin.do("articles.publish", article)
