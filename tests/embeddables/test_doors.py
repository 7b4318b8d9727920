"""What a page of another site can do: search, read, answer, see what is owned, open a case."""

from typing import Any

import pytest

from tests.embeddables.shop import ORIGIN, Shop, a_shop, an_article
from tests.embeddables.test_identity import email_of
from tests.world import Actor


async def owned_router(shop: Shop, noor: Actor, serial: str = "HG-20-4471") -> dict[str, Any]:
    admin = shop.tenant.admin
    model = await admin.do("product_models.create", name="Hub 20", code=serial, kind="hardware")
    made: dict[str, Any] = await admin.do(
        "sold_products.create",
        name="Home router",
        product_model_id=str(model["id"]),
        consumer_id=str(noor.caller.attributes["consumer_id"]),
        serial_number=serial,
    )
    return made


async def test_a_stranger_finds_and_reads_what_is_public_and_nothing_else(shop: Shop) -> None:
    public = await an_article(shop.tenant, "Restart the hub", "Hold the **button** <b>down</b>")
    inner = await an_article(shop.tenant, "Restart inside", "For staff", audience="internal")
    theirs = await an_article(shop.tenant, "Restart yours", "For customers", audience="customer")
    page = await shop.stranger()
    found = (await page.get("/embed/v1/knowledge", params={"q": "restart"})).json()["data"]
    assert [hit["id"] for hit in found] == [str(public["id"])]
    assert found[0]["snippet"].startswith("Hold the button")
    read = (await page.get(f"/embed/v1/knowledge/{public['id']}")).json()
    assert read["html"] == "<p>Hold the <strong>button</strong> &lt;b&gt;down&lt;/b&gt;</p>\n"
    for hidden in (inner, theirs):
        assert (await page.get(f"/embed/v1/knowledge/{hidden['id']}")).status_code == 404
    known = await shop.as_("noor@example.com")
    found = (await known.get("/embed/v1/knowledge", params={"q": "restart"})).json()["data"]
    assert {hit["id"] for hit in found} == {str(public["id"]), str(theirs["id"])}


async def test_a_question_in_other_words_finds_its_answer_and_a_strange_one_finds_none(
    shop: Shop,
) -> None:
    near = await an_article(
        shop.tenant, "Slow internet in the evening", "Many people share the line after six."
    )
    hidden = await an_article(
        shop.tenant, "Slow internet at night", "For staff.", audience="internal"
    )
    await shop.world.work(shop.tenant)
    page = await shop.stranger()
    for words, found in (("why is my internet slow at evenings", True), ("bread recipe", False)):
        hits = (await page.get("/embed/v1/knowledge", params={"q": words})).json()["data"]
        assert [hit["id"] for hit in hits] == ([str(near["id"])] if found else [])
        assert str(hidden["id"]) not in str(hits)


async def test_a_module_shows_its_own_shelves_only(shop: Shop) -> None:
    on = await an_article(shop.tenant, "Tides", "High and low")
    off = await an_article(shop.tenant, "Tides elsewhere", "High and low")
    await shop.change(
        components={"knowledge_search": {"knowledge_base_ids": [str(on["knowledge_base_id"])]}}
    )
    page = await shop.stranger()
    found = (await page.get("/embed/v1/knowledge", params={"q": "tides"})).json()["data"]
    assert [hit["id"] for hit in found] == [str(on["id"])]
    for path in ("", "/feedback"):
        place = f"/embed/v1/knowledge/{off['id']}{path}"
        answer = await (page.post(place, json={"helpful": True}) if path else page.get(place))
        assert answer.status_code == 404


async def test_feedback_is_taken_once_per_key(shop: Shop) -> None:
    article = await an_article(shop.tenant, "Tides", "High and low")
    page = await shop.stranger()
    place = f"/embed/v1/knowledge/{article['id']}/feedback"
    for _ in range(2):
        said = await page.post(
            place, json={"helpful": False, "edition": 1}, headers={"Idempotency-Key": "k1"}
        )
        assert said.json() == {"article_id": str(article["id"]), "helpful": False}
    assert len(await shop.tenant.admin.list("article_feedback")) == 1
    bad = await page.post(place, json={"helpful": "yes", "x": 1})
    assert {e["pointer"] for e in bad.json()["errors"]} == {"/helpful", "/x"}


