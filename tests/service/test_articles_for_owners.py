"""Readers outside are shown what is for everyone, and what is about the products they have."""

from typing import Any

import pytest

from infra.kernel.errors import NotFound
from tests.service.desk import Desk
from tests.world import Actor, World


async def an_article(
    desk: Desk, title: str, *models: dict[str, Any], audience: str = "customer"
) -> dict[str, Any]:
    """A published article about these models."""
    shelves = await desk.admin.list("knowledge_bases", name="Help")
    shelf = shelves[0] if shelves else await desk.admin.do("knowledge_bases.create", name="Help")
    made = await desk.admin.do(
        "articles.create", title=title, body=f"About {title}", audience=audience,
        knowledge_base_id=str(shelf["id"]), product_model_ids=[str(m["id"]) for m in models],
    )  # fmt: skip
    await desk.admin.do("articles.publish", made["id"])
    stored: dict[str, Any] = await desk.admin.read("articles", made["id"])
    return stored


async def titles(reader: Actor, **query: str) -> list[str]:
    return [row["title"] for row in await reader.list("articles", **query)]


async def another_model(desk: Desk, code: str = "T9") -> dict[str, Any]:
    made: dict[str, Any] = await desk.admin.do(
        "product_models.create", name=f"Turbine {code}", code=code, kind="hardware"
    )
    return made


async def test_a_customer_sees_articles_about_what_they_bought_and_those_for_everyone(
    desk: Desk,
) -> None:
    turbine = await another_model(desk)
    await an_article(desk, "House rules")
    routers = await an_article(desk, "Router lights", desk.model)
    hidden = await an_article(desk, "Turbine blades", turbine)
    await an_article(desk, "Both", turbine, desk.model)
    await an_article(desk, "Inside only", desk.model, audience="internal")
    stranger = await desk.tenant.contact()
    assert await titles(desk.contact) == ["Both", "House rules", "Router lights"]
    assert await titles(stranger) == ["House rules"]
    assert await titles(desk.agent) == [
        "Both", "House rules", "Inside only", "Router lights", "Turbine blades",
    ]  # fmt: skip
    assert (await desk.contact.read("articles", routers["id"]))["title"] == "Router lights"
    with pytest.raises(NotFound):
        await desk.contact.read("articles", hidden["id"])
    with pytest.raises(NotFound):
        await stranger.do("articles.page", routers["number"])
    # Search and counting ask the same plan.
    assert await titles(stranger, q="router") == []
    assert await titles(desk.contact, q="router") == ["Router lights"]


async def test_a_consumer_has_the_articles_of_their_own_products(desk: Desk) -> None:
    noor = await desk.tenant.consumer()
    await an_article(desk, "Router lights", desk.model)
    assert await titles(noor) == []
    await desk.admin.do(
        "sold_products.create", name="Phone", product_model_id=str(desk.model["id"]),
        consumer_id=str(noor.caller.attributes["consumer_id"]),
    )  # fmt: skip
    assert await titles(noor) == ["Router lights"]


async def test_what_has_ended_opens_no_articles_any_more(desk: Desk) -> None:
    await an_article(desk, "Router lights", desk.model)
    assert await titles(desk.contact) == ["Router lights"]
    await desk.admin.do("sold_products.end", desk.router["id"])
    assert await titles(desk.contact) == []


async def test_admins_of_an_account_see_what_its_branches_bought(desk: Desk) -> None:
    turbine = await another_model(desk)
    await an_article(desk, "Turbine blades", turbine)
    branch = await desk.tenant.account("Branch", parent_id=str(desk.account["id"]))
    boss = await desk.tenant.contact(desk.account, "customer_admin", name="Boss")
    await desk.admin.do(
        "sold_products.create", name="Turbine", product_model_id=str(turbine["id"]),
        account_id=str(branch["id"]),
    )  # fmt: skip
    assert await titles(boss) == ["Turbine blades"]
    assert await titles(desk.contact) == []


async def test_an_article_changes_its_readers_with_its_products(desk: Desk, world: World) -> None:
    turbine = await another_model(desk)
    article = await an_article(desk, "Manual")
    stranger = await desk.tenant.contact()
    assert await titles(stranger) == ["Manual"]
    await desk.admin.do("articles.update", article["id"], product_model_ids=[str(turbine["id"])])
    assert (await titles(stranger), await titles(desk.contact)) == ([], [])
    await desk.admin.do("articles.update", article["id"], product_model_ids=[str(desk.model["id"])])
    assert (await titles(stranger), await titles(desk.contact)) == ([], ["Manual"])
    links = await desk.admin.list("article_products", article_id=str(article["id"]))
    assert [row["product_model_id"] for row in links] == [desk.model["id"]]
    await desk.admin.do("articles.update", article["id"], product_model_ids=[])
    assert await titles(stranger) == ["Manual"]


async def test_how_a_reader_reaches_an_article_is_explained(desk: Desk) -> None:
    article = await an_article(desk, "Router lights", desk.model)
    admin = desk.admin.http()
    told = await admin.get(
        f"/api/v1/articles/{article['id']}/access", params={"profile": str(desk.contact.profile_id)}
    )
    assert told.status_code == 200, told.text
    (grant,) = told.json()["grants"]
    assert (grant["path"], grant["source"]) == ("bought", "customer")
    assert grant["verbs"] == ["feedback", "read"]


async def test_a_model_with_articles_is_not_removed_under_them(desk: Desk) -> None:
    turbine = await another_model(desk)
    await an_article(desk, "Turbine blades", turbine)
    client = desk.admin.http()
    refused = await client.delete(f"/api/v1/product_models/{turbine['id']}")
    assert refused.status_code == 409
    assert (await client.get(f"/api/v1/product_models/{turbine['id']}")).status_code == 200
