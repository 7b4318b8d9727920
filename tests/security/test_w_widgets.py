"""Rows W1 to W5: what a stranger's page, a forged identity or a stolen widget token can do."""

import time
from typing import Any

import pytest

from embeddables.assets import files
from infra.kernel.ids import uuid7
from tests.embeddables.shop import Shop, a_shop, an_article, by_hand, claims_of, signed
from tests.embeddables.test_identity import email_of
from tests.world import World


@pytest.fixture
async def shop(world: World) -> Shop:
    return await a_shop(world, await world.tenant())


async def test_w1_no_page_of_ours_can_be_framed_by_another_site(shop: Shop) -> None:
    page = shop.page("https://evil.test")
    for path in ("/", "/api/docs", "/embed/atrium.js", f"/embed/v1/modules/{shop.key}"):
        answer = await page.get(path)
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"], path
        assert "frame-ancestors *" not in answer.headers["content-security-policy"]


def test_w2_the_components_hear_no_message_and_send_none() -> None:
    for name, content in files().items():
        for word in (
            b"postMessage",
            b"onmessage",
            b'"message"',
            b"'message'",
            b"eval(",
            b"innerHTML",
        ):
            assert word not in content, (name, word)


async def forgeries(shop: Shop, foreign: Shop) -> dict[str, str]:
    """Tokens that name a customer and must open nothing."""
    noor = await shop.tenant.consumer()
    email = await email_of(shop, noor)
    now = int(time.time())
    secret = shop.secret.encode()
    plain = {"alg": "HS256", "typ": "JWT"}
    own_jwk = {"kty": "oct", "k": "YXR0YWNrZXItYXR0YWNrZXItYXR0YWNrZXItYXR0YWNr"}

    def told(**changed: Any) -> dict[str, Any]:
        return claims_of(email, **changed)

    good = signed(shop.secret, told())
    return {
        "unsigned": by_hand({"alg": "none"}, told(), None),
        "unsigned, shouted": by_hand({"alg": "NONE", "typ": "JWT"}, told(), None),
        "unsigned but HS256": by_hand(plain, told(), None),
        "another secret": signed("x" * 40, told()),
        "empty secret": by_hand(plain, told(), b""),
        "the key is the secret": by_hand(plain, told(), shop.key.encode()),
        "another tenant's": signed(foreign.secret, told()),
        "changed after signing": ".".join([good.split(".")[0], by_hand(plain, told(), b"")
                                           .split(".")[1], good.split(".")[2]]),
        "another algorithm": by_hand({"alg": "HS512"}, told(), secret),
        "kid": by_hand(plain | {"kid": "../../../../dev/null"}, told(), b""),
        "kid sql": by_hand(plain | {"kid": "' UNION SELECT 'x"}, told(), b"x"),
        "jku": by_hand(plain | {"jku": "https://evil.test/keys"}, told(), secret),
        "jwk": by_hand(plain | {"jwk": own_jwk}, told(), b"attacker-attacker-attacker-attack"),
        "crit": by_hand(plain | {"crit": ["exp"]}, told(), secret),
        "b64": by_hand(plain | {"b64": False, "crit": ["b64"]}, told(), secret),
        "access token": by_hand(plain | {"typ": "at+jwt"}, told(), secret),
        "expired": signed(shop.secret, told(iat=now - 300, exp=now - 1)),
        "no exp": signed(shop.secret, told(exp=None)),
        "no iat": signed(shop.secret, told(iat=None)),
        "no jti": signed(shop.secret, told(jti=None)),
        "no sub": signed(shop.secret, told(sub=None)),
        "sub is no text": signed(shop.secret, told(sub=5)),
        "exp far": signed(shop.secret, told(exp=now + 3600)),
        "exp is text": signed(shop.secret, told(exp="later")),
        "exp is infinite": by_hand(plain, told(exp=10**300), secret),
        "not yet": signed(shop.secret, told(nbf=now + 300)),
        "from the future": signed(shop.secret, told(iat=now + 300, exp=now + 400)),
        "another audience": signed(shop.secret, told(aud=foreign.key)),
        "audience list": signed(shop.secret, told(aud=["a", "b"])),
        "claims no object": by_hand(plain, [1], secret),
        "deep": by_hand(plain, told(), secret)[:40] + "." + "W1tb" * 1500 + ".x",
        "not a token": "a.b.c",
        "one part": "abc",
        "letters": "ä.ö.ü",
        "long": "a" * 16_000,
    }  # fmt: skip


async def test_w3_an_identity_that_is_not_signed_right_is_a_stranger_and_told_no_more(
    shop: Shop, world: World
) -> None:
    foreign = await a_shop(world, await world.tenant())
    tokens = await forgeries(shop, foreign)
    nobody = await shop.session(None)
    for name, token in tokens.items():
        told = await shop.session(token)
        assert {k: v for k, v in told.items() if k != "token"} == {
            k: v for k, v in nobody.items() if k != "token"
        }, name
        page = shop.page(token=told["token"])
        assert (await page.get("/embed/v1/products")).json() == {"data": []}, name
    assert await shop.tenant.admin.list("module_identities") == []


