"""Knowledge on the desk: reviewing, comparing, languages, and what is missing."""

from typing import Any

from tests.portals.browsing import Browser
from tests.portals.workspace.furnishing import at_desk
from tests.service.articles import a_base, an_article, published
from tests.service.desk import a_desk
from tests.service.test_article_folders import zipped
from tests.service.test_learning import searched, solved
from tests.world import Actor, Tenant, World

PATH = "/workspace/knowledge"


async def two_managers(world: World) -> tuple[Tenant, Actor, Browser, Browser]:
    tenant = await world.tenant()
    writer, reviewer = [await tenant.member("knowledge_manager", name=n) for n in ("Wim", "Rea")]
    return tenant, writer, await at_desk(writer, tenant), await at_desk(reviewer, tenant)


async def test_an_article_is_written_reviewed_and_published(world: World) -> None:
    tenant, _, writing, reviewing = await two_managers(world)
    base = await a_base(tenant, needs_review=True)
    await writing.get(f"{PATH}/new")
    await writing.post(
        f"{PATH}/new",
        {
            "do": "save", "title": "No light", "body": "Check the fuse.", "language": "en",
            "base_id": str(base["id"]), "audience": "public", "expires_on": "2099-12-31",
        },
    )  # fmt: skip
    (article,) = await tenant.admin.list("articles")
    assert article["expires_at"].isoformat() == "2099-12-31T23:59:59+00:00"
    page = f"{PATH}/{article['number']}"
    await writing.get(page)
    assert "do/publish" not in writing.page
    assert "do/approve" not in writing.page
    await writing.post(f"{page}/do/request_review", {"message": "Is it right?"})
    await reviewing.get(f"{PATH}?state=review")
    assert "No light" in reviewing.text
    await reviewing.get(page)
    assert "Is it right?" in reviewing.text
    await reviewing.post(f"{page}/do/comment", {"body": "Which fuse?"})
    await reviewing.get(page)
    refused = await reviewing.post(f"{page}/do/request_changes", {"message": ""})
    assert refused.status_code == 422
    await reviewing.post(f"{page}/do/request_changes", {"message": "Name the fuse"})
    await writing.get(page)
    for words in ("Which fuse?", "Name the fuse"):
        assert words in writing.text
    await writing.get(f"{page}/edit")
    (article,) = await tenant.admin.list("articles")
    saved = {
        "do": "save", "title": "No light", "body": "Check fuse 3.", "language": "en",
        "base_id": str(base["id"]), "audience": "public", "expires_on": "2099-12-31",
        "version": str(article["version"]),
    }  # fmt: skip
    assert (await writing.post(f"{page}/edit", saved)).status_code == 303
    await writing.get(page)
    await writing.post(f"{page}/do/request_review", {})
    await reviewing.get(page)
    await reviewing.post(f"{page}/do/approve", {})
    await writing.get(page)
    assert "do/publish" in writing.page
    await writing.post(f"{page}/do/publish", {})
    (article,) = await tenant.admin.list("articles")
    assert (article["state"], article["body"]) == ("published", "Check fuse 3.")


async def test_versions_are_compared_and_an_old_one_is_brought_back(world: World) -> None:
    tenant, writer, writing, _ = await two_managers(world)
    article = await published(writer, await a_base(tenant), "No light", body="One\nTwo")
    await writer.do("articles.revise", article["id"], body="One\n2")
    await writer.do("articles.publish", article["id"])
    page = f"{PATH}/{article['number']}"
    reader = await tenant.consumer()
    for edition, helpful in ((1, False), (2, True)):
        await reader.do("articles.feedback", article["id"], helpful=helpful, edition=edition)
    await writing.get(page)
    _, _, told = writing.text.partition("What each version did")
    assert "2 1 of 1 0 0 1 0 of 1 0 0" in " ".join(told.split())
    await writing.get(f"{page}?compare=1")
    assert 'data-change="removed"' in writing.page
    assert 'data-change="added"' in writing.page
    await writing.get(f"{page}?edition=1")
    await writing.post(f"{page}/do/restore", {"edition": "1"})
    assert (await tenant.admin.read("articles", article["id"]))["draft_body"] == "One\nTwo"
    await writing.get(page)
    assert (await writing.post(f"{page}/do/restore", {"edition": "x"})).status_code == 422
    assert (await writing.get(f"{page}?compare=99")).status_code == 200


