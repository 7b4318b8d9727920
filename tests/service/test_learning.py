"""What searches and cases teach: gaps, drafts out of them, and which articles helped."""

from typing import Any

import pytest

from backend.service.learning.errors import CaseNotAnswered
from backend.service.learning.jobs import forget
from infra.kernel.errors import Forbidden, Invalid, NotFound
from infra.kernel.performing import perform
from tests.service.articles import a_base, an_article, published
from tests.service.desk import Desk
from tests.world import Tenant, World


async def searched(
    world: World, tenant: Tenant, query: str, results: int = 0, who: str = "somebody", **more: str
) -> None:
    body = {
        "door": "portal", "audience": "customer", "language": "en", "query": query,
        "results": results, "who": who,
    }  # fmt: skip
    caller = world.services.system_of(tenant.id)
    await perform(world.services, caller, "knowledge_searches.note", body=body | more)


async def opened(world: World, tenant: Tenant, article: Any, who: str = "somebody") -> None:
    caller = world.services.system_of(tenant.id)
    body = {"who": who, "article_id": str(article["id"])}
    await perform(world.services, caller, "knowledge_searches.opened", body=body)


async def test_one_question_is_one_gap_however_it_is_put(world: World) -> None:
    tenant = await world.tenant()
    for place, query in enumerate(["Router lights", "the light of my router", "invoices"]):
        await searched(world, tenant, query, who=f"p{place}")
    await searched(world, tenant, "invoice", results=3, who="p9")
    told = await tenant.admin.do("knowledge_searches.gaps")
    assert [(g.terms, g.searches, g.found_nothing, g.opened_nothing) for g in told.data] == [
        ("light router", 2, 2, 0), ("invoic", 2, 1, 1),
    ]  # fmt: skip
    behind = await tenant.admin.list("knowledge_searches", terms="light router", results="0")
    assert sorted(row["query"] for row in behind) == ["router lights", "the light of my router"]


async def test_what_somebody_types_letter_by_letter_is_one_search(world: World) -> None:
    tenant = await world.tenant()
    for query in ("rou", "router", "router lig", "router lights"):
        await searched(world, tenant, query)
    await searched(world, tenant, "router", who="another")
    rows = await tenant.admin.list("knowledge_searches")
    assert sorted(row["query"] for row in rows) == ["router", "router lights"]


async def test_an_article_that_was_opened_closes_its_search(world: World) -> None:
    tenant = await world.tenant()
    article = await published(tenant.admin, await a_base(tenant), "Router lights")
    await searched(world, tenant, "router lights", results=2)
    await opened(world, tenant, article, who="another")
    assert len((await tenant.admin.do("knowledge_searches.gaps")).data) == 1
    await opened(world, tenant, article)
    assert (await tenant.admin.do("knowledge_searches.gaps")).data == []
    (row,) = await tenant.admin.list("knowledge_searches")
    assert row["opened_article_id"] == article["id"]


async def test_a_draft_is_begun_from_a_gap_and_closes_it(world: World) -> None:
    tenant = await world.tenant()
    base = await a_base(tenant)
    manager = await tenant.member("knowledge_manager")
    await searched(world, tenant, "router lights of maya@example.com")
    (gap,) = (await manager.do("knowledge_searches.gaps")).data
    asked = {"terms": gap.terms, "knowledge_base_id": str(base["id"])}
    draft = await manager.do("knowledge_searches.draft", **asked)
    assert (draft["title"], draft["state"]) == ("Router lights of [mail]", "draft")
    assert (await manager.do("knowledge_searches.gaps")).data == []
    with pytest.raises(NotFound):
        await manager.do("knowledge_searches.draft", **(asked | {"terms": "nothing"}))
    await searched(world, tenant, "router lights of maya@example.com", who="later")
    assert len((await manager.do("knowledge_searches.gaps")).data) == 1


