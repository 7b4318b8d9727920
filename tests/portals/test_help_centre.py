"""The help centre of the portal: by category, in the page's language, for who may read it."""

from typing import Any

from tests.portals.browsing import Browser, browser_of
from tests.service.articles import a_base, published
from tests.service.desk import a_desk
from tests.world import Tenant, World


async def a_shelf(tenant: Tenant) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """A base with a category below another."""
    base = await a_base(tenant)
    top = await tenant.admin.do(
        "article_categories.create", knowledge_base_id=str(base["id"]), key="network",
        name="Network", names={"de": "Netz"},
    )  # fmt: skip
    below = await tenant.admin.do(
        "article_categories.create", knowledge_base_id=str(base["id"]), key="routers",
        name="Routers", parent_id=str(top["id"]),
    )  # fmt: skip
    return base, top, below


async def test_articles_are_found_by_going_down_the_headings(world: World) -> None:
    tenant = await world.tenant()
    base, top, below = await a_shelf(tenant)
    article = await published(tenant.admin, base, "Router lights", category_id=str(below["id"]))
    await published(tenant.admin, base, "House rules")
    browser = Browser(world, tenant.slug)
    await browser.get("/knowledge")
    for words in ("Network", "Router lights", "House rules"):
        assert words in browser.text
    assert "Routers" not in browser.text
    await browser.get(f"/knowledge?base={base['id']}&category={top['id']}")
    assert "Routers" in browser.text
    assert "House rules" not in browser.text
    await browser.get(f"/knowledge/{article['number']}")
    assert "Routers" in browser.text
    assert (await browser.get(f"/knowledge?base={top['id']}")).status_code == 404


async def test_a_page_is_in_one_language_and_says_where_else_it_can_be_read(
    world: World,
) -> None:
    tenant = await world.tenant()
    base, top, _ = await a_shelf(tenant)
    light = await published(tenant.admin, base, "No light", category_id=str(top["id"]))
    german = await tenant.admin.do(
        "articles.translate", light["id"], language="de", title="Kein Licht", body="light"
    )
    await tenant.admin.do("articles.publish", german["id"])
    browser = Browser(world, tenant.slug)
    await browser.get("/knowledge")
    assert "No light" in browser.text
    assert "Kein Licht" not in browser.text
    await browser.get("/search?q=light")
    assert "No light" in browser.text
    assert "Kein Licht" not in browser.text
    await browser.get(f"/knowledge/{light['number']}")
    assert "Deutsch" in browser.text
    assert f'href="/knowledge/{german["number"]}"' in browser.page
    await browser.post("/language", {"locale": "de", "next": "/knowledge"})
    await browser.get("/knowledge")
    assert "Kein Licht" in browser.text
    assert "Netz" in browser.text
    assert "No light" not in browser.text
    await browser.get("/search?q=light")
    assert "Kein Licht" in browser.text
    assert "No light" not in browser.text


async def test_headings_are_shown_to_those_for_whom_something_lies_under_them(
    world: World,
) -> None:
    desk = await a_desk(await world.tenant())
    base, top, _ = await a_shelf(desk.tenant)
    await published(
        desk.admin, base, "Router lights", category_id=str(top["id"]), audience="customer",
        product_model_ids=[str(desk.model["id"])],
    )  # fmt: skip
    owner = await browser_of(desk.contact, desk.tenant)
    await owner.get("/knowledge")
    assert "Router lights" in owner.text
    stranger = await browser_of(await desk.tenant.contact(), desk.tenant)
    for browser in (stranger, Browser(world, desk.tenant.slug)):
        await browser.get("/knowledge")
        assert "Router lights" not in browser.text
        assert "Network" not in browser.text


async def test_what_was_searched_and_opened_is_kept_without_who_it_was(world: World) -> None:
    tenant = await world.tenant()
    base, _, _ = await a_shelf(tenant)
    article = await published(tenant.admin, base, "Router lights")
    browser = Browser(world, tenant.slug)
    for words in ("rou", "router", "router li"):
        await browser.get(f"/search/results?q={words}")
    (kept,) = await tenant.admin.list("knowledge_searches")
    assert (kept["door"], kept["query"], kept["results"]) == ("portal", "router li", 1)
    await browser.get(f"/knowledge/{article['number']}")
    (kept,) = await tenant.admin.list("knowledge_searches")
    assert kept["opened_article_id"] == article["id"]
    await browser.get("/search?q=zebra")
    told = await tenant.admin.do("knowledge_searches.gaps")
    assert [gap.query for gap in told.data] == ["zebra"]


async def test_a_reader_says_what_was_missing(world: World) -> None:
    tenant = await world.tenant()
    base, _, _ = await a_shelf(tenant)
    article = await published(tenant.admin, base, "Router lights")
    browser = Browser(world, tenant.slug)
    await browser.get(f"/knowledge/{article['number']}")
    assert 'name="edition" value="1"' in browser.page
    # A new edition comes out while they read the old one.
    await tenant.admin.do("articles.revise", article["id"], body="Look at the fuse")
    await tenant.admin.do("articles.publish", article["id"])
    await browser.post(
        f"/knowledge/{article['number']}/feedback",
        {"helpful": "no", "comment": "The fuse", "edition": "1"},
    )
    (said,) = await tenant.admin.list("article_feedback")
    assert (said["helpful"], said["comment"], said["edition"]) == (False, "The fuse", 1)
