"""An article's pictures on another site's page and at the portal: for its readers, for a while."""

import re
from html import unescape
from urllib.parse import urlsplit

from tests.embeddables.shop import a_shop
from tests.portals.browsing import Browser, browser_of
from tests.service.test_article_pictures import LIGHTS, shelved
from tests.world import World


def source_of(html: str) -> str:
    found = re.search(r'<img src="([^"]+)"', html)
    assert found, html
    return unescape(found[1])


async def test_a_widget_shows_the_pictures_of_what_its_reader_may_read(world: World) -> None:
    tenant, keeper, _, rows = await shelved(world)
    lights = rows["Lights"]["id"]
    shop = await a_shop(world, tenant)
    page = await shop.stranger()
    told = (await page.get(f"/embed/v1/knowledge/{lights}")).json()
    source = source_of(told["html"])
    # As a browser loads a picture: no token, no origin.
    bare = world.http()
    shown = await bare.get(source)
    assert (shown.status_code, shown.content) == (200, LIGHTS)
    assert shown.headers["content-type"] == "image/png"
    assert shown.headers["cross-origin-resource-policy"] == "cross-origin"
    assert shown.headers["x-content-type-options"] == "nosniff"
    path, query = urlsplit(source).path, urlsplit(source).query
    for wrong in (
        path, f"{path}?module={shop.key}", f"{path}?{query[:-12]}AAAA{query[-8:]}",
        f"{path.replace('a.png', 'a-2.png')}?{query}",
        f"{path.replace(str(lights), str(rows['Page']['id']))}?{query}",
    ):  # fmt: skip
        assert (await bare.get(wrong)).status_code == 404, wrong
    await keeper.do("articles.retire", lights)
    assert (await bare.get(source)).status_code == 404


async def test_the_portal_and_the_desk_show_pictures_to_their_readers(world: World) -> None:
    tenant, keeper, _, rows = await shelved(world)
    number, inner = rows["Lights"]["number"], rows["Page"]["number"]
    portal = Browser(world, tenant.slug)
    await portal.get(f"/knowledge/{number}")
    shown = await portal.get(source_of(portal.page))
    assert (shown.status_code, shown.content) == (200, LIGHTS)
    assert (await portal.get(f"/knowledge/{inner}/pictures/a.png")).status_code == 404
    assert (await portal.get(f"/knowledge/{number}/pictures/none.png")).status_code == 404
    desk = await browser_of(keeper, tenant)
    await desk.get(f"/workspace/knowledge/{inner}")
    source = source_of(desk.page)
    assert source == f"/workspace/knowledge/{inner}/pictures/a.png"
    assert (await desk.get(source)).headers["content-type"] == "image/png"
    await desk.get(f"/workspace/knowledge/{number}?edition=1")
    assert source_of(desk.page).endswith(f"{number}/pictures/a.png")
    assert (await portal.get(source)).status_code in {303, 403}