async def test_outdated_translations_are_listed_and_marked_current(world: World) -> None:
    tenant, writer, writing, _ = await two_managers(world)
    light = await published(writer, await a_base(tenant), "No light")
    german = await writer.do(
        "articles.translate", light["id"], language="de", title="Kein Licht", body="Sicherung"
    )
    await writer.do("articles.revise", light["id"], body="Other")
    await writer.do("articles.publish", light["id"])
    await writing.get(f"{PATH}?state=outdated")
    assert "Kein Licht" in writing.text
    assert "No light" not in writing.text
    await writing.get(f"{PATH}/{light['number']}")
    assert "Kein Licht" in writing.text
    page = f"{PATH}/{german['number']}"
    await writing.get(page)
    await writing.post(f"{page}/do/mark_current", {})
    await writing.get(f"{PATH}?state=outdated")
    assert "Kein Licht" not in writing.text


async def test_an_article_goes_out_by_the_clock_and_may_be_kept_back(world: World) -> None:
    tenant, writer, writing, _ = await two_managers(world)
    article = await an_article(writer, await a_base(tenant))
    page = f"{PATH}/{article['number']}"
    await writing.get(page)
    refused = await writing.post(f"{page}/do/schedule", {"publish_at": "2001-01-01T08:00"})
    assert refused.status_code == 422
    await writing.post(f"{page}/do/schedule", {"publish_at": "2099-12-31T08:00"})
    stored = await tenant.admin.read("articles", article["id"])
    assert stored["publish_at"].isoformat() == "2099-12-31T08:00:00+00:00"
    await writing.get(page)
    assert "Goes out" in writing.text
    await writing.post(f"{page}/do/unschedule", {})
    assert (await tenant.admin.read("articles", article["id"]))["publish_at"] is None


async def test_readers_products_and_owner_are_set_on_its_page(world: World) -> None:
    desk = await a_desk(await world.tenant())
    wim, rea = [await desk.tenant.member("knowledge_manager", "catalog_manager", name=n)
                for n in ("Wim Writer", "Rea Reader")]  # fmt: skip
    article = await an_article(wim, await a_base(desk.tenant), audience="internal")
    writing = await at_desk(wim, desk.tenant)
    page = f"{PATH}/{article['number']}/edit"
    await writing.get(page)
    assert "Fibre router R7" in writing.text
    sent = {
        "do": "save", "title": "No light", "body": "B", "audience": "internal", "tier": "2",
        "product_model_ids": str(desk.model["id"]), "was:owner_profile_id": "Wim Writer",
        "owner_profile_id": "Nobody here",
    }  # fmt: skip
    assert (await writing.post(page, sent)).status_code == 422
    moved = await writing.post(page, sent | {"owner_profile_id": str(rea.profile_id)})
    assert moved.status_code == 303, writing.faults
    stored = await desk.admin.read("articles", article["id"])
    assert (stored["tier"], stored["product_model_ids"]) == (2, [desk.model["id"]])
    assert stored["owner_profile_id"] == rea.profile_id
    await writing.get(page)
    outside = sent | {"audience": "public", "owner_profile_id": "Wim Writer"}
    refused = await writing.post(page, outside)
    assert refused.status_code == 422
    await writing.get(page)
    cleared = {"product_model_ids": "", "tier": "1", "owner_profile_id": "Wim Writer"}
    await writing.post(page, sent | cleared | {"audience": "public"})
    stored = await desk.admin.read("articles", article["id"])
    assert (stored["tier"], stored["product_model_ids"], stored["audience"]) == (1, [], "public")
    assert stored["owner_profile_id"] == rea.profile_id, "the field was not touched"


async def test_a_translation_begins_as_a_copy_beside_its_original(world: World) -> None:
    tenant, writer, writing, _ = await two_managers(world)
    base = await a_base(tenant, fallback_languages=["de"])
    light = await published(writer, base, "No light", body="Check the fuse.")
    page = f"{PATH}/{light['number']}"
    await writing.get(page)
    assert f"{page}/translate" in writing.page
    await writing.get(f"{page}/translate")
    for kept in ('value="de"', 'value="No light"', ">Check the fuse.</textarea>"):
        assert kept in writing.page
    refused = await writing.post(f"{page}/translate", {"language": "en", "title": "x", "body": ""})
    assert refused.status_code == 422
    made = await writing.post(
        f"{page}/translate", {"language": "de", "title": "Kein Licht", "body": "Sicherung"}
    )
    (german,) = await tenant.admin.list("articles", original_id=str(light["id"]))
    assert (german["language"], german["state"]) == ("de", "draft")
    await writing.follow(made)
    assert "the original" in writing.text
    assert (await writing.get(f"{PATH}/{german['number']}/translate")).status_code == 404
    await writer.do("articles.revise", light["id"], body="Check both fuses.")
    await writer.do("articles.publish", light["id"])
    await writing.get(f"{PATH}/{german['number']}")
    assert f"{page}?compare=1#change" in writing.page