async def test_a_customer_opens_a_case_about_the_page_s_device_as_themselves(shop: Shop) -> None:
    noor = await shop.tenant.consumer()
    router = await owned_router(shop, noor)
    await shop.change(components={"case_create": {"category": "hardware", "urgency": 1}})
    page = await shop.as_(await email_of(shop, noor))
    owned = (await page.get("/embed/v1/products")).json()["data"]
    assert owned == [
        {"id": str(router["id"]), "name": "Home router", "serial_number": "HG-20-4471"}
    ]
    body = {
        "subject": "No light",
        "description": "Since Thursday",
        "context": {"page_url": f"{ORIGIN}/hub", "device": {"serial": "HG-20-4471"}},
        "sold_product_id": str(router["id"]),
        "name": "Somebody Else",
        "email": "other@example.com",
    }
    first, again = [
        await page.post("/embed/v1/cases", json=body, headers={"Idempotency-Key": "once"})
        for _ in range(2)
    ]
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again.headers["idempotent-replayed"] == "true"
    (case,) = await shop.tenant.admin.list("cases")
    assert first.json() == {"id": str(case["id"]), "number": case["number"], "state": "new"}
    assert case["channel"] == "widget"
    assert case["consumer_id"] == noor.caller.attributes["consumer_id"]
    assert (case["category"], case["sold_product_id"]) == ("hardware", router["id"])
    assert case["product_context"] == {
        "page_url": f"{ORIGIN}/hub",
        "device_serial": "HG-20-4471",
    }


async def test_the_page_s_device_is_found_among_what_the_customer_owns(shop: Shop) -> None:
    noor, other = await shop.tenant.consumer(), await shop.tenant.consumer()
    mine = await owned_router(shop, noor)
    await owned_router(shop, other, serial="OTHER-1")
    page = await shop.as_(await email_of(shop, noor))
    for context, given, expected in (
        ({"device_serial": "HG-20-4471"}, {}, mine["id"]),
        ({"device_serial": "OTHER-1"}, {}, None),
        ({"device_serial": "HG-20-4471"}, {"sold_product_id": None}, None),
    ):
        body = {"subject": "No light", "context": context} | given
        made = (await page.post("/embed/v1/cases", json=body)).json()
        stored = await shop.tenant.admin.read("cases", made["id"])
        assert stored["sold_product_id"] == expected


async def test_nobody_opens_a_case_about_what_another_owns(shop: Shop) -> None:
    other = await shop.tenant.consumer()
    theirs = await owned_router(shop, other)
    page = await shop.as_("noor@example.com")
    body = {"subject": "No light", "sold_product_id": str(theirs["id"])}
    refused = await page.post("/embed/v1/cases", json=body)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/sold_product_id"
    assert await shop.tenant.admin.list("cases") == []


async def test_a_stranger_may_write_where_the_site_allows_it(shop: Shop) -> None:
    page = await shop.stranger()
    body = {"subject": "Hello", "name": "Kim", "email": "KIM@example.com", "context": {"a": 1}}
    first = await page.post("/embed/v1/cases", json=body, headers={"Idempotency-Key": "k"})
    again = await page.post("/embed/v1/cases", json=body, headers={"Idempotency-Key": "k"})
    assert (first.status_code, again.json()) == (201, first.json())
    (case,) = await shop.tenant.admin.list("cases")
    assert case["product_context"] == {"a": 1, "identity": "unverified"}
    consumer = await shop.tenant.admin.read("consumers", case["consumer_id"])
    assert (consumer["email"], consumer["user_id"]) == ("kim@example.com", None)
    await shop.change(components={"case_create": {"title": "Ask"}})
    refused = await (await shop.stranger()).post("/embed/v1/cases", json=body)
    assert refused.status_code == 403


async def test_a_stranger_s_case_touches_no_customer_and_tells_of_none(shop: Shop) -> None:
    noor = await shop.tenant.consumer()
    page = await shop.stranger()
    answers = [
        await page.post(
            "/embed/v1/cases", json={"subject": "Hello", "name": "Noor", "email": email}
        )
        for email in (await email_of(shop, noor), "nobody@example.com")
    ]
    assert [a.status_code for a in answers] == [201, 201]
    assert {frozenset(a.json()) for a in answers} == {frozenset({"id", "number", "state"})}
    assert await noor.list("cases") == []