async def test_what_staff_look_for_is_kept_without_the_names_of_customers(desk: Desk) -> None:
    """A word that articles use stays, though somebody is called by it as well."""
    tenant, world = desk.tenant, desk.tenant.world
    await tenant.contact(desk.account, name="Alex Green")
    await tenant.consumer(name="Noor Haddad")
    await published(desk.admin, await a_base(tenant), "What the green lights say")
    for place, (typed, kept) in enumerate(
        {
            "router of Maya Lindqvist": "router of [person]",
            "lindqvist invoice": "[person] invoice",
            "harbour dental static address": "[company] static address",
            "green lights of haddad": "green lights of [person]",
            "alex green, blinking": "[person], blinking",
        }.items()
    ):
        await searched(world, tenant, typed, who=f"p{place}", door="workspace")
        found = await tenant.admin.list("knowledge_searches", sort="-at", limit="1")
        assert found[0]["query"] == kept
    await searched(world, tenant, "green glass", who="p9")
    (outside,) = await tenant.admin.list("knowledge_searches", door="portal")
    assert outside["query"] == "green glass"


async def test_nobody_but_who_looks_after_knowledge_sees_what_was_looked_for(
    world: World,
) -> None:
    tenant = await world.tenant()
    await searched(world, tenant, "router lights")
    for reader in (await tenant.member("agent_b2c"), await tenant.contact()):
        for attempt in ("knowledge_searches.gaps", "knowledge_searches.note"):
            with pytest.raises(Forbidden):
                await reader.do(attempt)
    other = await world.tenant()
    assert (await other.admin.do("knowledge_searches.gaps")).data == []


async def test_searches_are_forgotten_after_three_months_and_who_searched_after_a_day(
    world: World,
) -> None:
    tenant = await world.tenant()
    for query, age in (("old", "91 days"), ("yesterday", "2 days"), ("now", "0 days")):
        await searched(world, tenant, query, who=query)
        async with world.services.database.transaction(tenant.id) as connection:
            await connection.execute(
                "UPDATE knowledge_searches SET at = now() - $2::text::interval "
                "WHERE tenant_id = $1 AND query = $3", tenant.id, age, query,
            )  # fmt: skip
    async with world.services.system(tenant.id, reason="test") as ctx:
        await forget(ctx)
    async with world.services.database.transaction(tenant.id) as connection:
        rows = await connection.fetch(
            "SELECT query, searcher IS NULL AS unknown FROM knowledge_searches "
            "WHERE tenant_id = $1 ORDER BY query", tenant.id,
        )  # fmt: skip
    assert [tuple(row) for row in rows] == [("now", False), ("yesterday", True)]


# ── Cases ────────────────────────────────────────────────────────────────────────────────────


async def solved(desk: Desk, resolution: str = "Changed the fuse", **values: Any) -> Any:
    case = await desk.case(**values)
    await desk.agent.do("cases.start", case["id"])
    await desk.agent.do(
        "cases.resolve", case["id"], resolution=resolution, resolution_code="solved"
    )
    return case


async def test_a_case_becomes_a_draft_without_its_customer(desk: Desk) -> None:
    base = await a_base(desk.tenant)
    case = await solved(
        desk, "Changed the fuse. Maya, call +46 70 123 45 67 if not.",
        description="Router R7-0001 of Harbour Dental is dark, writes Maya Lindqvist",
    )  # fmt: skip
    await desk.agent.do("cases.note", case["id"], body="Because she kicked it")
    article = await desk.agent.do(
        "cases.draft_article", case["id"], knowledge_base_id=str(base["id"])
    )
    assert (article["title"], article["state"]) == ("No light on the router", "draft")
    assert (article["audience"], article["source_case_id"]) == ("internal", case["id"])
    assert article["product_model_ids"] == [desk.model["id"]]
    body = article["body"]
    assert "Router [removed] of [removed] is dark, writes [person] [1]" in body
    assert "Changed the fuse. [person], call [number] if not. [2]" in body
    for word in ("Maya", "Harbour", "kicked", "R7-0001", "123 45"):
        assert word not in body


async def test_what_admins_put_into_a_class_of_data_stays_in_the_case(desk: Desk) -> None:
    base = await a_base(desk.tenant)
    secret = await desk.admin.do("data_classes.create", key="secret", name="Secret")
    for field in ("description",):
        await desk.admin.do(
            "field_classifications.create", resource="cases", field=field,
            data_class_id=str(secret["id"]),
        )  # fmt: skip
    case = await solved(desk, description="The vault code is swordfish")
    article = await desk.agent.do(
        "cases.draft_article", case["id"], knowledge_base_id=str(base["id"])
    )
    assert "swordfish" not in article["body"]
    assert "Changed the fuse" in article["body"]