async def test_a_folder_is_tried_brought_in_and_taken_out_on_a_page(world: World) -> None:
    tenant, _, writing, _ = await two_managers(world)
    base = str((await a_base(tenant))["id"])
    page = f"{PATH}/folders"
    await writing.get(PATH)
    assert page in writing.page
    await writing.get(page)
    assert (await writing.post(page, {"do": "try", "base_id": base})).status_code == 422
    content = zipped({"a.md": "# One\n\nSee [two](no.md).", "bad.md": b"\xff"})
    for do, kept in (("try", 0), ("import", 1)):
        await writing.get(page)
        folder = [("file", ("folder.zip", content, "application/zip"))]
        sent = await writing.post(page, {"do": do, "base_id": base}, files=folder)
        assert sent.status_code == 303
        await world.work(tenant)
        assert len(await tenant.admin.list("articles")) == kept
        await writing.follow(sent)
        told = ("1 new, 0 changed", "the text is not UTF-8", "the link no.md leads to no text")
        for words in told:
            assert words in writing.text
    assert "A folder was tried" in writing.text
    await writing.post(page, {"do": "export", "base_id": base})
    await world.work(tenant)
    await writing.get(page)
    assert "A folder was written" in writing.text
    agent = await at_desk(await tenant.member("agent_b2b"), tenant)
    assert (await agent.get(page)).status_code == 403


async def test_a_report_names_file_and_line_in_the_readers_language(world: World) -> None:
    tenant, _, writing, _ = await two_managers(world)
    base = str((await a_base(tenant))["id"])
    page = f"{PATH}/folders"
    await writing.get(page)
    content = zipped({"sub/bad.md": "---\ntitle: Bad\ntier: x\n---\nWords", "b.md": "[x](no.md)"})
    folder = [("file", ("folder.zip", content, "application/zip"))]
    await writing.post(page, {"do": "import", "base_id": base}, files=folder)
    await world.work(tenant)
    await writing.get(page)
    assert "sub/bad.md 3 this must be a number: tier" in writing.text
    writing.http.cookies.set("locale", "de")
    await writing.get(page)
    for words in (
        "1 neu, 0 geändert", "1 abgelehnt", "sub/bad.md 3 dies muss eine Zahl sein: tier",
        "b.md 1 der Link no.md führt zu keinem Text",
    ):  # fmt: skip
        assert words in writing.text, writing.text


async def test_a_last_day_is_one_in_the_writers_zone(world: World) -> None:
    tenant, writer, writing, _ = await two_managers(world)
    article = await an_article(writer, await a_base(tenant))
    page = f"{PATH}/{article['number']}"
    for zone, stored in (
        ("Pacific/Auckland", "2099-12-31T10:59:59+00:00"),
        ("America/Los_Angeles", "2100-01-01T07:59:59+00:00"),
        ("Nowhere/Land", "2099-12-31T23:59:59+00:00"),
    ):
        writing.http.cookies.set("zone", zone)
        await writing.get(f"{page}/edit")
        sent = {"do": "save", "title": "No light", "body": "B", "expires_on": "2099-12-31"}
        assert (await writing.post(f"{page}/edit", sent)).status_code == 303, writing.faults
        row = await tenant.admin.read("articles", article["id"])
        assert row["expires_at"].isoformat() == stored
        await writing.get(f"{page}/edit")
        assert 'value="2099-12-31"' in writing.page
        said = zone if "Nowhere" not in zone else "UTC"
        assert f"in {said}" in writing.text
        # The same day sent again is no change of it.
        await writing.post(f"{page}/edit", sent)
        again = await tenant.admin.read("articles", article["id"])
        assert again["expires_at"] == row["expires_at"]
        await writing.get(page)
        assert said in writing.text
        await tenant.admin.do("articles.update", article["id"], expires_at=None)


async def test_what_is_missing_leads_to_its_list_and_to_a_draft(world: World) -> None:
    desk = await a_desk(await world.tenant())
    base = await a_base(desk.tenant)
    await searched(world, desk.tenant, "Router lights", who="a")
    await searched(world, desk.tenant, "the light of my router", who="b")
    case = await solved(desk, subject="The invoice is wrong")
    keeper = await desk.tenant.member("knowledge_manager", "service_manager")
    browser = await at_desk(keeper, desk.tenant)
    await browser.get(PATH)
    assert f"{PATH}/gaps" in browser.page
    await browser.get(f"{PATH}/gaps?terms=light%20router")
    for words in ("router lights", "the light of my router", "The invoice is wrong"):
        assert words in browser.text
    made = await browser.post(f"{PATH}/gaps", {"terms": "light router", "base_id": str(base["id"])})
    assert made.status_code == 303
    await browser.get(f"{PATH}/gaps")
    assert "Router lights" not in browser.text
    made = await browser.post(f"{PATH}/gaps", {"case": case["number"], "base_id": str(base["id"])})
    assert made.status_code == 303
    drafts: list[Any] = await desk.admin.list("articles", state="draft")
    assert {row["source_case_id"] for row in drafts} == {None, case["id"]}
    await browser.get(f"{PATH}/gaps")
    refused = await browser.post(f"{PATH}/gaps", {"terms": "x", "base_id": ""})
    assert refused.status_code in {404, 422}
    reader = await at_desk(await desk.tenant.member("case_viewer"), desk.tenant)
    assert (await reader.get(f"{PATH}/gaps")).status_code == 403


