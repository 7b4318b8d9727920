"""Chat from a page of another site: who may begin, who hears whom, and what is worth nothing."""

import asyncio
import re
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from tests.embeddables.shop import ORIGIN, Shop, a_shop
from tests.embeddables.test_identity import email_of
from tests.portals.screen import Server, server
from tests.portals.workspace.furnishing import at_desk
from tests.world import Actor, World

__all__ = ["server"]

ELSEWHERE = "https://two.example.com"
HOUR = timedelta(hours=1)


@pytest.fixture
async def shop(world: World) -> Shop:
    return await a_shop(
        world,
        await world.tenant(),
        origins=[ORIGIN, ELSEWHERE],
        components={"chat": {"anonymous": True, "title": "Talk to us"}},
    )


async def begin(page: httpx2.AsyncClient, body: str = "No light", **more: Any) -> dict[str, Any]:
    answer = await page.post("/embed/v1/chat/start", json={"body": body, "name": "Kim"} | more)
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def heard(page: httpx2.AsyncClient, **query: str) -> dict[str, Any]:
    answer = await page.get("/embed/v1/chat", params=query)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def back(shop: Shop, visitor: str | None, origin: str = ORIGIN) -> dict[str, Any]:
    """A new session of a page that kept this."""
    answer = await shop.page(origin).post(
        "/embed/v1/session", json={"module": shop.key, "visitor": visitor}
    )
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def an_agent(shop: Shop, role: str = "agent_b2c") -> Actor:
    agent = await shop.tenant.member(role, name="Jonas Reuter")
    await shop.tenant.admin.do(
        "agent_presence.set", profile_id=str(agent.profile_id), state="available", capacity=5
    )
    return agent


async def test_a_visitor_s_chat_is_offered_and_both_sides_talk(shop: Shop) -> None:
    agent = await an_agent(shop)
    page = await shop.stranger()
    assert await heard(page) == {"chat": None, "data": [], "visitor": None}
    chat = (await begin(page))["chat"]
    await shop.world.work(shop.tenant)
    (item,) = await agent.list("work_items")
    assert (item["channel"], item["title"], item["customer_name"]) == ("chat", "No light", "Kim")
    await agent.do("work_items.accept", item["id"])
    await agent.do("interactions.say", chat["id"], body="Since when?")
    told = await heard(page)
    assert [(m["mine"], m["author"], m["body"]) for m in told["data"]] == [
        (True, "Kim", "No light"),
        (False, "Jonas Reuter", "Since when?"),
    ]
    said = await page.post("/embed/v1/chat/say", json={"chat_id": chat["id"], "body": "Since noon"})
    assert (said.status_code, said.json()["author"]) == (200, "Kim")
    since = await heard(page, after=told["data"][-1]["at"])
    assert said.json() in since["data"]
    closed = await page.post("/embed/v1/chat/close", json={"chat_id": chat["id"]})
    assert closed.json()["state"] == "closed"
    late = await page.post("/embed/v1/chat/say", json={"chat_id": chat["id"], "body": "One more"})
    assert late.status_code == 409
    seen = await shop.tenant.admin.read("interactions", chat["id"])
    assert (seen["customer_name"], seen["channel"]) == ("Kim", "widget")


async def test_a_known_customer_chats_under_their_own_name(shop: Shop) -> None:
    noor = await shop.tenant.consumer()
    page = await shop.as_(await email_of(shop, noor))
    told = await begin(page, name="Admin")
    assert told["visitor"] is None
    assert told["data"][0]["author"] == "Noor Haddad"
    seen = await shop.tenant.admin.read("interactions", told["chat"]["id"])
    assert seen["consumer_id"] == noor.caller.attributes["consumer_id"]
    assert (seen["customer_kind"], seen["customer_name"]) == ("consumer", "Noor Haddad")
    # Another page of theirs goes on in it, and the portal's own chat is another one.
    portal = await noor.do("interactions.start_chat", body="From the portal")
    assert (await heard(await shop.as_(await email_of(shop, noor))))["chat"] == told["chat"]
    refused = await page.post(
        "/embed/v1/chat/say", json={"chat_id": str(portal["id"]), "body": "Hello"}
    )
    assert refused.status_code == 404


async def test_a_contact_chats_as_their_company(shop: Shop) -> None:
    maya = await shop.tenant.contact()
    contact = await shop.tenant.admin.read("contacts", maya.caller.attributes["contact_id"])
    told = await begin(await shop.as_(contact["email"]))
    seen = await shop.tenant.admin.read("interactions", told["chat"]["id"])
    assert (seen["contact_id"], seen["customer_kind"]) == (contact["id"], "business")