BAD = [
    ({}, {"/subject", "/name", "/email"}),
    ({"subject": " ", "name": " ", "email": "no"}, {"/subject", "/name", "/email"}),
    ({"subject": "x", "name": "x", "email": "a@b.c,d@e.f"}, {"/email"}),
    ({"subject": "x", "name": "x", "email": "a@example.com", "y": 1}, {"/y"}),
    ({"subject": "x", "name": "x", "email": "a@example.com", "context": [1]}, {"/context"}),
    (
        {"subject": "x", "name": "x", "email": "a@example.com", "context": {"a": "x" * 9000}},
        {"/context"},
    ),
    ({"subject": "x", "name": "x", "email": "a@example.com", "context": {"a": [1]}}, {"/context"}),
    ({"subject": "x\0", "name": "x", "email": "a@example.com"}, {"/subject"}),
]


@pytest.mark.parametrize(("body", "pointers"), BAD)
async def test_all_faults_of_a_form_are_told_at_once(
    shop: Shop, body: dict[str, Any], pointers: set[str]
) -> None:
    page = await shop.stranger()
    refused = await page.post("/embed/v1/cases", json=body)
    assert refused.status_code == 422, refused.text
    assert refused.headers["access-control-allow-origin"] == ORIGIN
    assert {e["pointer"] for e in refused.json()["errors"]} == pointers
    assert await shop.tenant.admin.list("cases") == []


async def test_nonsense_is_refused_and_breaks_nothing(shop: Shop) -> None:
    page = await shop.stranger()
    for content, media, status in (
        (b"{", "application/json", 400),
        (b"[]", "application/json", 422),
        (b"x" * 70_000, "application/json", 413),
        (b"a=b", "text/plain", 415),
        (b'{"context": ' + b"[" * 5000, "application/json", 400),
    ):
        answer = await page.post(
            "/embed/v1/cases", content=content, headers={"Content-Type": media}
        )
        assert answer.status_code == status, (content[:20], answer.text)
    for path in ("knowledge?q=%00", "knowledge?q=x&limit=5", "knowledge/nope", "products?x=1"):
        assert (await page.get(f"/embed/v1/{path}")).status_code in {400, 404}, path
    assert (await page.get("/embed/v1/knowledge")).json() == {"data": []}
    assert (await page.get("/embed/v1/nothing")).status_code == 404
    for key in ("x", "m_1.2", f"m_{'0' * 32}.{'0' * 32}", "%00", "a" * 300):
        assert (await shop.page().get(f"/embed/v1/modules/{key}")).status_code == 404
    for body in (
        {},
        {"module": 1},
        {"module": shop.key, "identity": 5},
        {"module": shop.key, "a": 1},
    ):
        assert (await shop.page().post("/embed/v1/session", json=body)).status_code == 422


async def test_the_scripts_may_be_loaded_by_anybody_and_kept(shop: Shop) -> None:
    page = shop.page()
    loader = await page.get("/embed/atrium.js")
    assert loader.headers["access-control-allow-origin"] == "*"
    assert loader.headers["cross-origin-resource-policy"] == "cross-origin"
    assert loader.headers["content-type"].startswith("text/javascript")
    edition = loader.headers["etag"].strip('"')
    kept = await page.get(f"/embed/{edition}/kit.js")
    assert "immutable" in kept.headers["cache-control"]
    same = await page.get("/embed/atrium.js", headers={"If-None-Match": loader.headers["etag"]})
    assert same.status_code == 304
    for path in ("nope.js", "../app.py", f"{edition}/..%2fdomain.py", "0123456789abcdef/kit.js"):
        assert (await page.get(f"/embed/{path}")).status_code == 404, path


async def test_a_suspended_tenant_s_widgets_rest(shop: Shop) -> None:
    other = await a_shop(shop.world, await shop.world.tenant())
    page = await other.stranger()
    async with shop.world.services.database.transaction(None) as connection:
        await connection.execute(
            "UPDATE tenants SET state = 'suspended' WHERE id = $1", other.tenant.id
        )
    assert (await page.get("/embed/v1/knowledge?q=a")).status_code == 401
    assert (await page.get(f"/embed/v1/modules/{other.key}")).status_code == 404