async def test_what_agents_look_for_is_kept_and_closed_by_what_they_open(world: World) -> None:
    desk = await a_desk(await world.tenant())
    article = await published(desk.admin, await a_base(desk.tenant), "Router lights")
    browser = await at_desk(desk.agent, desk.tenant)
    for path in (
        f"{PATH}?q=zebra",
        f"{PATH}?q=router",
        f"{PATH}?q=light&state=draft",
        f"{PATH}?q=r",
    ):
        await browser.get(path)
    await browser.get(f"{PATH}/{article['number']}")
    rows = await desk.admin.list("knowledge_searches", sort="at")
    assert [(r["query"], r["door"], r["audience"], r["results"]) for r in rows] == [
        ("zebra", "workspace", "staff", 0), ("router", "workspace", "staff", 1),
    ]  # fmt: skip
    assert [row["opened_article_id"] for row in rows] == [None, article["id"]]
    keeper = await at_desk(await desk.tenant.member("knowledge_manager"), desk.tenant)
    await keeper.get(f"{PATH}/gaps?terms=zebra")
    assert "zebra Workspace 0" in keeper.text


async def test_a_solved_case_becomes_a_draft_from_its_own_page(world: World) -> None:
    desk = await a_desk(await world.tenant())
    await a_base(desk.tenant)
    second = await a_base(desk.tenant, name="Inner")
    open_one, done = await desk.case(), await solved(desk)
    browser = await at_desk(desk.agent, desk.tenant)
    await browser.get(f"/workspace/cases/{open_one['number']}")
    assert "Make an article of it" not in browser.text
    page = f"/workspace/cases/{done['number']}"
    await browser.get(page)
    assert "Make an article of it" in browser.text
    # Of two bases one must be chosen; what is refused is said where one was.
    refused = await browser.post(f"{page}/article", {})
    assert refused.headers["location"] == page
    assert await desk.admin.list("articles") == []
    await browser.get(page)
    made = await browser.post(f"{page}/article", {"knowledge_base_id": str(second["id"])})
    (draft,) = await desk.admin.list("articles")
    assert made.headers["location"] == f"{PATH}/{draft['number']}/edit"
    assert (draft["source_case_id"], draft["knowledge_base_id"]) == (done["id"], second["id"])
    await browser.follow(made)
    assert "Changed the fuse" in browser.text
    await browser.get(page)
    assert "Make an article of it" not in browser.text
    await browser.get(f"/workspace/cases/{open_one['number']}")
    await browser.post(f"/workspace/cases/{open_one['number']}/article", {})
    assert len(await desk.admin.list("articles")) == 1


async def test_an_internal_article_is_not_put_into_a_reply(world: World) -> None:
    desk = await a_desk(await world.tenant())
    base = await a_base(desk.tenant)
    for audience in ("internal", "public"):
        await published(
            desk.admin, base, f"No light on the router, {audience}", audience=audience,
            body=f"No light on the router: the {audience} way",
        )  # fmt: skip
    case = await desk.case()
    await world.work(desk.tenant)
    browser = await at_desk(desk.agent, desk.tenant)
    await browser.get(f"/workspace/cases/{case['number']}/advice")
    assert "No light on the router, internal" in browser.text
    assert 'data-insert="No light on the router: the public way' in browser.page
    assert 'data-insert="No light on the router: the internal way' not in browser.page


async def test_a_draft_is_filed_under_a_category(world: World) -> None:
    tenant, writer, writing, _ = await two_managers(world)
    base = await a_base(tenant)
    top = await tenant.admin.do(
        "article_categories.create", knowledge_base_id=str(base["id"]), key="net", name="Network"
    )
    article = await an_article(writer, base)
    await writing.get(f"{PATH}/{article['number']}/edit")
    assert "Network" in writing.text
    await writing.post(
        f"{PATH}/{article['number']}/edit",
        {"do": "save", "title": "No light", "body": "B", "category_id": str(top["id"])},
    )
    await writing.get(f"{PATH}?base={base['id']}&category={top['id']}")
    assert "No light" in writing.text
