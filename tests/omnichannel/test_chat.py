"""Chat: begun by a customer, offered like any work, seen by those who take part."""

import pytest

from infra.kernel.errors import Conflict, Forbidden, NotFound
from tests.omnichannel.desk import Desk


async def test_a_chat_is_offered_and_both_sides_talk(desk: Desk) -> None:
    agent = await desk.agent()
    noor = await desk.tenant.consumer()
    talk = await noor.do("interactions.start_chat", body="My screen is blue")
    await desk.work()
    (item,) = await agent.list("work_items")
    assert (item["kind"], item["channel"], item["title"]) == (
        "interactions", "chat", "My screen is blue",
    )  # fmt: skip

    await agent.do("work_items.accept", item["id"])
    await agent.do("interactions.say", talk["id"], body="Since when?")
    await noor.do("interactions.say", talk["id"], body="Since noon")

    heard = await noor.list("messages", interaction_id=str(talk["id"]))
    assert [(m["author_kind"], m["body"]) for m in heard] == [
        ("customer", "My screen is blue"),
        ("staff", "Since when?"),
        ("customer", "Since noon"),
    ]
    seen = await agent.read("interactions", talk["id"])
    assert seen["assigned_to_id"] == agent.profile_id
    assert (await desk.presence(agent))["used"] == 1


async def test_a_chat_that_ends_frees_its_place_and_takes_no_more_words(desk: Desk) -> None:
    agent = await desk.agent()
    noor = await desk.tenant.consumer()
    talk = await noor.do("interactions.start_chat", body="Hello")
    await desk.work()
    (item,) = await agent.list("work_items")
    await agent.do("work_items.accept", item["id"])

    await noor.do("interactions.close", talk["id"])
    await desk.work()

    assert (await desk.presence(agent))["used"] == 0
    with pytest.raises(Conflict):
        await noor.do("interactions.say", talk["id"], body="One more thing")
    assert len(await noor.list("messages", interaction_id=str(talk["id"]))) == 1


async def test_a_case_made_of_a_chat_has_its_words_and_each_later_one_once(desk: Desk) -> None:
    agent = await desk.agent()
    noor = await desk.tenant.consumer()
    talk = await noor.do("interactions.start_chat", body="My screen is blue")
    await desk.work()
    (item,) = await agent.list("work_items")
    await agent.do("work_items.accept", item["id"])

    case = await agent.do("interactions.open_case", talk["id"])
    await agent.do("interactions.say", talk["id"], body="I made a case of it")
    await desk.work()

    seen = await noor.read("cases", case["id"])
    assert "My screen is blue" in seen["description"]
    stream = await noor.list("activity_entries", record_id=str(case["id"]), entry_type="comment")
    assert [entry["body"] for entry in stream] == ["I made a case of it"]
    with pytest.raises(Conflict):
        await agent.do("interactions.open_case", talk["id"])


async def test_nobody_else_reads_or_joins_a_chat(desk: Desk) -> None:
    noor, other = await desk.tenant.consumer(), await desk.tenant.consumer(name="Other")
    business = await desk.tenant.member("agent_b2b", name="Business")
    neighbour = await (await desk.world.tenant("Other")).consumer()
    talk = await noor.do("interactions.start_chat", body="Private words")
    for stranger in (other, business, neighbour):
        with pytest.raises(NotFound):
            await stranger.read("interactions", talk["id"])
        with pytest.raises((NotFound, Forbidden)):
            await stranger.do("interactions.say", talk["id"], body="Hi")
        assert await stranger.list("messages") == []
    with pytest.raises(Forbidden):
        await business.do("interactions.start_chat", body="I am no customer")
