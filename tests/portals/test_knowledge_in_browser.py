"""The help centre and the knowledge on the desk as they stand on a screen."""

import pytest
from playwright.async_api import Browser

from tests.portals.screen import Server, session_of, window
from tests.portals.workspace.furnishing import starts_as
from tests.service.articles import a_base, published
from tests.service.desk import a_desk
from tests.service.test_article_folders import brought, zipped
from tests.service.test_article_pictures import png
from tests.service.test_learning import searched, solved
from tests.world import World

pytestmark = [pytest.mark.browser]


async def test_its_pages_are_sound_at_every_width_and_in_both_looks(
    world: World, server: Server, chromium: Browser
) -> None:
    desk = await a_desk(await world.tenant())
    tenant, admin = desk.tenant, desk.admin
    base = await a_base(tenant)
    heading = await admin.do(
        "article_categories.create", knowledge_base_id=str(base["id"]), key="net", name="Network"
    )
    article = await published(
        admin, base, "Why is it slow in the evening?", category_id=str(heading["id"]),
        body="# First\n\nMeasure it.\n\n- once\n- twice\n",
    )  # fmt: skip
    german = await admin.do(
        "articles.translate", article["id"], language="de", title="Warum ist es langsam?",
        body="Messen Sie.",
    )  # fmt: skip
    await admin.do("articles.publish", german["id"])
    await admin.do("articles.revise", article["id"], body="# First\n\nMeasure it twice.\n")
    await admin.do("articles.publish", article["id"])
    await admin.do("articles.revise", article["id"], body="# First\n\nMeasure it at night.\n")
    await admin.do("articles.request_review", article["id"], message="Is night right?")
    await admin.do("articles.comment", article["id"], body="Ask the network", passage="at night")
    for place, query in enumerate(("router lights", "the light of my router", "invoice")):
        await searched(world, tenant, query, who=f"p{place}")
    done = await solved(desk, subject="A long subject that nobody would type but somebody did")
    keeper = await tenant.member("knowledge_manager", "service_manager", name="Kim Keeper")
    await starts_as(keeper, tenant)
    wrong: list[str] = []
    public = {
        "help": "/knowledge",
        "help-article": f"/knowledge/{article['number']}",
        "help-outdated": f"/knowledge/{german['number']}",
    }
    desk_pages = {
        "review-queue": f"/workspace/knowledge?state=review&base={base['id']}",
        "article-compared": f"/workspace/knowledge/{article['number']}?compare=1",
        "article-old": f"/workspace/knowledge/{article['number']}?edition=1",
        "article-edit": f"/workspace/knowledge/{article['number']}/edit",
        "article-translate": f"/workspace/knowledge/{article['number']}/translate",
        "article-from-case": f"/workspace/cases/{done['number']}",
        "gaps": "/workspace/knowledge/gaps?terms=light%20router",
    }
    async with window(chromium, server, tenant) as screen:
        for name, path in public.items():
            await screen.open(path)
            wrong += await screen.inspect(f"knowledge-{name}")
        await screen.act_as(await session_of(keeper, tenant))
        for name, path in desk_pages.items():
            await screen.open(path)
            wrong += await screen.inspect(f"knowledge-{name}")
    assert wrong == [], "\n".join(wrong)


async def test_pictures_and_reports_are_sound_too(
    world: World, server: Server, chromium: Browser
) -> None:
    tenant = await world.tenant()
    base = await a_base(tenant)
    keeper = await tenant.member("knowledge_manager", "service_manager", name="Kim Keeper")
    folder = {
        "lights.md": "---\ntitle: What do the lights say?\naudience: public\n---\n\n"
        "Green is good.\n\n![The lights](lights.png)\n\nSee [more](no.md).\n",
        "lights.png": png(900, 300, 120),
        "bad.md": "---\ntitle: Bad\ntier: x\nowner: me\n---\nWords",
    }
    await brought(world, tenant, keeper, base, zipped(folder))
    (lights,) = await tenant.admin.list("articles")
    await tenant.admin.do("articles.publish", lights["id"])
    await starts_as(keeper, tenant)
    wrong: list[str] = []
    async with window(chromium, server, tenant) as screen:
        await screen.open(f"/knowledge/{lights['number']}")
        assert (
            await screen.page.evaluate("document.querySelector('.prose img').naturalWidth") == 900
        )
        wrong += await screen.inspect("knowledge-help-picture")
        await screen.act_as(await session_of(keeper, tenant))
        await screen.open(f"/workspace/knowledge/{lights['number']}")
        wrong += await screen.inspect("knowledge-article-picture")
        await screen.open("/workspace/knowledge/folders")
        wrong += await screen.inspect("knowledge-folders")
    assert wrong == [], "\n".join(wrong)
