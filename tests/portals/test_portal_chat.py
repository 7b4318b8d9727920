"""Chat in the portal, over HTTP."""

from tests.portals.browsing import browser_of
from tests.world import World


async def test_contact_and_agent_chat_until_it_is_over(world: World) -> None:
    tenant = await world.tenant()
    maya = await tenant.contact()
    agent = await tenant.member("agent_b2b", name="Jonas Reuter")
    browser = await browser_of(maya, tenant)
    await browser.get("/chat")
    assert "Write your question and someone joins you here." in browser.text
    answer = await browser.post("/chat", {"body": " "})
    assert (answer.status_code, browser.faults) == (422, ["Write a message"])
    await browser.follow(await browser.post("/chat", {"body": "Is the line down?"}))
    assert "Is the line down?" in browser.text
    assert "Someone joins you soon." in browser.text
    (talk,) = await tenant.admin.list("interactions")
    await agent.do("interactions.say", talk["id"], body="I look.")
    await browser.get("/chat/thread")
    assert "You are talking with Jonas Reuter." in browser.text
    await browser.get("/chat")
    files = [("files", ("light.txt", b"red", "text/plain"))]
    await browser.follow(await browser.post("/chat", {"body": "A picture."}, files=files))
    assert "light.txt" in browser.text
    assert len(await tenant.admin.list("interactions")) == 1
    await browser.follow(await browser.post("/chat/end", {}))
    assert "This chat is over. What you write now starts a new one." in browser.text
    await browser.follow(await browser.post("/chat", {"body": "One more thing"}))
    assert "I look." not in browser.text
    assert len(await tenant.admin.list("interactions")) == 2
    other = await browser_of(await tenant.contact(name="Noor"), tenant)
    await other.get("/chat")
    assert "One more thing" not in other.text
