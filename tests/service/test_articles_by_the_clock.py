"""Articles go out at their moment, remind their owners before their last day, and are retired."""

from datetime import UTC, datetime, timedelta

import pytest

from infra.kernel.errors import Invalid, NotFound
from tests.service.articles import a_base, a_visitor, an_article, let_time_pass, look, published
from tests.world import World

LATER = "2099-01-01T00:00:00Z"


async def test_an_article_goes_out_at_its_moment_and_not_before(world: World) -> None:
    tenant = await world.tenant()
    base = await a_base(tenant)
    article = await an_article(tenant.admin, base)
    with pytest.raises(Invalid):
        await tenant.admin.do("articles.schedule", article["id"], publish_at="2020-01-01T00:00:00Z")
    await tenant.admin.do("articles.schedule", article["id"], publish_at=LATER)
    await look(world, tenant)
    assert (await tenant.admin.read("articles", article["id"]))["state"] == "draft"
    await let_time_pass(world, tenant, publish_at="-1 minute")
    told = await tenant.admin.read("articles", article["id"])
    assert (told["state"], told["edition"], told["publish_at"]) == ("published", 1, None)
    assert (await a_visitor(world, tenant).read("articles", article["id"]))["edition"] == 1
    await look(world, tenant)
    assert (await tenant.admin.read("articles", article["id"]))["edition"] == 1
    assert len(await tenant.admin.list("article_versions")) == 1


async def test_what_was_unscheduled_stays_where_it_is(world: World) -> None:
    tenant = await world.tenant()
    article = await an_article(tenant.admin, await a_base(tenant))
    await tenant.admin.do("articles.schedule", article["id"], publish_at=LATER)
    await tenant.admin.do("articles.unschedule", article["id"])
    await let_time_pass(world, tenant, publish_at="-1 minute")
    assert (await tenant.admin.read("articles", article["id"]))["state"] == "draft"


async def test_the_clock_publishes_nothing_that_its_base_wants_approved(world: World) -> None:
    tenant = await world.tenant()
    base = await a_base(tenant)
    writer = await tenant.member("knowledge_manager")
    article = await an_article(writer, base)
    await writer.do("articles.schedule", article["id"], publish_at=LATER)
    await tenant.admin.do("knowledge_bases.update", base["id"], needs_review=True)
    await let_time_pass(world, tenant, publish_at="-1 minute")
    told = await tenant.admin.read("articles", article["id"])
    assert (told["state"], told["publish_at"]) == ("draft", None)
    (note,) = await writer.list("notifications")
    assert note["topic"] == "articles.publication"


async def test_a_base_says_how_long_an_edition_is_good(world: World) -> None:
    tenant = await world.tenant()
    base = await a_base(tenant, expiry_days=30)
    told = await published(tenant.admin, base, "No light")
    assert told["expires_at"] - told["published_at"] == timedelta(days=30)


async def test_the_owner_is_reminded_once_of_all_that_ends_soon(world: World) -> None:
    tenant = await world.tenant()
    base = await a_base(tenant, expiry_days=30, reminder_days=7)
    writer, owner = [await tenant.member("knowledge_manager") for _ in range(2)]
    for title in ("No light", "No sound"):
        await published(writer, base, title, owner_profile_id=str(owner.profile_id))
    await look(world, tenant)
    assert await owner.list("notifications") == []
    await let_time_pass(world, tenant, expires_at="5 days")
    await look(world, tenant)
    (note,) = await owner.list("notifications")
    assert note["title"] == "2 of your articles end soon"
    assert await writer.list("notifications") == []
    # A later day is a promise of its own: its owner is reminded of it again.
    (first, _) = await tenant.admin.list("articles")
    soon = (datetime.now(UTC) + timedelta(days=6)).isoformat()
    await writer.do("articles.update", first["id"], expires_at=soon)
    await look(world, tenant)
    assert len(await owner.list("notifications")) == 2


async def test_past_its_day_an_article_is_retired_and_comes_back_by_publishing(
    world: World,
) -> None:
    tenant = await world.tenant()
    article = await published(tenant.admin, await a_base(tenant, expiry_days=30), "No light")
    await let_time_pass(world, tenant, expires_at="-1 minute")
    assert (await tenant.admin.read("articles", article["id"]))["state"] == "retired"
    with pytest.raises(NotFound):
        await a_visitor(world, tenant).read("articles", article["id"])
    again = await tenant.admin.do("articles.publish", article["id"])
    assert (again["state"], again["edition"]) == ("published", 2)
    assert again["expires_at"] > datetime.now(UTC) + timedelta(days=29)


async def test_the_clock_waits_for_the_next_moment(world: World) -> None:
    tenant = await world.tenant()
    article = await an_article(tenant.admin, await a_base(tenant))
    await tenant.admin.do("articles.schedule", article["id"], publish_at=LATER)
    async with world.services.database.transaction(tenant.id) as connection:
        rows = await connection.fetch(
            "SELECT run_at FROM jobs WHERE tenant_id = $1 AND name = 'knowledge.clock'", tenant.id
        )
    assert [row["run_at"].isoformat() for row in rows] == ["2099-01-01T00:00:00+00:00"]


async def test_nothing_of_it_reaches_another_tenant(world: World) -> None:
    one, other = await world.tenant(), await world.tenant()
    mine = await an_article(one.admin, await a_base(one))
    theirs = await an_article(other.admin, await a_base(other))
    for tenant, article in ((one, mine), (other, theirs)):
        await tenant.admin.do("articles.schedule", article["id"], publish_at=LATER)
    await let_time_pass(world, one, publish_at="-1 minute")
    assert (await one.admin.read("articles", mine["id"]))["state"] == "published"
    assert (await other.admin.read("articles", theirs["id"]))["state"] == "draft"
