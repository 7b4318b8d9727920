"""Row 24: an origin is compared whole. What only resembles a listed one gets no leave to read."""

import pytest

from tests.embeddables.shop import ORIGIN, Shop, a_shop
from tests.world import World

OTHERS = (
    "https://evil-shop.example.com",
    "https://evilshop.example.com",
    "https://shop.example.com.evil.test",
    "https://shop.example.comevil.test",
    "https://sub.shop.example.com",
    "https://example.com",
    "http://shop.example.com",
    "https://shop.example.com:8443",
    "https://shop.example.com:443",
    "https://SHOP.example.com",
    "https://shop.example.com/",
    "https://shop.example.com@evil.test",
    "https://shop.example.com, https://evil.test",
    "https://shop.example.com https://evil.test",
    "https://shop_example.com",
    "null",
    "*",
    "",
)


@pytest.fixture
async def shop(world: World) -> Shop:
    return await a_shop(world, await world.tenant())


@pytest.mark.parametrize("origin", OTHERS)
async def test_24_an_origin_that_only_resembles_a_listed_one_reads_nothing(
    shop: Shop, origin: str
) -> None:
    token = (await shop.session())["token"]
    page = shop.page(origin, token)
    asked = {"Access-Control-Request-Method": "POST"}
    answers = [
        await page.get(f"/embed/v1/modules/{shop.key}"),
        await page.post("/embed/v1/session", json={"module": shop.key}),
        await page.get("/embed/v1/knowledge?q=a"),
        await page.get(f"/embed/v1/knowledge?q=a&module={shop.key}"),
        await page.get("/embed/v1/products"),
        await page.post("/embed/v1/cases", json={"subject": "x"}),
    ]
    assert {answer.status_code for answer in answers} == {403}
    answers += [
        await page.options(f"/embed/v1/cases?module={shop.key}", headers=asked),
        await page.options("/embed/v1/cases", headers=asked),
        await page.get("/api/v1/cases"),
        await page.options("/api/v1/cases", headers=asked),
    ]
    for answer in answers:
        assert not [n for n in answer.headers if n.startswith("access-control")], answer.url


async def test_24_a_listed_page_may_read_without_credentials_and_no_other_module_s_page_may(
    shop: Shop,
) -> None:
    other = await a_shop(shop.world, shop.tenant, origins=["https://two.example.com"])
    token = (await shop.session())["token"]
    good = await shop.page(token=token).get("/embed/v1/knowledge?q=a")
    assert good.status_code == 200
    assert good.headers["access-control-allow-origin"] == ORIGIN
    assert "origin" in good.headers["vary"].lower()
    assert "access-control-allow-credentials" not in good.headers
    assert "set-cookie" not in good.headers
    refused = await shop.page("https://two.example.com", token).get("/embed/v1/knowledge?q=a")
    assert refused.status_code == 403
    for place in (f"knowledge?q=a&module={other.key}", f"products?module={other.key}"):
        mixed = await shop.page(token=token).get(f"/embed/v1/{place}")
        assert mixed.status_code in {401, 403}
        assert "access-control-allow-origin" not in mixed.headers


async def test_24_a_listed_page_is_let_through_before_it_sends(shop: Shop) -> None:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x"}
    page = shop.page()
    answer = await page.options(f"/embed/v1/cases?module={shop.key}", headers=asked)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert "origin" in answer.headers["vary"].lower()
    assert "access-control-allow-credentials" not in answer.headers
    on_its_host = shop.world.http({"Origin": ORIGIN, "Host": f"{shop.tenant.slug}.localhost:8000"})
    answer = await on_its_host.options("/embed/v1/cases", headers=asked)
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    elsewhere = await shop.world.tenant()
    foreign = shop.world.http({"Origin": ORIGIN, "Host": f"{elsewhere.slug}.localhost:8000"})
    for place in ("cases", f"cases?module={shop.key}"):
        answer = await foreign.options(f"/embed/v1/{place}", headers=asked)
        assert "access-control-allow-origin" not in answer.headers
