"""On another site too: what an owner may read, by meaning and by words, and nobody else."""

import httpx2

from tests.embeddables.shop import a_shop, an_article
from tests.service.desk import a_desk
from tests.world import World

WORDS = "blinking router light"


async def found(page: httpx2.AsyncClient) -> list[str]:
    answer = await page.get("/embed/v1/knowledge", params={"q": WORDS})
    assert answer.status_code == 200, answer.text
    return [row["title"] for row in answer.json()["data"]]


async def test_a_widget_shows_owners_the_articles_of_their_products(world: World) -> None:
    desk = await a_desk(await world.tenant())
    shop = await a_shop(world, desk.tenant)
    article = await an_article(
        desk.tenant, "A blinking router light", "The router light blinks while it starts."
    )
    await desk.admin.do("articles.update", article["id"], product_model_ids=[str(desk.model["id"])])
    await world.work(desk.tenant)
    contact = await desk.admin.read("contacts", desk.contact_id)
    other = await desk.tenant.contact()
    theirs = await desk.admin.read("contacts", other.caller.attributes["contact_id"])
    owner = await shop.as_(contact["email"], email_verified=True)
    neighbour = await shop.as_(theirs["email"], email_verified=True)
    assert await found(owner) == ["A blinking router light"]
    for page in (neighbour, await shop.stranger()):
        assert await found(page) == []
        assert (await page.get(f"/embed/v1/knowledge/{article['id']}")).status_code == 404


async def test_a_widget_shows_each_article_once_in_the_pages_language(world: World) -> None:
    desk = await a_desk(await world.tenant())
    shop = await a_shop(world, desk.tenant)
    article = await an_article(
        desk.tenant, "A blinking router light", "The router light blinks while it starts."
    )
    german = await desk.admin.do(
        "articles.translate", article["id"], language="de", title="Blinkendes Router-Licht",
        body="blinking router light: blinkt beim Start",
    )  # fmt: skip
    await desk.admin.do("articles.publish", german["id"])
    await world.work(desk.tenant)
    assert await found(await shop.stranger()) == ["A blinking router light"]


async def test_what_a_widget_was_asked_and_what_was_opened_is_kept(world: World) -> None:
    desk = await a_desk(await world.tenant())
    shop = await a_shop(world, desk.tenant)
    article = await an_article(
        desk.tenant, "A blinking router light", "The router light blinks while it starts."
    )
    await world.work(desk.tenant)
    page = await shop.stranger()
    assert await found(page) == ["A blinking router light"]
    (kept,) = await desk.admin.list("knowledge_searches")
    assert (kept["door"], kept["query"], kept["results"]) == ("widget", WORDS, 1)
    assert kept["opened_article_id"] is None
    assert (await page.get(f"/embed/v1/knowledge/{article['id']}")).status_code == 200
    (kept,) = await desk.admin.list("knowledge_searches")
    assert str(kept["opened_article_id"]) == str(article["id"])
