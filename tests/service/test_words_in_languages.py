"""What customers read of the catalogue and of types of cases, each in their own language."""

from typing import Any

import pytest

from infra.kernel.errors import Invalid
from infra.kernel.reading import read_list, read_one
from tests.portals.browsing import browser_of
from tests.service.desk import Desk

GERMAN = {"de": {"name": "Router umziehen", "summary": "In ein anderes Zimmer"}}


async def an_item(desk: Desk, **values: Any) -> dict[str, Any]:
    catalog = await desk.admin.do(
        "catalogs.create", name="Services", translations={"de": {"name": "Leistungen"}}
    )
    item: dict[str, Any] = await desk.admin.do(
        "catalog_items.create", catalog_id=str(catalog["id"]), name="Move a router",
        summary="To another room", translations=GERMAN, **values,
    )  # fmt: skip
    await desk.admin.do("catalog_items.publish", item["id"])
    return item


async def speaks(desk: Desk, locale: str) -> None:
    user = desk.contact.caller.user_id
    await desk.admin.do("users.update", user, locale=locale)


async def told(desk: Desk, collection: str, locale: str, **query: str) -> list[dict[str, Any]]:
    services = desk.tenant.world.services
    page = await read_list(services, desk.contact.caller, collection, query, locale=locale)
    return page.data


async def test_who_changes_his_language_is_told_the_words_of_the_new_one(desk: Desk) -> None:
    place, tags = f"/api/v1/catalog_items/{(await an_item(desk))['id']}", ""
    for locale, name in (("en", "Move a router"), ("de", "Router umziehen")):
        await speaks(desk, locale)
        client = (await browser_of(desk.contact, desk.tenant)).http
        answer = await client.get(place, headers={"If-None-Match": tags})
        assert (answer.status_code, answer.json()["name"]) == (200, name)
        tags = answer.headers["etag"]
        again = await client.get(place, headers={"If-None-Match": tags})
        assert again.status_code == 304


async def test_a_customer_reads_an_item_in_his_language_and_staff_as_it_was_written(
    desk: Desk,
) -> None:
    item = await an_item(desk)
    for locale, name, summary in (
        ("de", "Router umziehen", "In ein anderes Zimmer"),
        ("de-AT", "Router umziehen", "In ein anderes Zimmer"),
        ("en", "Move a router", "To another room"),
        ("fr", "Move a router", "To another room"),
    ):
        (row,) = await told(desk, "catalog_items", locale)
        assert (row["name"], row["summary"], row["description"]) == (name, summary, "")
        assert "translations" not in row
    (row,) = await told(desk, "catalogs", "de")
    assert row["name"] == "Leistungen"
    (row,) = await told(desk, "catalog_items", "de", fields="id,name")
    assert set(row) == {"id", "name"}
    kept = await desk.admin.read("catalog_items", item["id"])
    assert (kept["name"], kept["translations"]["de"]["name"]) == (
        "Move a router", "Router umziehen",
    )  # fmt: skip


async def test_words_follow_a_relation_and_one_record(desk: Desk) -> None:
    item = await an_item(desk)
    caller, services = desk.contact.caller, desk.tenant.world.services
    one, _ = await read_one(services, caller, "catalog_items", item["number"], locale="de")
    assert one["name"] == "Router umziehen"
    whole, _ = await read_one(
        services, caller, "catalog_items", item["number"], {"expand": "catalog"}, locale="de"
    )
    assert whole["catalog"]["name"] == "Leistungen"
    await desk.contact.do("catalog_items.request", item["id"])
    (request,) = await told(desk, "catalog_requests", "de", expand="catalog_item")
    assert request["catalog_item"]["name"] == "Router umziehen"
    assert request["item_name"] == "Move a router"


async def test_the_portal_speaks_of_items_and_types_in_the_language_of_the_page(
    desk: Desk,
) -> None:
    item = await an_item(desk)
    kind = await desk.admin.do(
        "case_types.create", key="complaint", name="Complaint", portal_visible=True,
        translations={"de": {"name": "Beschwerde"}},
    )  # fmt: skip
    case = await desk.case(case_type_id=str(kind["id"]))
    await desk.contact.do("catalog_items.request", item["id"])
    browser = await browser_of(desk.contact, desk.tenant)
    for locale, name, sort in (
        ("de", "Router umziehen", "Beschwerde"), ("en", "Move a router", "Complaint"),
    ):  # fmt: skip
        browser.http.cookies.set("locale", locale)
        for path in ("/requests", f"/requests/{item['number']}", "/requests/mine"):
            await browser.get(path)
            assert name in browser.text, (locale, path)
        await browser.get(f"/cases/{case['number']}")
        assert sort in browser.text


async def test_a_caller_without_a_page_reads_in_the_language_of_the_person(desk: Desk) -> None:
    await an_item(desk)
    await speaks(desk, "de")
    again = await desk.tenant.world.actor(desk.tenant, desk.contact.profile_id)
    (row,) = await again.list("catalog_items")
    assert row["name"] == "Router umziehen"


async def test_agents_read_the_stage_of_a_case_in_their_language(desk: Desk) -> None:
    stages = [
        {"key": "intake", "name": "Intake", "state": "new", "translations": {"de": "Aufnahme"}},
    ]
    kind = await desk.admin.do(
        "case_types.create", key="k", name="K", portal_visible=True, stages=stages
    )
    case = await desk.case(case_type_id=str(kind["id"]))
    browser = await browser_of(desk.agent, desk.tenant)
    await browser.get(f"/workspace/cases/{case['number']}")
    assert "Intake" in browser.text
    await desk.admin.do("users.update", desk.agent.caller.user_id, locale="de")
    browser = await browser_of(desk.agent, desk.tenant)
    await browser.get(f"/workspace/cases/{case['number']}")
    assert "Aufnahme" in browser.text


async def test_words_in_a_language_that_is_none_are_refused_and_nothing_is_kept(
    desk: Desk,
) -> None:
    with pytest.raises(Invalid) as refused:
        await desk.admin.do(
            "catalogs.create", name="Services",
            translations={"German!": {"name": "Leistungen"}, "de": {"title": "Leistungen"}},
        )  # fmt: skip
    assert len(refused.value.faults) == 2
    assert await desk.admin.list("catalogs") == []