async def test_a_page_that_comes_back_goes_on_where_it_was(shop: Shop) -> None:
    told = await begin(await shop.stranger())
    again = await back(shop, told["visitor"])
    assert again["visitor"]
    found = await heard(shop.page(token=again["token"]))
    assert (found["chat"], found["data"]) == (told["chat"], told["data"])
    # Renewed, it goes on; and with it the visitor.
    once_more = await back(shop, again["visitor"])
    assert (await heard(shop.page(token=once_more["token"])))["chat"] == told["chat"]
    assert (await back(shop, None))["visitor"] is None


async def test_w4_a_visitor_reads_and_moves_only_their_own_conversation(shop: Shop) -> None:
    mine, theirs = await shop.stranger(), await shop.stranger()
    chat = (await begin(mine, body="My secret"))["chat"]
    known = await shop.as_("noor@example.com")
    for other in (theirs, known):
        assert (await heard(other))["chat"] is None
        for verb, body in (("say", {"body": "Hi"}), ("close", {})):
            refused = await other.post(
                f"/embed/v1/chat/{verb}", json=body | {"chat_id": chat["id"]}
            )
            assert refused.status_code == 404, verb
    own = (await begin(theirs))["chat"]
    refused = await theirs.post("/embed/v1/chat/say", json={"chat_id": chat["id"], "body": "Hi"})
    assert refused.status_code == 404
    assert own["id"] != chat["id"]
    assert [m["body"] for m in (await heard(mine))["data"]] == ["My secret"]


async def test_w4_what_a_page_keeps_is_worth_nothing_elsewhere(shop: Shop) -> None:
    kept = (await begin(await shop.stranger()))["visitor"]
    components = {"chat": {"anonymous": True}}
    sister = await a_shop(shop.world, shop.tenant, components=components)
    foreign = await a_shop(shop.world, await shop.world.tenant(), components=components)
    elsewhere = [
        await back(shop, kept, ELSEWHERE),
        await back(sister, kept),
        await back(foreign, kept),
    ]
    for text in (kept[:-2], kept[:-4] + "AAAA", kept[3:], "v1:", "v1:AAAA", "x", "ä" * 20):
        elsewhere.append(await back(shop, text))  # noqa: PERF401 - one after the other
    assert [told["visitor"] for told in elsewhere] == [None] * len(elsewhere)
    for told, site in zip(elsewhere, (shop, sister, foreign, *[shop] * 7), strict=True):
        origin = ELSEWHERE if told is elsewhere[0] else ORIGIN
        found = await heard(site.page(origin, told["token"]))
        assert found["chat"] is None