async def test_an_open_case_or_one_of_somebody_else_becomes_no_article(desk: Desk) -> None:
    base = await a_base(desk.tenant)
    case = await desk.case()
    asked = {"knowledge_base_id": str(base["id"])}
    with pytest.raises(CaseNotAnswered):
        await desk.agent.do("cases.draft_article", case["id"], **asked)
    stranger = await desk.tenant.member("agent_b2c")
    with pytest.raises(NotFound):
        await stranger.do("cases.draft_article", case["id"], **asked)
    with pytest.raises(Forbidden):
        await desk.contact.do("cases.draft_article", case["id"], **asked)
    assert await desk.admin.list("articles") == []


async def test_cases_solved_by_hand_are_told_until_they_have_an_article(
    desk: Desk, world: World
) -> None:
    base = await a_base(desk.tenant)
    alike = [await solved(desk), await solved(desk)]
    other = await solved(desk, subject="The invoice has the wrong address on it")
    await desk.case()
    await world.work(desk.tenant)
    told = await desk.agent.do("cases.unwritten")
    assert (told.counted, [(g.count, g.subject) for g in told.data]) == (
        3,
        [(2, "No light on the router"), (1, "The invoice has the wrong address on it")],
    )
    assert set(told.data[0].case_ids) == {case["id"] for case in alike}
    for case in (alike[0], other):
        await desk.agent.do("cases.draft_article", case["id"], knowledge_base_id=str(base["id"]))
    told = await desk.agent.do("cases.unwritten")
    assert [group.case_ids for group in told.data] == [[alike[1]["id"]]]
    stranger = await desk.tenant.member("agent_b2c")
    assert (await stranger.do("cases.unwritten")).data == []


# ── What helped ──────────────────────────────────────────────────────────────────────────────


async def test_an_article_is_weighed_by_what_it_solved_and_what_readers_said(
    desk: Desk,
) -> None:
    base, admin = await a_base(desk.tenant), desk.admin
    good, bad = [await published(admin, base, title) for title in ("Good", "Bad")]
    case = await desk.case()
    await desk.agent.do("cases.attach_article", case["id"], article_id=str(good["id"]))
    await desk.agent.do("cases.start", case["id"])
    await desk.agent.do(
        "cases.resolve", case["id"], resolution="As written",
        resolution_code="solved_by_article",
    )  # fmt: skip
    await desk.contact.do("articles.feedback", good["id"], helpful=True)
    await desk.contact.do("articles.feedback", bad["id"], helpful=False, comment="No")
    await admin.do("articles.revise", bad["id"], body="Better")
    await admin.do("articles.publish", bad["id"])
    # The page with the old words is still open: what is said now is about them, and what is said
    # of the new ones takes nothing of it away.
    await desk.contact.do("articles.feedback", bad["id"], helpful=False, comment="Nor", edition=1)
    await desk.contact.do("articles.feedback", bad["id"], helpful=True)
    with pytest.raises(Invalid) as refused:
        await desk.contact.do("articles.feedback", bad["id"], helpful=True, edition=3)
    assert [fault.pointer for fault in refused.value.faults] == ["/edition"]
    manager = await desk.tenant.member("knowledge_manager")
    most = await manager.do("articles.usefulness")
    assert [(w.title, w.helpful, w.unhelpful, w.cases, w.solved) for w in most.data] == [
        ("Good", 1, 0, 1, 1), ("Bad", 1, 1, 0, 0),
    ]  # fmt: skip
    least = await manager.do("articles.usefulness", order="least", limit=1)
    assert [weight.title for weight in least.data] == ["Bad"]
    editions = await manager.do("articles.by_edition", bad["id"])
    assert [(e.edition, e.helpful, e.unhelpful) for e in editions.data] == [(2, 1, 0), (1, 0, 1)]
    with pytest.raises(Forbidden):
        await desk.agent.do("articles.usefulness")
    with pytest.raises(NotFound):
        await desk.agent.do("articles.by_edition", bad["id"])


async def test_whoever_wrote_an_article_sees_what_became_of_its_editions(desk: Desk) -> None:
    base = await a_base(desk.tenant)
    draft = await an_article(desk.agent, base, "Router lights")
    article = await desk.admin.do("articles.publish", draft["id"])
    await desk.contact.do("articles.feedback", article["id"], helpful=True)
    (told,) = (await desk.agent.do("articles.by_edition", article["id"])).data
    assert (told.edition, told.helpful, told.unhelpful) == (1, 1, 0)
