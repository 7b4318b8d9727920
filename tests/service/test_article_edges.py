"""Articles at the edges of their life, over HTTP: editors at once, last days, languages, doors."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from tests.service.articles import a_base, a_visitor, an_article, let_time_pass, published
from tests.world import Tenant, World

API = "/api/v1/articles"


def at(**ahead: float) -> str:
    return (datetime.now(UTC) + timedelta(**ahead)).isoformat()


async def furnished(world: World, **base: Any) -> tuple[Tenant, httpx2.AsyncClient, Any]:
    tenant = await world.tenant()
    return tenant, tenant.admin.http(), await a_base(tenant, **base)


async def test_of_two_editors_the_later_one_is_told_and_overwrites_nothing(world: World) -> None:
    tenant, admin, base = await furnished(world)
    draft = await an_article(tenant.admin, base)
    public = await published(tenant.admin, base, "No sound")
    for article, verb in ((draft, ""), (public, "/revise")):
        path = f"{API}/{article['id']}"
        seen = (await admin.get(path)).headers["etag"]

        async def send(words: str, path: str = path, verb: str = verb, seen: str = seen) -> Any:
            headers = {"If-Match": seen}
            if verb:
                return await admin.post(f"{path}{verb}", json={"body": words}, headers=headers)
            return await admin.patch(path, json={"body": words}, headers=headers)

        answers = await asyncio.gather(send("One"), send("Two"))
        assert sorted(answer.status_code for answer in answers) == [200, 412]
        kept = next(a.json() for a in answers if a.status_code == 200)
        stored = (await admin.get(path)).json()
        assert (stored["draft_body"] or stored["body"]) == (kept["draft_body"] or kept["body"])
        refused = next(a for a in answers if a.status_code == 412)
        assert refused.headers["content-type"].startswith("application/problem+json")


async def test_an_article_that_ends_while_it_is_edited_keeps_the_text_that_waits(
    world: World,
) -> None:
    tenant, admin, base = await furnished(world, expiry_days=30)
    article = await published(tenant.admin, base, "No light")
    path = f"{API}/{article['id']}"
    await admin.post(f"{path}/revise", json={"body": "Half a"})
    seen = (await admin.get(path)).headers["etag"]
    await let_time_pass(world, tenant, expires_at="-1 minute")
    late = await admin.post(f"{path}/revise", json={"body": "Half"}, headers={"If-Match": seen})
    assert late.status_code == 412
    stored = (await admin.get(path)).json()
    assert (stored["state"], stored["draft_body"]) == ("retired", "Half a")
    assert (await admin.post(f"{path}/revise", json={"body": "Whole"})).status_code == 200
    again = (await admin.post(f"{path}/publish")).json()
    assert (again["state"], again["body"], again["edition"]) == ("published", "Whole", 2)
    assert datetime.fromisoformat(again["expires_at"]) > datetime.now(UTC) + timedelta(days=29)


async def test_a_last_day_lies_ahead(world: World) -> None:
    tenant, admin, base = await furnished(world)
    body = {
        "knowledge_base_id": str(base["id"]),
        "title": "T",
        "body": "B",
        "expires_at": at(days=-1),
    }
    refused = await admin.post(API, json=body)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/expires_at")
    article = await published(tenant.admin, base, "No light")
    path = f"{API}/{article['id']}"
    refused = await admin.patch(path, json={"expires_at": at(seconds=-5)})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/expires_at")
    stored = (await admin.get(path)).json()
    assert (stored["state"], stored["expires_at"], len(await tenant.admin.list("articles"))) == (
        "published", None, 1,
    )  # fmt: skip
    assert (await admin.patch(path, json={"expires_at": at(days=1)})).status_code == 200


async def test_nothing_goes_out_after_its_own_last_day(world: World) -> None:
    tenant, admin, base = await furnished(world)
    article = await an_article(tenant.admin, base, expires_at=at(days=3))
    path = f"{API}/{article['id']}"
    refused = await admin.post(f"{path}/schedule", json={"publish_at": at(days=4)})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/publish_at")
    assert (
        await admin.post(f"{path}/schedule", json={"publish_at": at(days=2)})
    ).status_code == 200
    refused = await admin.patch(path, json={"expires_at": at(days=1)})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/expires_at")
    # Where its day passes all the same, it is not given out for ever.
    await let_time_pass(world, tenant, expires_at="-1 minute")
    refused = await admin.post(f"{path}/publish")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/last-day-passed")
    await let_time_pass(world, tenant, publish_at="-1 second")
    stored = (await admin.get(path)).json()
    assert (stored["state"], stored["publish_at"]) == ("draft", None)
    assert await a_visitor(world, tenant).list("articles") == []
    (note,) = await tenant.admin.list("notifications", topic="articles.publication")
    assert article["number"] in note["title"]


async def test_translations_end_with_their_original_also_when_it_is_renewed(world: World) -> None:
    tenant, _, base = await furnished(world, expiry_days=30)
    original = await published(tenant.admin, base, "No light")
    german = await tenant.admin.do(
        "articles.translate", original["id"], language="de", title="Kein Licht", body="S"
    )
    await let_time_pass(world, tenant, expires_at="3 days")
    (before,) = {row["expires_at"] for row in await tenant.admin.list("articles")}
    told = await tenant.admin.do("articles.publish", german["id"])
    assert told["expires_at"] == before, "a translation has its last day from its original"
    await tenant.admin.do("articles.revise", original["id"], body="New")
    renewed = await tenant.admin.do("articles.publish", original["id"])
    assert renewed["expires_at"] > before
    stored = await tenant.admin.read("articles", german["id"])
    assert (stored["expires_at"], stored["outdated"]) == (renewed["expires_at"], True)


async def test_no_translation_is_read_where_its_original_is_not(world: World) -> None:
    tenant, admin, base = await furnished(world)
    original = await an_article(tenant.admin, base)
    german = await tenant.admin.do(
        "articles.translate", original["id"], language="de", title="Kein Licht", body="S"
    )
    path = f"{API}/{german['id']}"
    for changes in (("publish", "retire"), ("publish",)):
        refused = await admin.post(f"{path}/publish")
        assert (refused.status_code, refused.json()["type"]) == (
            409, "/problems/original-not-published",
        )  # fmt: skip
        assert await a_visitor(world, tenant, "de").list("articles") == []
        for change in changes:
            await tenant.admin.do(f"articles.{change}", original["id"])
    assert (await admin.post(f"{path}/publish")).json()["state"] == "published"


async def test_publishing_in_a_closed_base_shows_nothing_even_at_the_same_moment(
    world: World,
) -> None:
    tenant, admin, base = await furnished(world)
    visitor = a_visitor(world, tenant)
    for _ in range(5):
        article = await an_article(tenant.admin, base)
        await tenant.admin.do("knowledge_bases.update", base["id"], active=True)
        closing = admin.patch(f"/api/v1/knowledge_bases/{base['id']}", json={"active": False})
        publishing = admin.post(f"{API}/{article['id']}/publish")
        making = admin.post(
            API, json={"knowledge_base_id": str(base["id"]), "title": "T", "body": "B"}
        )
        answers = await asyncio.gather(closing, publishing, making)
        assert all(answer.status_code in {200, 201, 409} for answer in answers)
        await admin.post(f"{API}/{article['id']}/publish")
        stored = await tenant.admin.list("articles")
        assert {row["is_open"] for row in stored} == {False}
        assert await visitor.list("articles") == []


async def test_readers_outside_learn_nothing_of_what_is_not_theirs_by_asking_for_it(
    world: World,
) -> None:
    tenant, _, base = await furnished(world)
    reader = await world.session(tenant, await tenant.contact())
    await published(tenant.admin, base, "Inside", audience="internal")
    await an_article(tenant.admin, base, "Not yet")
    await published(tenant.admin, base, "For all")
    for query in (
        "", "?count=true", "?sort=number", "?sort=-title", "?q=inside", "?limit=1&count=true",
        "?expand=knowledge_base,category,author,owner,original&count=true",
    ):  # fmt: skip
        told = await reader.get(f"{API}{query}")
        assert told.status_code in {200, 400}, told.text
        assert "Inside" not in told.text
        assert "Not yet" not in told.text
        if told.status_code == 200:
            assert told.json().get("count") in {None, 0, 1}
    for query in (
        "state=draft", "audience=internal", "tier=2", "review=none", "source_case_id[ne]=null",
        "owner_profile_id[ne]=null", "fields=id,draft_body", "sort=review",
    ):  # fmt: skip
        told = await reader.get(f"{API}?{query}")
        assert told.status_code == 400, f"{query}: {told.text}"
    assert (await reader.get("/api/v1/article_pictures")).status_code == 403
    assert (await reader.get("/api/v1/article_versions")).status_code == 403


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"parent_id": "00000000-0000-7000-8000-000000000000"}, 422),
        ({"parent_id": "x"}, 422),
        ({"position": -1}, 422),
        ({"names": {"de": ""}}, 422),
    ],
)
async def test_what_cannot_be_of_a_category_is_named(
    world: World, change: dict[str, Any], status: int
) -> None:
    tenant, admin, base = await furnished(world)
    made = await tenant.admin.do(
        "article_categories.create", knowledge_base_id=str(base["id"]), key="net", name="Network"
    )
    refused = await admin.patch(f"/api/v1/article_categories/{made['id']}", json=change)
    assert refused.status_code == status, refused.text
    assert refused.json()["errors"]
    stored = await tenant.admin.read("article_categories", made["id"])
    assert (stored["version"], stored["parent_id"]) == (made["version"], None)


async def test_two_categories_moved_below_each_other_at_once_make_no_circle(world: World) -> None:
    tenant, admin, base = await furnished(world)
    one, two = [
        await tenant.admin.do(
            "article_categories.create", knowledge_base_id=str(base["id"]), key=key, name=key
        )
        for key in ("one", "two")
    ]
    path = "/api/v1/article_categories"
    for _ in range(3):
        answers = await asyncio.gather(
            admin.patch(f"{path}/{one['id']}", json={"parent_id": str(two["id"])}),
            admin.patch(f"{path}/{two['id']}", json={"parent_id": str(one["id"])}),
        )
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        for each in (one, two):
            await tenant.admin.do("article_categories.update", each["id"], parent_id=None)


async def test_another_tenants_base_category_and_article_are_not_there(world: World) -> None:
    tenant, admin, base = await furnished(world)
    other = await world.tenant()
    theirs = await a_base(other)
    article = await published(other.admin, theirs, "Theirs")
    body = {"title": "T", "body": "B", "knowledge_base_id": str(theirs["id"])}
    assert (await admin.post(API, json=body)).status_code == 422
    for verb in ("publish", "retire", "revise"):
        assert (await admin.post(f"{API}/{article['id']}/{verb}", json={})).status_code == 404
    moved = await an_article(tenant.admin, base)
    refused = await admin.patch(
        f"{API}/{moved['id']}", json={"knowledge_base_id": str(theirs["id"])}
    )
    assert refused.status_code == 422
    assert (await other.admin.read("articles", article["id"]))["state"] == "published"
