"""The tenant's own fields in the form on somebody else's page."""

from typing import Any

from tests.customization.shop import COLORS, a_field
from tests.embeddables.shop import Shop
from tests.embeddables.test_identity import email_of


async def furnish(shop: Shop) -> None:
    admin = shop.tenant.admin
    await a_field(
        admin, "color", "choice", choices=COLORS, required=True, customers="write",
        visitors="write", label={"en": "Colour", "de": "Farbe"},
    )  # fmt: skip
    await a_field(admin, "size", "integer", customers="write")
    await a_field(admin, "margin", "integer", default_value=40)


async def test_a_customer_is_asked_what_is_theirs_in_the_sites_language(shop: Shop) -> None:
    await furnish(shop)
    noor = await shop.tenant.consumer()
    page = await shop.as_(await email_of(shop, noor))
    asked = (await page.get("/embed/v1/cases/fields")).json()["data"]
    assert [(each["name"], each["label"], each["input"]) for each in asked] == [
        ("custom.color", "Colour", "select"),
        ("custom.size", "Size", "number"),
    ]
    assert [choice["label"] for choice in asked[0]["choices"]] == ["Red", "Blue"]
    body: dict[str, Any] = {"subject": "No light", "custom": {"size": "x", "margin": "1"}}
    refused = await page.post("/embed/v1/cases", json=body)
    assert {e["pointer"]: e["code"] for e in refused.json()["errors"]} == {
        "/custom/color": "missing",
        "/custom/size": "wrong_type",
        "/custom/margin": "unknown_field",
    }
    assert await shop.tenant.admin.list("cases") == []
    body["custom"] = {"size": "3", "color": "red"}
    assert (await page.post("/embed/v1/cases", json=body)).status_code == 201
    (case,) = await shop.tenant.admin.list("cases")
    assert case["custom"] == {"color": "red", "size": 3, "margin": 40}


async def test_a_stranger_is_asked_what_visitors_fill_in_and_reads_none_of_it(shop: Shop) -> None:
    await furnish(shop)
    await shop.change(components={"case_create": {"anonymous": True}})
    page = await shop.stranger()
    asked = (await page.get("/embed/v1/cases/fields")).json()["data"]
    assert [each["name"] for each in asked] == ["custom.color"]
    body = {"subject": "No light", "name": "Sam", "email": "sam@example.com"}
    refused = await page.post("/embed/v1/cases", json=body | {"custom": {"size": "3"}})
    assert {e["pointer"]: e["code"] for e in refused.json()["errors"]} == {
        "/custom/color": "missing",
        "/custom/size": "unknown_field",
    }
    made = await page.post("/embed/v1/cases", json=body | {"custom": {"color": "blue"}})
    assert made.status_code == 201
    assert set(made.json()) == {"id", "number", "state"}
    (case,) = await shop.tenant.admin.list("cases")
    assert case["custom"] == {"color": "blue", "margin": 40}