async def test_w3_an_identity_is_good_once(shop: Shop) -> None:
    token = signed(shop.secret, claims_of("noor@example.com"))
    assert [(await shop.session(token))["identified"] for _ in range(3)] == [True, False, False]


async def test_w3_the_identity_of_one_site_is_no_identity_on_another(shop: Shop) -> None:
    other = await a_shop(shop.world, shop.tenant)
    assert not (await other.session(signed(shop.secret, claims_of("n@example.com"))))["identified"]


async def test_w3_no_secret_is_in_anything_a_browser_gets(shop: Shop) -> None:
    told = (await shop.page().get(f"/embed/v1/modules/{shop.key}")).text
    session = str(await shop.session(signed(shop.secret, claims_of("n@example.com"))))
    for text in (told, session, *(content.decode() for content in files().values())):
        assert shop.secret not in text
        assert "sealed" not in text


async def test_w3_browser_fields_never_override_signed_ones(shop: Shop) -> None:
    page = await shop.as_("kim@example.com", name="Kim Ode")
    body = {"subject": "Hello", "name": "Admin", "email": "admin@example.com"}
    made = (await page.post("/embed/v1/cases", json=body)).json()
    case = await shop.tenant.admin.read("cases", made["id"], expand="consumer")
    assert (case["consumer"]["name"], case["consumer"]["email"]) == ("Kim Ode", "kim@example.com")


async def test_w4_one_reader_s_token_shows_nothing_of_another_s(shop: Shop) -> None:
    noor, other = await shop.tenant.consumer(), await shop.tenant.consumer()
    model = await shop.tenant.admin.do("product_models.create", name="H", code="H", kind="hardware")
    await shop.tenant.admin.do(
        "sold_products.create",
        name="Noor's hub",
        product_model_id=str(model["id"]),
        consumer_id=str(noor.caller.attributes["consumer_id"]),
    )
    hers = await shop.as_(await email_of(shop, noor))
    theirs = await shop.as_(await email_of(shop, other))
    assert len((await hers.get("/embed/v1/products")).json()["data"]) == 1
    assert (await theirs.get("/embed/v1/products")).json() == {"data": []}
    token = (await shop.session())["token"]
    guesses = [token[:-1] + "x", token.replace(".", ".0", 1), token[:70], "Bearer", f"{token}x"]
    guesses += [f"atr_w_{shop.tenant.id.hex}.{uuid7().hex}.{'a' * 43}"]
    for guess in guesses:
        assert (await shop.page(token=guess).get("/embed/v1/products")).status_code == 401, guess


async def test_w5_a_widget_s_session_opens_no_other_door(shop: Shop) -> None:
    article = await an_article(shop.tenant, "Tides", "High and low")
    for token in (
        (await shop.session())["token"],
        (await shop.session(signed(shop.secret, claims_of("n@example.com"))))["token"],
    ):
        for origin in (None, "https://shop.example.com"):
            page = shop.page(origin, token)
            for path in (
                "me", "cases", "articles", f"articles/{article['id']}", "users", "modules",
                "accounts", "events", "search?q=a", "work_items",
            ):  # fmt: skip
                answer = await page.get(f"/api/v1/{path}")
                assert answer.status_code == 401, (path, answer.text)
            made = await page.post("/api/v1/cases", json={"subject": "x"})
            assert made.status_code == 401
            in_a_cookie = shop.world.http({"Cookie": f"atrium_session={token}"})
            assert (await in_a_cookie.get("/api/v1/me")).status_code == 401
        for key in (shop.key, shop.secret):
            assert (await shop.page(None, key).get("/api/v1/cases")).status_code == 401


async def test_w5_no_other_credential_opens_a_widget_s_door(shop: Shop) -> None:
    page = shop.page(None, shop.tenant.admin.token)
    for path in ("knowledge?q=a", "products"):
        assert (await page.get(f"/embed/v1/{path}")).status_code == 401
    assert (await shop.page(None).get("/embed/v1/products")).status_code == 401


async def test_w5_a_session_of_one_tenant_is_nothing_on_another_s_host(
    shop: Shop, world: World
) -> None:
    foreign = await world.tenant()
    token = (await shop.session())["token"]
    client = world.http(
        {"Authorization": f"Bearer {token}", "Host": f"{foreign.slug}.localhost:8000"}
    )
    assert (await client.get("/embed/v1/knowledge?q=a")).status_code == 403
    assert (await client.get(f"/embed/v1/modules/{shop.key}")).status_code == 404
