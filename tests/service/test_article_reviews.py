"""Four eyes: who writes asks, somebody else approves, and another word takes the approval back."""

import pytest

from backend.service.knowledge.errors import (
    NothingToPublish,
    OwnText,
    ReviewIsOpen,
    ReviewNeeded,
    ReviewNotOpen,
)
from infra.kernel.errors import Forbidden, Invalid, NotFound
from tests.service.articles import a_base, a_visitor, an_article, published
from tests.world import World


async def test_a_base_that_wants_reviews_publishes_what_somebody_else_approved(
    world: World,
) -> None:
    tenant = await world.tenant()
    base = await a_base(tenant, needs_review=True)
    writer, reviewer = [await tenant.member("knowledge_manager", name=n) for n in ("Wim", "Rea")]
    article = await an_article(writer, base)
    with pytest.raises(ReviewNeeded):
        await writer.do("articles.publish", article["id"])
    await writer.do(
        "articles.request_review", article["id"], reviewer_id=str(reviewer.profile_id),
        message="Is the fuse right?",
    )  # fmt: skip
    with pytest.raises(ReviewIsOpen):
        await writer.do("articles.request_review", article["id"])
    with pytest.raises(ReviewNeeded):
        await reviewer.do("articles.publish", article["id"])
    with pytest.raises(OwnText):
        await writer.do("articles.approve", article["id"])
    assert (await tenant.admin.read("articles", article["id"]))["review"] == "requested"
    review = await reviewer.do("articles.approve", article["id"], message="Fine")
    assert (review["state"], review["decided_by_id"]) == ("approved", reviewer.profile_id)
    told = await writer.do("articles.publish", article["id"])
    assert (told["state"], told["edition"], told["review"]) == ("published", 1, "none")
    (edition,) = await tenant.admin.list("article_versions")
    assert edition["approver_profile_id"] == reviewer.profile_id


async def test_whoever_changed_the_text_last_does_not_approve_it_either(world: World) -> None:
    tenant = await world.tenant()
    base = await a_base(tenant, needs_review=True)
    writer, reviewer = [await tenant.member("knowledge_manager") for _ in range(2)]
    article = await an_article(writer, base)
    await reviewer.do("articles.update", article["id"], body="Check the fuse and the cable.")
    await writer.do("articles.request_review", article["id"])
    with pytest.raises(OwnText):
        await reviewer.do("articles.approve", article["id"])
    await writer.do("articles.withdraw_review", article["id"])
    with pytest.raises(Invalid):
        await writer.do(
            "articles.request_review", article["id"], reviewer_id=str(reviewer.profile_id)
        )


async def test_another_word_or_other_readers_take_an_approval_back(world: World) -> None:
    tenant = await world.tenant()
    base = await a_base(tenant, needs_review=True)
    writer, reviewer = [await tenant.member("knowledge_manager") for _ in range(2)]
    for change in ({"body": "Other words"}, {"audience": "customer"}):
        article = await an_article(writer, base)
        await writer.do("articles.request_review", article["id"])
        await reviewer.do("articles.approve", article["id"])
        await writer.do("articles.schedule", article["id"], publish_at="2099-01-01T00:00:00Z")
        # The same words again change nothing, and so they take nothing back.
        kept = await writer.do("articles.update", article["id"], body="Check the **fuse**.")
        assert kept["review"] == "approved"
        changed = await writer.do("articles.update", article["id"], **change)
        assert (changed["review"], changed["publish_at"]) == ("none", None)
        with pytest.raises(ReviewNeeded):
            await writer.do("articles.publish", article["id"])


async def test_readers_keep_the_edition_they_have_while_its_revision_is_looked_over(
    world: World,
) -> None:
    tenant = await world.tenant()
    base = await a_base(tenant)
    writer, reviewer = [await tenant.member("knowledge_manager") for _ in range(2)]
    article = await published(writer, base, "No light")
    with pytest.raises(NothingToPublish):
        await writer.do("articles.request_review", article["id"])
    await writer.do("articles.revise", article["id"], body="New words")
    await writer.do("articles.request_review", article["id"])
    sent_back = await reviewer.do("articles.request_changes", article["id"], message="Shorter")
    assert (sent_back["state"], sent_back["decision"]) == ("changes_requested", "Shorter")
    assert (await a_visitor(world, tenant).read("articles", article["id"]))["edition"] == 1
    queue = await tenant.admin.list("articles", review="changes_requested")
    assert [row["id"] for row in queue] == [article["id"]]
    with pytest.raises(ReviewNotOpen):
        await reviewer.do("articles.approve", article["id"])
    states = [row["state"] for row in await tenant.admin.list("article_reviews")]
    assert states == ["changes_requested"]


async def test_a_request_that_is_overtaken_by_new_words_is_withdrawn(world: World) -> None:
    tenant = await world.tenant()
    writer = await tenant.member("knowledge_manager")
    article = await an_article(writer, await a_base(tenant))
    await writer.do("articles.request_review", article["id"])
    await writer.do("articles.update", article["id"], title="Dark")
    (review,) = await tenant.admin.list("article_reviews")
    assert review["state"] == "withdrawn"
    with pytest.raises(ReviewNotOpen):
        await tenant.admin.do("articles.approve", article["id"])


async def test_an_agent_asks_for_their_own_article_and_approves_none(world: World) -> None:
    tenant = await world.tenant()
    base = await a_base(tenant)
    agent, other = [await tenant.member("agent_b2c") for _ in range(2)]
    article = await an_article(agent, base)
    await agent.do("articles.request_review", article["id"])
    await agent.do("articles.comment", article["id"], body="Who knows the fuse?", passage="fuse")
    with pytest.raises(NotFound):
        await other.do("articles.comment", article["id"], body="Me")
    with pytest.raises(Forbidden):
        await other.do("articles.approve", article["id"])
    (said,) = await agent.list("article_comments", article_id=str(article["id"]))
    assert (said["passage"], said["edition"]) == ("fuse", 1)
    assert await other.list("article_comments") == []
    assert await other.list("article_reviews") == []
    assert len(await agent.list("article_reviews")) == 1


async def test_the_reviewer_and_then_the_writer_are_told(world: World) -> None:
    tenant = await world.tenant()
    writer, reviewer = [await tenant.member("knowledge_manager") for _ in range(2)]
    article = await an_article(writer, await a_base(tenant))
    await writer.do("articles.request_review", article["id"], reviewer_id=str(reviewer.profile_id))
    (asked,) = await reviewer.list("notifications")
    assert asked["title"] == f"{article['number']} No light is to be reviewed by you"
    await reviewer.do("articles.approve", article["id"])
    (answered,) = await writer.list("notifications")
    assert answered["title"] == f"{article['number']} No light was approved"


async def test_only_colleagues_review_and_own_articles(world: World) -> None:
    tenant = await world.tenant()
    customer = await tenant.contact()
    base = await a_base(tenant)
    article = await an_article(tenant.admin, base)
    stranger = str(customer.profile_id)
    with pytest.raises(Invalid) as refused:
        await tenant.admin.do("articles.request_review", article["id"], reviewer_id=stranger)
    assert [fault.pointer for fault in refused.value.faults] == ["/reviewer_id"]
    with pytest.raises(Invalid) as refused:
        await tenant.admin.do("articles.update", article["id"], owner_profile_id=stranger)
    assert [fault.pointer for fault in refused.value.faults] == ["/owner_profile_id"]
    assert await tenant.admin.list("article_reviews") == []