async def test_w4_what_a_page_keeps_ends(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = (await begin(await shop.stranger()))["visitor"]
    database = shop.world.services.database
    now = database.now()
    for hours, known in ((23, True), (25, False)):
        with monkeypatch.context() as later:
            later.setattr(database, "now", lambda hours=hours: now + hours * HOUR)
            assert bool((await back(shop, kept))["visitor"]) is known
    # However often it is renewed, after a week it is over.
    for day in range(9):
        with monkeypatch.context() as later:
            later.setattr(database, "now", lambda day=day: now + day * 23 * HOUR)
            kept = (await back(shop, kept))["visitor"]
        if kept is None:
            break
    assert kept is None
    assert day == 8


async def test_two_tabs_are_one_conversation(shop: Shop) -> None:
    kept = (await back(shop, (await begin(await shop.stranger()))["visitor"]))["visitor"]
    pages = [shop.page(token=(await back(shop, kept))["token"]) for _ in range(4)]
    chat = (await heard(pages[0]))["chat"]
    await pages[0].post("/embed/v1/chat/close", json={"chat_id": chat["id"]})
    answers = await asyncio.gather(
        *(page.post("/embed/v1/chat/start", json={"body": "Hi", "name": "Kim"}) for page in pages)
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert len({str((await heard(page))["chat"]) for page in pages}) == 1


async def test_words_are_said_once_however_often_they_are_sent(shop: Shop) -> None:
    page = await shop.stranger()
    first, again = [
        await page.post(
            "/embed/v1/chat/start",
            json={"body": "No light", "name": "Kim"},
            headers={"Idempotency-Key": "start"},
        )
        for _ in range(2)
    ]
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["idempotent-replayed"] == "true"
    chat = first.json()["chat"]
    assert again.json()["chat"] == chat
    for _ in range(3):
        await page.post(
            "/embed/v1/chat/say",
            json={"chat_id": chat["id"], "body": "Hello?"},
            headers={"Idempotency-Key": "words"},
        )
    assert [m["body"] for m in (await heard(page))["data"]] == ["No light", "Hello?"]


async def test_a_site_decides_who_may_chat(shop: Shop) -> None:
    await shop.change(components={"chat": {"title": "Talk"}})
    told = (await shop.page().get(f"/embed/v1/modules/{shop.key}")).json()
    assert told["components"] == {"chat": {"title": "Talk"}}
    stranger, known = await shop.stranger(), await shop.as_("noor@example.com")
    assert (await stranger.get("/embed/v1/chat")).status_code == 403
    assert (await stranger.get("/embed/v1/chat/live")).status_code == 403
    assert (await known.get("/embed/v1/chat")).status_code == 200
    await shop.change(components={})
    known = await shop.as_("noor@example.com")
    for path in ("chat", "chat/live"):
        assert (await known.get(f"/embed/v1/{path}")).status_code == 403


async def test_a_chat_goes_to_who_has_the_skill_that_the_site_s_category_asks_for(
    shop: Shop,
) -> None:
    made = await shop.tenant.admin.do(
        "module_components.create", name="Chat", kind="chat",
        options={"anonymous": True, "category": "hardware"},
    )  # fmt: skip
    await shop.change(components={"chat": {"component_id": str(made["id"])}})
    told = (await shop.page().get(f"/embed/v1/modules/{shop.key}")).json()
    assert told["components"] == {"chat": {"anonymous": True}}
    await begin(await shop.stranger())


async def test_nonsense_is_refused_with_all_faults_at_once(shop: Shop) -> None:
    page = await shop.stranger()
    for path, body, pointers in (
        ("start", {}, {"/body", "/name"}),
        ("start", {"body": " ", "name": " ", "x": 1}, {"/body", "/name", "/x"}),
        ("start", {"body": "x" * 20_001, "name": "a\0"}, {"/body", "/name"}),
        ("say", {"chat_id": "x", "body": ""}, {"/chat_id", "/body"}),
        ("close", {}, {"/chat_id"}),
    ):
        refused = await page.post(f"/embed/v1/chat/{path}", json=body)
        assert refused.status_code == 422, refused.text
        assert {e["pointer"] for e in refused.json()["errors"]} == pointers
    await begin(page)
    for after in ("x", "2026-01-01", "2026-01-01T00:00:00", "99999-01-01T00:00:00Z", "%00"):
        answer = await page.get("/embed/v1/chat", params={"after": after})
        assert answer.status_code == 400, after
    assert (await page.get("/embed/v1/chat?y=1")).status_code == 400
    for after in ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59+00:00"):
        assert (await heard(page, after=after))["chat"]


async def test_an_agent_finds_a_visitor_s_chat_at_the_desk_and_answers_there(shop: Shop) -> None:
    agent = await an_agent(shop)
    page = await shop.stranger()
    chat = (await begin(page))["chat"]
    await shop.world.work(shop.tenant)
    desk = await at_desk(agent, shop.tenant)
    await desk.get("/workspace")
    (accept,) = re.findall(r'action="(/workspace/offers/[^"]+/accept)"', desk.page)
    answer = await desk.post(accept, {})
    place = f"/workspace/conversations/{chat['id']}"
    assert answer.headers["location"] == place
    await desk.follow(answer)
    assert "No light" in desk.text
    assert "Kim" in desk.text
    await desk.follow(await desk.post(f"{place}/say", {"body": "Which one?"}))
    assert [m["body"] for m in (await heard(page))["data"]] == ["No light", "Which one?"]


async def test_w4_a_visitor_s_line_tells_of_their_own_conversation_only(
    shop: Shop, server: Server
) -> None:
    mine, theirs = await shop.session(), await shop.session()
    chats = [await begin(shop.page(token=told["token"])) for told in (mine, theirs)]
    lines: dict[str, str] = {"mine": "", "theirs": ""}

    async def listen(name: str, token: str) -> None:
        async with (
            httpx2.AsyncClient(base_url=f"http://127.0.0.1:{server.port}") as client,
            client.stream(
                "GET",
                f"/embed/v1/chat/live?module={shop.key}",
                headers={
                    "Authorization": f"Bearer {token}",
                    "Origin": ORIGIN,
                    "Host": f"{shop.tenant.slug}.localhost:{server.port}",
                },
                timeout=20,
            ) as line,
        ):
            assert line.status_code == 200
            assert line.headers["access-control-allow-origin"] == ORIGIN
            assert line.headers["content-type"].startswith("text/event-stream")
            async for text in line.aiter_text():
                lines[name] += text

    async with asyncio.timeout(20), asyncio.TaskGroup() as tasks:
        listening = [
            tasks.create_task(listen("mine", mine["token"])),
            tasks.create_task(listen("theirs", theirs["token"])),
        ]
        while not all(lines.values()):  # noqa: ASYNC110 - lines say nothing but their retry yet
            await asyncio.sleep(0.05)
        agent = await an_agent(shop)
        for told in reversed(chats):
            await agent.do("interactions.say", told["chat"]["id"], body="A secret answer")
        while not all("interactions.said" in text for text in lines.values()):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        await asyncio.sleep(0.3)
        for task in listening:
            task.cancel()
    ids = [str(told["chat"]["id"]) for told in chats]
    for text, own, other in ((lines["mine"], *ids), (lines["theirs"], *reversed(ids))):
        assert own in text
        assert other not in text
        assert "A secret answer" not in text
